using NodaTime;

namespace ChatAgent.Mailroom;

/// <summary>A mail that was read in shadow, with what the agent would have done: collection "shadow-mails".</summary>
public sealed record ShadowMail
{
    internal const string Collection = "shadow-mails";

    /// <summary>Time and name of the raw mail; ordinal order is the order of time.</summary>
    public required string Id { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Name of the raw mail in the folder of received mails.</summary>
    public required string Raw { get; init; }

    public required string AppointmentId { get; init; }

    public required string Patient { get; init; }

    public required LocalDateTime Start { get; init; }

    public required string Doctor { get; init; }

    public required string Branch { get; init; }

    /// <summary>What the writer added.</summary>
    public required string Words { get; init; }

    public required ShadowKind Kind { get; init; }

    /// <summary>The hour that it would move to; null for another kind.</summary>
    public LocalDateTime? MovesTo { get; init; }

    /// <summary>What the agent would have written.</summary>
    public required string Reply { get; init; }

    /// <summary>The words that decided, as places in <see cref="Words"/>.</summary>
    public IReadOnlyList<ShadowEvidence> Evidence { get; init; } = [];

    /// <summary>Of the reading, 0 to 1; null where the mail was read as no answer.</summary>
    public double? Confidence { get; init; }

    /// <summary>The patient has several appointments to come; this is the next one.</summary>
    public bool HasOthers { get; init; }

    /// <summary>Whether it was done: its kind was switched on, and its sender proven.</summary>
    public bool IsDone { get; init; }

    /// <summary>What reception says of it; null before.</summary>
    public bool? IsRight { get; init; }

    public string? MarkedBy { get; init; }

    /// <summary>UTC.</summary>
    public DateTimeOffset? MarkedAt { get; init; }

    internal const string Unmarked = "shadow:unmarked";

    internal IReadOnlyList<string> Indexes => IsRight is null ? [Unmarked] : [];
}

/// <summary>Characters [Start, Start + Length) and why they decided.</summary>
public sealed record ShadowEvidence(int Start, int Length, string Why);
