using ChatAgent.Nlu;
using ChatAgent.Nlu.Appointments;
using ChatAgent.Text;

namespace ChatAgent.Dialogs.Tests;

/// <summary>Understands exactly what a test has told it; everything else is out of scope.</summary>
internal sealed class ScriptedNlu : INluEngine
{
    private readonly Dictionary<string, Meaning> _meanings = new(StringComparer.Ordinal);

    /// <summary>What was asked, newest last.</summary>
    public List<(string Text, ParseContext Context)> Asked { get; } = [];

    public ScriptedNlu Knows(string text, string? intent, AppointmentReply? reply = null, Language language = Language.Spanish, params Entity[] entities)
    {
        _meanings[text] = new Meaning
        {
            Text = text,
            Language = language,
            Intents = intent is null ? [new IntentScore("greet", 0.2)] : [new IntentScore(intent, 0.97)],
            IsInScope = intent is not null,
            Reply = reply,
            Entities = entities,
        };
        return this;
    }

    public static AppointmentReply Reads(AppointmentIntent intent, bool abstains = false, bool needsHuman = false, params ProposedSlot[] proposed) => new()
    {
        Intent = intent,
        Confidence = abstains ? 0.4 : 0.95,
        Abstains = abstains,
        NeedsHuman = needsHuman,
        Proposed = proposed,
    };

    public Meaning Parse(IReadOnlyList<Utterance> utterances, ParseContext context)
    {
        var text = string.Join('\n', utterances.Select(utterance => utterance.Text));
        lock (Asked)
        {
            Asked.Add((text, context));
        }

        var meaning = _meanings.TryGetValue(text, out var known)
            ? known
            : new Meaning { Text = text, Language = context.Language, Intents = [new IntentScore("greet", 0.1)], IsInScope = false };
        return context.Appointment is null ? meaning with { Reply = null } : meaning;
    }
}
