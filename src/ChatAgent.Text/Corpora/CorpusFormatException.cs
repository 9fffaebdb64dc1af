using System.Globalization;

namespace ChatAgent.Text.Corpora;

/// <summary>A corpus file breaks its format: "file(line,column): found, expected".</summary>
public sealed class CorpusFormatException : Exception
{
    public CorpusFormatException()
    {
    }

    public CorpusFormatException(string message)
        : base(message)
    {
    }

    public CorpusFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An error at a place.</summary>
    /// <param name="line">From 1.</param>
    /// <param name="column">From 1, in UTF-16 code units.</param>
    public CorpusFormatException(string file, int line, int column, string found, string expected)
        : base(string.Create(CultureInfo.InvariantCulture, $"{file}({line},{column}): found {found}, expected {expected}"))
    {
        File = file;
        Line = line;
        Column = column;
    }

    public string File { get; } = string.Empty;

    public int Line { get; }

    public int Column { get; }
}
