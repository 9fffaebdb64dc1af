using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Nlg;
using ChatAgent.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatAgent.Cli.Commands;

/// <summary><c>chatagent chat</c>: the same conversation as in the browser, in the terminal.</summary>
internal static class ChatCommand
{
    private const string LinkCommand = "/link";

    private static readonly Option<bool> Explain = new("--explain") { Description = "After each reply: intents, nearest examples, evidence, and how each act was worded." };

    private static readonly Option<bool> Json = new("--json") { Description = "One JSON line a turn." };

    private static readonly Option<string?> Visitor = new("--as") { Description = "Come by the signed link of a patient of the demo agenda, such as p-rodrigo." };

    public static Command Create()
    {
        var command = new Command("chat", "Talk with the bot. An empty line or the end of the input ends it; /link PATIENT opens a patient's signed link.")
        {
            BotSetup.RootOption, BotSetup.BotOption, Explain, Json, Visitor,
        };
        command.SetAction((parsed, cancellationToken) => CommandExit.GuardedAsync(parsed.InvocationConfiguration.Error, () => RunAsync(parsed, cancellationToken), cancelled: CommandExit.Done));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var setup = await BotSetup.PrepareAsync(parsed, withSpeech: true, cancellationToken);
        var time = TimeProvider.System;
        var zone = setup.Bundle.Definition.Domain.Zone;

        // A file of its own: a host that runs beside would answer the terminal's conversations too.
        var file = Path.Combine(setup.Root.Data, "terminal.db");
        await using var store = await SqliteConversationStore.OpenAsync(new SqliteStoreOptions { File = file }, time, cancellationToken);
        var imported = await new AgendaImporter(store, zone, time).ImportJsonAsync(setup.ReadAgenda(), cancellationToken);
        if (imported.Errors.Count > 0)
        {
            await System.Console.Error.WriteLineAsync($"{Path.Combine(setup.BotFolder, "agenda.json")}: {imported.Errors[0]}");
            return 2;
        }

        // Codes are good for as long as the terminal is open.
        var codes = new OneTimeCodes(store, new TerminalCodeSender(), new OneTimeCodeOptions { Key = RandomNumberGenerator.GetBytes(32) }, time);
        var agenda = new Agenda(store, codes, zone, time);
        var agent = new Agent(store, new BundleHolder(setup.Bundle), agenda, new AgentOptions(), time, NullLogger<Agent>.Instance);
        setup.Bundle.WarmUp(time.GetUtcNow());
        var conversation = new TerminalConversation(agent, agenda, store, parsed.InvocationConfiguration.Output, parsed.GetValue(Json), parsed.GetValue(Explain));
        await conversation.StartAsync(parsed.GetValue(Visitor), cancellationToken);

        var isTerminal = !System.Console.IsInputRedirected;
        while (!cancellationToken.IsCancellationRequested)
        {
            if (isTerminal)
            {
                await System.Console.Error.WriteAsync("> ");
            }

            // Lines that are piped in may be empty: an empty message is a message. On a terminal it ends the conversation.
            if (await System.Console.In.ReadLineAsync(cancellationToken) is not { } line || (isTerminal && line.Length == 0))
            {
                break;
            }

            await (line.StartsWith(LinkCommand, StringComparison.Ordinal)
                ? conversation.OpenLinkAsync(line[LinkCommand.Length..].Trim(), cancellationToken)
                : conversation.SayAsync(line, cancellationToken));
        }

        return 0;
    }

    /// <summary>Shows the code where the mail would be.</summary>
    private sealed class TerminalCodeSender : ICodeSender
    {
        public Task SendAsync(string address, string code, CancellationToken cancellationToken) =>
            System.Console.Error.WriteLineAsync($"[mail to {address}: {code}]".AsMemory(), cancellationToken);
    }

    private sealed class TerminalConversation(Agent agent, Agenda agenda, SqliteConversationStore store, TextWriter output, bool asJson, bool explain)
    {
        private readonly string _id = $"terminal-{Guid.NewGuid():N}";

        public async Task StartAsync(string? visitor, CancellationToken cancellationToken)
        {
            await AcceptAsync(ConversationEvents.Started, null, cancellationToken);
            if (visitor is not null)
            {
                await IdentifyAsync(visitor, cancellationToken);
            }

            await AnswerAsync(string.Empty, cancellationToken);
        }

        public async Task SayAsync(string text, CancellationToken cancellationToken)
        {
            await store.FireDueAsync(TimeProvider.System.GetUtcNow(), 100, cancellationToken);
            await AcceptAsync(ConversationEvents.Message, text, cancellationToken);
            await AnswerAsync(text, cancellationToken);
        }

        public async Task OpenLinkAsync(string patientId, CancellationToken cancellationToken)
        {
            await IdentifyAsync(patientId, cancellationToken);
            await AnswerAsync(string.Empty, cancellationToken);
        }

        private async Task IdentifyAsync(string patientId, CancellationToken cancellationToken)
        {
            var patient = await agenda.FindPatientAsync(patientId, cancellationToken);
            if (patient is null || await agenda.ListAppointmentsAsync(patientId, cancellationToken) is not [var appointment, ..])
            {
                await System.Console.Error.WriteLineAsync($"\"{patientId}\" has no coming appointment in the demo agenda; there is p-rodrigo, p-carmen, p-mary.");
                return;
            }

            await agent.IdentifyAsync(_id, new IdentifiedPerson(patient.Id, patient.FirstName, appointment.Id, "link"), cancellationToken);
        }

        private Task<Accepted> AcceptAsync(string kind, string? text, CancellationToken cancellationToken) => agent.AcceptAsync(
            new IncomingActivity
            {
                Channel = "terminal",
                Account = Environment.UserName,
                ConversationId = _id,
                Entry = new NewEntry { Audience = Audience.Everyone, Author = Author.Client, Kind = kind, Text = text, IsInput = true },
            },
            cancellationToken);

        private async Task AnswerAsync(string text, CancellationToken cancellationToken)
        {
            while (await agent.RunTurnAsync(_id, cancellationToken) is { } outcome)
            {
                if (asJson)
                {
                    await output.WriteLineAsync(JsonSerializer.Serialize(ToLine(text, outcome), ChatCommandJson.Readable.ChatLine).AsMemory(), cancellationToken);
                }
                else if (outcome.Reply.Text.Length > 0)
                {
                    await output.WriteLineAsync(outcome.Reply.Text.AsMemory(), cancellationToken);
                }

                if (explain && await agent.ExplainAsync(_id, outcome.Sequence, cancellationToken) is { } explanation)
                {
                    // With --json stdout holds the turns and nothing else.
                    await (asJson ? System.Console.Error : output).WriteLineAsync(Explained(explanation, outcome).AsMemory(), cancellationToken);
                }
            }
        }

        private static ChatLine ToLine(string text, TurnOutcome outcome) => new(
            text,
            outcome.Meaning.Intent,
            Math.Round(outcome.Meaning.Confidence, 4),
            [.. outcome.Meaning.Entities.Select(entity => new ChatEntity(entity.Name, entity.Text, entity.Value))],
            [.. outcome.Step.Acts.Select(act => new ChatAct(act.Name, act.Slots))],
            outcome.Reply.Text.Length == 0 ? [] : [outcome.Reply.Text],
            Math.Round(outcome.Latency.Total.TotalMilliseconds, 2));

        private static string Explained(TurnExplanation explanation, TurnOutcome outcome)
        {
            var text = new StringBuilder();
            void Line(FormattableString line) => text.Append("    ").Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

            Line($"rule      {explanation.Record.Rule}");
            foreach (var intent in outcome.Meaning.Intents)
            {
                Line($"intent    {intent.Score:0.000} {intent.Intent}");
            }

            if (outcome.Meaning.Intents.Count > 0 && !outcome.Meaning.IsInScope)
            {
                Line($"intent    below the threshold: out of scope");
            }

            foreach (var example in outcome.Meaning.Nearest)
            {
                Line($"nearest   {example.Similarity:0.000} {example.Intent}: {example.Text}");
            }

            foreach (var entity in outcome.Meaning.Entities)
            {
                Line($"entity    {entity.Name} {entity.Value} ({entity.Text})");
            }

            if (outcome.Meaning.Reply is { } reply)
            {
                Line($"reply     {reply.Intent} {reply.Confidence:0.000}{(reply.Abstains ? ", abstains" : string.Empty)}{(reply.NeedsHuman ? ", needs a person" : string.Empty)} {string.Join(' ', reply.Proposed)}");
                foreach (var evidence in reply.Evidence)
                {
                    Line($"evidence  [{evidence.Span.Start}..{evidence.Span.End}] {evidence.Text}: {evidence.Why}");
                }
            }

            foreach (var act in (explanation.Reply ?? outcome.Reply).Acts)
            {
                Line($"act       {act.Act.Name} by {(act.Source == WordingSource.Model ? "the model" : "a written wording")}");
                foreach (var entry in act.Beam)
                {
                    Line($"beam      {entry.Score:0.000} (log p {entry.LogProbability:0.00}) {entry.Verdict}: {entry.Text}");
                }

                foreach (var refused in act.Refused.Where(refused => act.Beam.All(entry => entry.Text != refused.Text)))
                {
                    Line($"refused   {refused.Score:0.000} {refused.Check}: {refused.Text}");
                }
            }

            var latency = outcome.Latency;
            Line($"ms        claim {latency.Claim.TotalMilliseconds:0.0}, parse {latency.Parse.TotalMilliseconds:0.0}, decide {latency.Decide.TotalMilliseconds:0.0}, word {latency.Generate.TotalMilliseconds:0.0}, commit {latency.Commit.TotalMilliseconds:0.0}");
            Line($"again     {(explanation.IsEqual is { } equal ? equal ? "computed again: equal" : "computed again: not equal" : "cannot be computed again")}");
            return text.ToString().TrimEnd('\n');
        }
    }
}

internal sealed record ChatLine(
    string Text,
    string? Intent,
    double Confidence,
    IReadOnlyList<ChatEntity> Entities,
    IReadOnlyList<ChatAct> Acts,
    IReadOnlyList<string> Replies,
    double Ms);

internal sealed record ChatEntity(string Name, string Text, string Value);

internal sealed record ChatAct(string Name, IReadOnlyDictionary<string, string> Slots);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ChatLine))]
internal sealed partial class ChatCommandJson : JsonSerializerContext
{
    public static ChatCommandJson Readable => field ??= new ChatCommandJson(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
