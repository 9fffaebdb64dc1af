using System.Globalization;
using System.Text;
using ChatAgent.Dialogs;
using ChatAgent.Nlg;

namespace ChatAgent.Appointments;

/// <summary>Replays conversation tests against a bundle. Thread-safe: each test has a store, an agenda and a clock of its own.</summary>
/// <param name="bundle">The bot.</param>
/// <param name="agendaJson">The agenda of the tests, as <see cref="AgendaImporter.ImportJsonAsync"/> reads it.</param>
public sealed class ConversationTestRunner(Bundle bundle, string agendaJson)
{
    /// <summary>Runs one test to its end or to its first difference.</summary>
    public async Task<ConversationTestResult> RunAsync(ConversationTest test, CancellationToken cancellationToken)
    {
        var diff = new StringBuilder();
        try
        {
            return new ConversationTestResult(test.Name, test.Place, await FindFailureAsync(test, diff, cancellationToken));
        }
        catch (InvalidOperationException broken)
        {
            return new ConversationTestResult(test.Name, test.Place, $"{diff}! {broken.Message}\n");
        }
    }

    private async Task<string?> FindFailureAsync(ConversationTest test, StringBuilder diff, CancellationToken cancellationToken)
    {
        var (session, outcomes) = await ConversationSession.OpenAsync(bundle, agendaJson, test, cancellationToken);
        await using (session)
        {
            foreach (var step in test.Steps)
            {
                switch (step)
                {
                    case BotLine expected when await FindDifferenceAsync(session, expected, outcomes, cancellationToken) is { } difference:
                        diff.Append(CultureInfo.InvariantCulture, $"- bot: {Expected(expected)}    (line {expected.Line})\n");
                        diff.Append(CultureInfo.InvariantCulture, $"+ bot: {Got(outcomes)}\n  {difference}\n");
                        foreach (var outcome in outcomes)
                        {
                            diff.Append(CultureInfo.InvariantCulture, $"  why: {Why(outcome)}\n");
                        }

                        return diff.ToString();
                    case BotLine expected:
                        diff.Append(CultureInfo.InvariantCulture, $"  bot: {Expected(expected)}\n");
                        break;
                    case UserLine user:
                        diff.Append(CultureInfo.InvariantCulture, $"  user: {string.Join(" / ", user.Messages)}\n");
                        outcomes = await session.SayAsync(user.Messages, cancellationToken);
                        break;
                    case WaitLine wait:
                        diff.Append(CultureInfo.InvariantCulture, $"  wait: {wait.Time}\n");
                        outcomes = await session.WaitAsync(wait.Time, cancellationToken);
                        break;
                    case TakenLine taken:
                        await session.TakeSlotAsync(taken.Start, cancellationToken);
                        break;
                    case LinkLine link:
                        await session.OpenLinkAsync(link.PatientId, cancellationToken);
                        outcomes = await session.RunAsync(cancellationToken);
                        break;
                    case OperatorLine { Action: "takes_over" }:
                        await session.TakeOverAsync(cancellationToken);
                        outcomes = await session.RunAsync(cancellationToken);
                        break;
                    case OperatorLine { Action: "gives_back" }:
                        await session.GiveBackAsync(cancellationToken);
                        break;
                    case OperatorLine { Text: { } text }:
                        await session.SayAsOperatorAsync(text, cancellationToken);
                        outcomes = await session.RunAsync(cancellationToken);
                        break;
                }
            }
        }

        return null;
    }

    private static async Task<string?> FindDifferenceAsync(ConversationSession session, BotLine expected, IReadOnlyList<TurnOutcome> outcomes, CancellationToken cancellationToken)
    {
        var acts = outcomes.SelectMany(outcome => outcome.Step.Acts).ToList();
        if (expected.Acts is { Count: 0 } && acts.Count > 0)
        {
            return "expected silence";
        }

        var from = 0;
        foreach (var name in expected.Acts ?? [])
        {
            var at = acts.FindIndex(from, act => act.Name == name);
            if (at < 0)
            {
                return $"act \"{name}\" is missing";
            }

            from = at + 1;
        }

        if (acts.Find(act => expected.Not.Contains(act.Name, StringComparer.Ordinal)) is { } forbidden)
        {
            return $"act \"{forbidden.Name}\" must not be said";
        }

        foreach (var (slot, value) in expected.Has)
        {
            if (!acts.Exists(act => act.Slots.TryGetValue(slot, out var said) && said == value))
            {
                return $"slot \"{slot}\" has not the value \"{value}\"";
            }
        }

        return await FindAgendaDifferenceAsync(session, expected, cancellationToken);
    }

    private static async Task<string?> FindAgendaDifferenceAsync(ConversationSession session, BotLine expected, CancellationToken cancellationToken)
    {
        if (expected.Status is null && expected.Start is null)
        {
            return null;
        }

        var appointment = await session.FindAppointmentAsync(cancellationToken);
        return appointment is null ? "no appointment is talked about"
            : expected.Status is { } status && appointment.Status != status ? $"the appointment is {appointment.Status}, expected {status}"
            : expected.Start is { } start && appointment.Start != start ? $"the appointment is at {appointment.Start:uuuu'-'MM'-'dd'T'HH':'mm}, expected {start:uuuu'-'MM'-'dd'T'HH':'mm}"
            : null;
    }

    private static string Expected(BotLine line) => line.Acts is null ? "anything" : line.Acts.Count == 0 ? "silence" : string.Join(", ", line.Acts);

    private static string Got(IReadOnlyList<TurnOutcome> outcomes)
    {
        var acts = outcomes.SelectMany(outcome => outcome.Step.Acts).Select(Worded).ToList();
        return acts.Count == 0 ? "silence" : string.Join(", ", acts);
    }

    private static string Worded(DialogAct act) => act.Slots.Count == 0 ? act.Name : $"{act.Name}{{{string.Join(", ", act.Slots.Select(slot => $"{slot.Key}={slot.Value}"))}}}";

    private static string Why(TurnOutcome outcome)
    {
        var reply = outcome.Meaning.Reply is { } read
            ? string.Create(CultureInfo.InvariantCulture, $"; read as {read.Intent} {read.Confidence:0.00}{(read.Abstains ? " abstaining" : string.Empty)}{(read.NeedsHuman ? " needs a person" : string.Empty)} [{string.Join(' ', read.Proposed)}] ({string.Join(", ", read.Evidence.Select(evidence => $"{evidence.Text}: {evidence.Why}"))})")
            : string.Empty;
        var entities = string.Join(", ", outcome.Meaning.Entities.Select(entity => $"{entity.Name}={entity.Value}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{outcome.Step.Rule}; intent {(outcome.Meaning.Intents is [var best, ..] ? best.Intent : "none")} {outcome.Meaning.Confidence:0.00}{(outcome.Meaning.IsInScope ? string.Empty : " out of scope")}{reply}; {entities}");
    }
}
