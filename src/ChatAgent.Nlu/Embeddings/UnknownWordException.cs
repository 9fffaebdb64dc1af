namespace ChatAgent.Nlu.Embeddings;

/// <summary>A word has no vector; the message names the words spelt most like it.</summary>
public sealed class UnknownWordException : FormatException
{
    public UnknownWordException()
    {
    }

    public UnknownWordException(string message)
        : base(message)
    {
    }

    public UnknownWordException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An unknown word.</summary>
    /// <param name="word">As it was asked.</param>
    /// <param name="spelling">Known words spelt alike, best first.</param>
    public UnknownWordException(string word, IReadOnlyList<string> spelling)
        : base($"\"{word}\": found no vector for it, expected a word of the vectors{(spelling.Count == 0 ? string.Empty : $"; spelt alike: {string.Join(", ", spelling)}")}.") =>
        Spelling = spelling;

    /// <summary>Known words spelt alike, best first.</summary>
    public IReadOnlyList<string> Spelling { get; } = [];
}
