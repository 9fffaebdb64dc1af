namespace ChatAgent.Nlg;

/// <summary>What a text has to begin with, has to hold and may not hold. Immutable.</summary>
/// <remarks>
/// Tokens belong to groups: the two placeholders of one slot, with and without a blank before it, are one group. A required group is said exactly once and
/// before the end; a token of <see cref="Forbidden"/> is never said.
/// </remarks>
public sealed record BeamConstraints
{
    /// <summary>Nothing is required or forbidden.</summary>
    public static BeamConstraints None { get; } = new();

    /// <summary>The first tokens of every text.</summary>
    public IReadOnlyList<int> Prefix { get; init; } = [];

    /// <summary>Groups of tokens; one token of each is said, once. At most 64.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Required { get; init; } = [];

    /// <summary>Tokens that are never said.</summary>
    public IReadOnlyList<int> Forbidden { get; init; } = [];

    /// <summary>Which tokens may follow two others; start tokens stand before the first. Null allows all, a pair that is missing none.</summary>
    public IReadOnlyDictionary<(int BeforeLast, int Last), int[]>? Continuations { get; init; }

    /// <summary>Runs of tokens that say something; null where single tokens are enough.</summary>
    public PhraseTable? Phrases { get; init; }

    /// <summary>
    /// For each phrase of <see cref="Phrases"/> the group that it says, counted on from those of <see cref="Required"/>; <see cref="Free"/> where it may be said at will and
    /// <see cref="Never"/> where it may not. A group is said once: by one phrase, or by several that overlap.
    /// </summary>
    public IReadOnlyList<int> PhraseGroups { get; init; } = [];

    /// <summary>See <see cref="PhraseGroups"/>.</summary>
    public const int Free = -1;

    /// <summary>See <see cref="PhraseGroups"/>.</summary>
    public const int Never = -2;
}
