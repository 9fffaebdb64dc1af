namespace ChatAgent.Nlu;

/// <summary>Names that are known beforehand, in lists by kind of entity.</summary>
/// <param name="Entries">In any order.</param>
public sealed record NluLexicon(IReadOnlyList<LexiconEntry> Entries)
{
    /// <summary>No names.</summary>
    public static NluLexicon Empty { get; } = new([]);
}
