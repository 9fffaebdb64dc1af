using System.Text;

namespace ChatAgent.Email;

/// <summary>A value with parameters, as of Content-Type and Content-Disposition.</summary>
/// <param name="Value">"text/plain", lower case, without blanks; empty when nothing usable stands there.</param>
/// <param name="Parameters">Lower-case names; values decoded (RFC 2231, and encoded words where clients put them); of a repeated name the first.</param>
public sealed record MediaType(string Value, IReadOnlyDictionary<string, string> Parameters)
{
    private const int MaxParameters = 100;
    private const int MaxSections = 500;

    internal static MediaType Plain { get; } = new("text/plain", new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>Reads leniently: quotes may be missing or left open, blanks may stand anywhere, comments are passed over.</summary>
    internal static MediaType ParseParameters(string header)
    {
        var position = 0;
        var value = ReadUntilSemicolon(header, ref position).Trim().Replace(" /", "/", StringComparison.Ordinal).Replace("/ ", "/", StringComparison.Ordinal).ToLowerInvariant();
        if (value.AsSpan().IndexOfAny(' ', '\t') is > 0 and var blank)
        {
            // "text/plain charset=x": the semicolon was forgotten.
            value = value[..blank];
            position = header.IndexOfAny([' ', '\t'], header.IndexOf(value, StringComparison.OrdinalIgnoreCase) is >= 0 and var at ? at : 0) is > 0 and var rest ? rest : position;
        }

        Dictionary<string, string>? plain = null;
        Dictionary<string, SortedDictionary<int, (string Text, bool IsEncoded)>>? sections = null;
        var seen = 0;
        while (position < header.Length && seen++ < MaxSections)
        {
            if (!TryReadParameter(header, ref position, out var name, out var text))
            {
                continue;
            }

            var star = name.IndexOf('*', StringComparison.Ordinal);
            if (star < 0)
            {
                plain ??= new(StringComparer.Ordinal);
                if (plain.Count < MaxParameters)
                {
                    plain.TryAdd(name, EncodedWords.Decode(text));
                }

                continue;
            }

            // RFC 2231 §3 and §4: name*, name*0, name*0*.
            var section = name[(star + 1)..];
            var isEncoded = section.EndsWith('*') || section.Length == 0;
            if (!int.TryParse(section.AsSpan().TrimEnd('*'), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var index))
            {
                index = 0;
            }

            sections ??= new(StringComparer.Ordinal);
            if (!sections.TryGetValue(name[..star], out var pieces))
            {
                if (sections.Count >= MaxParameters)
                {
                    continue;
                }

                sections[name[..star]] = pieces = [];
            }

            pieces.TryAdd(index, (text, isEncoded));
        }

        if (sections is not null)
        {
            plain ??= new(StringComparer.Ordinal);
            foreach (var (name, pieces) in sections)
            {
                // RFC 6266 and practice: the extended form is the better one where both stand.
                plain[name] = Join(pieces);
            }
        }

        return plain is null ? Plain with { Value = value } : new MediaType(value, plain);
    }

    private static string Join(SortedDictionary<int, (string Text, bool IsEncoded)> pieces)
    {
        var bytes = new List<byte>();
        string? charset = null;
        var isFirst = true;
        foreach (var (piece, isEncoded) in pieces.Values)
        {
            var text = piece;
            if (isFirst && isEncoded && text.Split('\'', 3) is [var label, _, var rest])
            {
                charset = label;
                text = rest;
            }

            isFirst = false;
            for (var i = 0; i < text.Length; i++)
            {
                if (isEncoded && text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
                {
                    bytes.Add((byte)((HexValue(text[i + 1]) << 4) | HexValue(text[i + 2])));
                    i += 2;
                }
                else if (text[i] < 128)
                {
                    bytes.Add((byte)text[i]);
                }
                else
                {
                    var length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1;
                    bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(i, length)));
                    i += length - 1;
                }
            }
        }

        var joined = Charsets.Decode(bytes.ToArray(), charset);
        return charset is null ? EncodedWords.Decode(joined) : joined;
    }

    private static int HexValue(char c) => char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;

    private static bool TryReadParameter(string header, ref int position, out string name, out string value)
    {
        name = value = string.Empty;
        var start = position;
        while (position < header.Length && header[position] is not ('=' or ';'))
        {
            position++;
        }

        name = header[start..position].Trim().ToLowerInvariant();
        if (position >= header.Length || header[position] == ';')
        {
            position++;
            return false;
        }

        position++;
        while (position < header.Length && char.IsWhiteSpace(header[position]))
        {
            position++;
        }

        if (position < header.Length && header[position] == '"')
        {
            value = ReadQuoted(header, ref position);
            _ = ReadUntilSemicolon(header, ref position);
        }
        else
        {
            value = ReadUntilSemicolon(header, ref position).Trim();
        }

        return name.Length > 0;
    }

    private static string ReadQuoted(string header, ref int position)
    {
        var text = new StringBuilder();
        position++;
        while (position < header.Length && header[position] != '"')
        {
            if (header[position] == '\\' && position + 1 < header.Length)
            {
                position++;
            }

            text.Append(header[position++]);
        }

        position++;
        return text.ToString();
    }

    private static string ReadUntilSemicolon(string header, ref int position)
    {
        var text = new StringBuilder();
        var depth = 0;
        for (; position < header.Length; position++)
        {
            var c = header[position];
            if (c == '(')
            {
                depth++;
            }
            else if (c == ')' && depth > 0)
            {
                depth--;
            }
            else if (depth == 0 && c == ';')
            {
                break;
            }
            else if (depth == 0)
            {
                text.Append(c);
            }
        }

        position++;
        return text.ToString();
    }
}
