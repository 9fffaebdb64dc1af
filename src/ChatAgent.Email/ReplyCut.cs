namespace ChatAgent.Email;

/// <summary>Characters of a text: [Start, Start + Length).</summary>
public readonly record struct BodySpan(int Start, int Length)
{
    public int End => Start + Length;
}

/// <summary>What the writer of a mail added, and where it stands.</summary>
public sealed record ReplyCut
{
    /// <summary>The text that the spans count in: as given, with line feeds alone as line ends.</summary>
    public required string Body { get; init; }

    /// <summary>The writer's words, the pieces joined by a line feed.</summary>
    public required string Text { get; init; }

    /// <summary>Everything else: quotes, signatures, footers; in order, trimmed.</summary>
    public required string Quoted { get; init; }

    /// <summary>Where <see cref="Text"/> stands in <see cref="Body"/>, in order; several where the writer answered between the lines of a quote.</summary>
    public required IReadOnlyList<BodySpan> Pieces { get; init; }

    /// <summary>
    /// True when the writer added no words of his own: a mail that is all quote, or a bare forward. <see cref="Text"/> is then what was quoted, for a person to
    /// see; it must never be read as an answer.
    /// </summary>
    public bool AddedNothing { get; init; }
}
