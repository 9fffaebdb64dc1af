namespace ChatAgent.Dialogs;

/// <summary>A dialog file says something that the bot cannot use. The message names file, line, column, what was found and what is permitted.</summary>
public sealed class DialogFormatException : Exception
{
    /// <param name="file">As the reader should type it, with forward slashes.</param>
    /// <param name="line">From 1.</param>
    /// <param name="column">From 1.</param>
    /// <param name="problem">What was found and what was expected.</param>
    public DialogFormatException(string file, long line, long column, string problem, Exception? innerException = null)
        : base($"{file}({line},{column}): {problem}", innerException)
    {
        File = file;
        Line = line;
        Column = column;
    }

    public DialogFormatException(string message)
        : base(message)
    {
        File = string.Empty;
    }

    public DialogFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
        File = string.Empty;
    }

    public DialogFormatException()
    {
        File = string.Empty;
    }

    public string File { get; }

    public long Line { get; }

    public long Column { get; }

    /// <summary>The permitted values as a sentence ends: <c>this bot has "a", "b"</c>.</summary>
    internal static string Permitted(IEnumerable<string> values) => string.Join(", ", values.Select(value => $"\"{value}\""));
}
