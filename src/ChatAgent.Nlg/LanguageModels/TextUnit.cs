namespace ChatAgent.Nlg;

/// <summary>What a language model counts as one token.</summary>
public enum TextUnit
{
    /// <summary>Words and signs.</summary>
    Word,

    /// <summary>Characters (Unicode scalar values).</summary>
    Character,

    /// <summary>Pieces of words that are learnt from the text: <see cref="BytePairs"/>.</summary>
    Subword,
}
