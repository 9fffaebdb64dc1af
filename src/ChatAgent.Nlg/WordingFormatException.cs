namespace ChatAgent.Nlg;

/// <summary>A written wording cannot be used: a placeholder is broken, names a slot that the act does not have, or a slot of the act is missing.</summary>
public sealed class WordingFormatException : Exception
{
    public WordingFormatException()
    {
    }

    public WordingFormatException(string message)
        : base(message)
    {
    }

    public WordingFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
