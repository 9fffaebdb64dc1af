namespace ChatAgent.Nlu.Intents;

/// <summary>Sizes of the utterance encoder.</summary>
internal sealed record EncoderShape
{
    /// <summary>E: length of word and piece vectors.</summary>
    public int Embedding { get; init; } = 96;

    /// <summary>H: filters over three neighbouring words.</summary>
    public int Hidden { get; init; } = 192;

    /// <summary>K: length of an utterance's vector.</summary>
    public int Vector { get; init; } = 128;

    /// <summary>B: rows that the hashed 3- to 5-character pieces share.</summary>
    public int PieceBuckets { get; init; } = 16384;

    /// <summary>P: what is pooled: the filters' maxima, their sums, the words' sum.</summary>
    public int Pooled => (2 * Hidden) + Embedding;
}
