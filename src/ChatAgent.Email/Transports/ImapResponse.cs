using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace ChatAgent.Email;

/// <summary>One response of an IMAP server, literals included, taken apart into atoms, strings and lists (RFC 3501 §9).</summary>
/// <param name="Tag">"*" for an untagged one, "+" for a request to go on, else the tag of the command that it ends.</param>
/// <param name="Items">What follows the tag, at most; a text after "OK" is split at its blanks too, and nobody reads it.</param>
internal sealed record ImapResponse(string Tag, IReadOnlyList<ImapItem> Items)
{
    private const int MaxLineLength = 1024 * 1024;
    private const int MaxDepth = 50;

    /// <summary>"OK", "NO", "BAD", "BYE", "CAPABILITY", "SEARCH"; for "* 12 EXISTS" the second word.</summary>
    public string Kind => Items is [{ Text: var first }, { Text: { } second }, ..] && first is { Length: > 0 } && char.IsAsciiDigit(first[0]) ? second.ToUpperInvariant()
        : Items is [{ Text: { } only }, ..] ? only.ToUpperInvariant()
        : string.Empty;

    /// <summary>The number before the kind: "* 12 EXISTS".</summary>
    public long? Number => Items is [{ Text: { } text }, ..] && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The number of a response code such as "[UIDVALIDITY 17]", or null.</summary>
    public long? Code(string name)
    {
        for (var i = 1; i + 1 < Items.Count; i++)
        {
            if (Items[i].Text is { } text && text.Equals($"[{name}", StringComparison.OrdinalIgnoreCase)
                && long.TryParse(Items[i + 1].Text?.TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return number;
            }
        }

        return null;
    }

    /// <summary>Reads the next response.</summary>
    /// <param name="reader">Where it comes from.</param>
    /// <param name="maxLiteral">Bytes of a literal at most.</param>
    /// <param name="trace">Told each line.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="EndOfStreamException">The server closed the connection.</exception>
    /// <exception cref="InvalidDataException">That is no response, or it is larger than a response may be.</exception>
    public static async Task<ImapResponse> ReadAsync(PipeReader reader, int maxLiteral, Action<string>? trace, CancellationToken cancellationToken)
    {
        var line = await WireLines.ReadLineAsync(reader, MaxLineLength, cancellationToken) ?? throw new EndOfStreamException();
        trace?.Invoke($"S: {line}");
        var blank = line.IndexOf(' ', StringComparison.Ordinal);
        var tag = blank < 0 ? line : line[..blank];
        if (tag.Length == 0)
        {
            throw new InvalidDataException("an answer that is not IMAP");
        }

        var lists = new Stack<List<ImapItem>>([[]]);
        var (rest, room) = (blank < 0 ? string.Empty : line[(blank + 1)..], MaxLineLength);
        while (true)
        {
            Split(rest, lists, out var literal);
            if (literal is not { } length)
            {
                break;
            }

            if (length > maxLiteral)
            {
                throw new InvalidDataException($"a literal of {length.ToString(CultureInfo.InvariantCulture)} bytes");
            }

            lists.Peek().Add(new ImapItem(Bytes: await WireLines.ReadBytesAsync(reader, (int)length, cancellationToken)));
            rest = await WireLines.ReadLineAsync(reader, MaxLineLength, cancellationToken) ?? throw new EndOfStreamException();
            trace?.Invoke($"S: … {rest}");
            room -= rest.Length + 100;
            if (room < 0)
            {
                throw new InvalidDataException("an answer without an end");
            }
        }

        while (lists.Count > 1)
        {
            // A text after OK may hold half a bracket.
            var open = lists.Pop();
            lists.Peek().Add(new ImapItem(List: open));
        }

        return new ImapResponse(tag, lists.Pop());
    }

    /// <summary>Takes a piece of a line apart; stops at a literal's announcement, which ends a line.</summary>
    private static void Split(string line, Stack<List<ImapItem>> lists, out long? literal)
    {
        literal = null;
        for (var i = 0; i < line.Length;)
        {
            switch (line[i])
            {
                case ' ':
                    i++;
                    break;
                case '(' when lists.Count < MaxDepth:
                    lists.Push([]);
                    i++;
                    break;
                case ')' when lists.Count > 1:
                    var list = lists.Pop();
                    lists.Peek().Add(new ImapItem(List: list));
                    i++;
                    break;
                case '"':
                    var text = new StringBuilder();
                    for (i++; i < line.Length && line[i] != '"'; i++)
                    {
                        i += line[i] == '\\' && i + 1 < line.Length ? 1 : 0;
                        text.Append(line[i]);
                    }

                    lists.Peek().Add(new ImapItem(text.ToString()));
                    i++;
                    break;
                case '{' when line[^1] == '}' && line.IndexOf('}', i) == line.Length - 1 && long.TryParse(line.AsSpan(i + 1, line.Length - i - 2).TrimEnd('+'), NumberStyles.None, CultureInfo.InvariantCulture, out var length):
                    literal = length;
                    return;
                default:
                    // "BODY[HEADER.FIELDS (TO)]" is one atom, brackets and what is in them included.
                    var (start, depth) = (i, 0);
                    while (i < line.Length && (depth > 0 || line[i] is not (' ' or ')' or '(')))
                    {
                        depth += line[i] == '[' && i > start ? 1 : line[i] == ']' && depth > 0 ? -1 : 0;
                        i++;
                    }

                    i += i == start ? 1 : 0;
                    lists.Peek().Add(new ImapItem(line[start..i]));
                    break;
            }
        }
    }
}

/// <summary>An atom or quoted string, a literal, or a list.</summary>
internal sealed record ImapItem(string? Text = null, byte[]? Bytes = null, IReadOnlyList<ImapItem>? List = null);
