namespace ChatAgent.Email;

/// <summary>A parsed mail: a tree of parts over the raw bytes, and what was wrong with them.</summary>
public sealed class MimeMessage
{
    internal MimeMessage(MimePart root, IReadOnlyList<string> problems)
    {
        Root = root;
        Problems = problems;
    }

    public MimePart Root { get; }

    /// <summary>What could not be read as it should, in English, without a word of the mail's content; at most <see cref="MimeParser.MaxProblems"/>.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>Every part, the root first, in the order of the mail; the parts of attached messages too.</summary>
    public IEnumerable<MimePart> AllParts()
    {
        var waiting = new Stack<MimePart>([Root]);
        while (waiting.TryPop(out var part))
        {
            yield return part;
            if (part.Message is not null)
            {
                waiting.Push(part.Message);
            }

            for (var i = part.Parts.Count - 1; i >= 0; i--)
            {
                waiting.Push(part.Parts[i]);
            }
        }
    }
}
