using System.Text;

namespace ChatAgent.Email;

/// <summary>Encoded words of header text. Source: RFC 2047, with RFC 2231 §5 for the language tag.</summary>
internal static class EncodedWords
{
    private const int MaxCharsetLength = 60;

    /// <summary>Text with its encoded words read; whatever is no encoded word stays as it is. The bytes of neighbours with one charset are joined first, since writers cut characters between them.</summary>
    public static string Decode(string value)
    {
        if (!value.Contains("=?", StringComparison.Ordinal))
        {
            return value;
        }

        var text = new StringBuilder(value.Length);
        var pending = new List<byte>();
        string? pendingCharset = null;
        var position = 0;
        var plainFrom = 0;
        while (position < value.Length)
        {
            var start = value.IndexOf("=?", position, StringComparison.Ordinal);
            if (start < 0)
            {
                break;
            }

            if (!TryRead(value, start, out var charset, out var bytes, out var end))
            {
                position = start + 2;
                continue;
            }

            var between = value.AsSpan(plainFrom, start - plainFrom);
            var isNeighbour = pendingCharset is not null && between.IsWhiteSpace();
            if (!isNeighbour || !string.Equals(pendingCharset, charset, StringComparison.OrdinalIgnoreCase))
            {
                Flush();
                if (!isNeighbour)
                {
                    text.Append(between);
                }
            }

            pending.AddRange(bytes);
            pendingCharset = charset;
            position = plainFrom = end;
        }

        Flush();
        return text.Append(value.AsSpan(plainFrom)).ToString();

        void Flush()
        {
            if (pendingCharset is not null)
            {
                text.Append(Charsets.Decode(pending.ToArray(), pendingCharset));
                pending.Clear();
                pendingCharset = null;
            }
        }
    }

    private static bool TryRead(string value, int start, out string charset, out byte[] bytes, out int end)
    {
        charset = string.Empty;
        bytes = [];
        end = start;
        var charsetEnd = value.IndexOf('?', start + 2);
        if (charsetEnd < 0 || charsetEnd - start - 2 is < 1 or > MaxCharsetLength || charsetEnd + 2 >= value.Length || value[charsetEnd + 2] != '?')
        {
            return false;
        }

        var textStart = charsetEnd + 3;
        var textEnd = value.IndexOf("?=", textStart, StringComparison.Ordinal);
        if (textEnd < 0)
        {
            return false;
        }

        var language = value.IndexOf('*', start + 2, charsetEnd - start - 2);
        charset = value[(start + 2)..(language < 0 ? charsetEnd : language)];
        var encoded = value.AsSpan(textStart, textEnd - textStart);
        end = textEnd + 2;
        switch (value[charsetEnd + 1])
        {
            case 'B' or 'b':
                bytes = TransferEncoding.DecodeBase64(Encoding.Latin1.GetBytes(encoded.ToArray()));
                return true;
            case 'Q' or 'q':
                bytes = DecodeQ(encoded);
                return true;
            default:
                return false;
        }
    }

    private static byte[] DecodeQ(ReadOnlySpan<char> encoded)
    {
        var bytes = new List<byte>(encoded.Length);
        for (var i = 0; i < encoded.Length; i++)
        {
            var c = encoded[i];
            if (c == '=' && i + 2 < encoded.Length && char.IsAsciiHexDigit(encoded[i + 1]) && char.IsAsciiHexDigit(encoded[i + 2]))
            {
                bytes.Add(Convert.FromHexString(encoded.Slice(i + 1, 2))[0]);
                i += 2;
            }
            else if (c < 128)
            {
                bytes.Add(c == '_' ? (byte)' ' : (byte)c);
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes([c]));
            }
        }

        return bytes.ToArray();
    }
}
