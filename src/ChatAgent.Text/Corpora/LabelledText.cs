namespace ChatAgent.Text.Corpora;

/// <summary>One labelled row of a corpus.</summary>
/// <param name="Label">Its intent or category.</param>
/// <param name="Text">The words, entity marks taken out.</param>
public sealed record LabelledText(string Label, string Text)
{
    /// <summary>Marked stretches, in the order of the text.</summary>
    public IReadOnlyList<LabelledEntity> Entities { get; init; } = [];

    /// <summary>The file it was read from; empty when it was made in memory.</summary>
    public string File { get; init; } = string.Empty;

    /// <summary>Its line in that file, from 1; 0 when not known.</summary>
    public int Line { get; init; }
}
