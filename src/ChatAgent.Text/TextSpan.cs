namespace ChatAgent.Text;

/// <summary>A stretch of the text that was typed, in UTF-16 code units.</summary>
/// <param name="Start">Index of the first code unit.</param>
/// <param name="Length">Number of code units; 0 is an empty stretch.</param>
public readonly record struct TextSpan(int Start, int Length)
{
    /// <summary>Index after the last code unit.</summary>
    public int End => Start + Length;

    /// <summary>The stretch of <paramref name="text"/>.</summary>
    public string In(string text) => text.Substring(Start, Length);

    /// <summary>Whether the two stretches share a code unit.</summary>
    public bool Overlaps(TextSpan other) => Start < other.End && other.Start < End;
}
