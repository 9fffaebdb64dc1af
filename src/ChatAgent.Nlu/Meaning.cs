using ChatAgent.Nlu.Appointments;
using ChatAgent.Text;

namespace ChatAgent.Nlu;

/// <summary>All that was understood of one or several messages in a row, read together.</summary>
public sealed record Meaning
{
    /// <summary>The messages, joined by line feeds; every span counts in it.</summary>
    public required string Text { get; init; }

    /// <summary>The language of the message, or the conversation's when the message is too short to tell.</summary>
    public required Language Language { get; init; }

    /// <summary>Best first, at most five; empty only for an empty message.</summary>
    public required IReadOnlyList<IntentScore> Intents { get; init; }

    /// <summary>Whether the best intent passed the calibrated out-of-scope threshold.</summary>
    public required bool IsInScope { get; init; }

    /// <summary>The intents of a message that has several, in the order of the text, with their stretches; one for a plain message, none for one out of scope.</summary>
    public IReadOnlyList<IntentPart> Parts { get; init; } = [];

    /// <summary>In the order of the text.</summary>
    public IReadOnlyList<Entity> Entities { get; init; } = [];

    /// <summary>The message read as an answer about <see cref="ParseContext.Appointment"/>; null without one.</summary>
    public AppointmentReply? Reply { get; init; }

    /// <summary>Whether help must be called at once; decided with words as well as with intents, in favour of calling.</summary>
    public Urgency Urgency { get; init; }

    /// <summary>Nearest training examples, best first.</summary>
    public IReadOnlyList<NearestExample> Nearest { get; init; } = [];

    /// <summary>Name of the best intent, or null when the message is empty or out of scope.</summary>
    public string? Intent => IsInScope && Intents.Count > 0 ? Intents[0].Intent : null;

    /// <summary>Score of the best intent, 0 for an empty message.</summary>
    public double Confidence => Intents.Count > 0 ? Intents[0].Score : 0;
}
