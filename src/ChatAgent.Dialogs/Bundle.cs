using ChatAgent.Nlg;
using ChatAgent.Nlu;
using ChatAgent.Nlu.Appointments;
using ChatAgent.Text;
using NodaTime;

namespace ChatAgent.Dialogs;

/// <summary>All that answers with one voice: understanding, policy, speech and the files they came from. Immutable; a swap is a new bundle.</summary>
/// <param name="Hash">Of everything that went in; a <see cref="TurnRecord"/> names it.</param>
/// <param name="Nlu">Text to meaning.</param>
/// <param name="Policy">Meaning to acts.</param>
/// <param name="Generator">Acts to text.</param>
/// <param name="Definition">The owner's files.</param>
public sealed record Bundle(string Hash, INluEngine Nlu, DialogPolicy Policy, ReplyGenerator Generator, BotDefinition Definition)
{
    /// <summary>How sentences go on that an operator types, by language, learnt when first asked for; null or missing where there is nothing to learn it from.</summary>
    public IReadOnlyDictionary<Language, Lazy<TextCompletion?>> Completions { get; init; } = new Dictionary<Language, Lazy<TextCompletion?>>();

    /// <summary>Understands and words a few things once, so that the first person does not wait for code to be compiled: half a second, before anybody writes.</summary>
    /// <param name="now">Any moment.</param>
    public void WarmUp(DateTimeOffset now)
    {
        var start = Instant.FromDateTimeOffset(now).InUtc().LocalDateTime.PlusDays(3);
        var context = new ParseContext { Appointment = new AppointmentContext("warm-up", start, "Dra. X", "X", "X", "X") };
        foreach (var text in new[] { "sí, pero mejor el martes a las 9:30, ¿dónde queda?", "yes, but could we do Tuesday at 9:30 am?" })
        {
            Nlu.Parse([new Utterance(text, now)], context);
        }

        foreach (var language in Definition.Domain.Languages)
        {
            var acts = Definition.Domain.Acts.Values.Where(act => act.Slots.Count == 0).Take(3).Select(act => new DialogAct(act.Name));
            Generator.Generate(new GenerationRequest { Acts = [.. acts], Language = language, Style = Definition.Domain.Style });
        }
    }
}
