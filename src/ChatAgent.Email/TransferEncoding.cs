namespace ChatAgent.Email;

internal enum TransferEncodingKind
{
    /// <summary>7bit, 8bit, binary, none, and words that nobody knows.</summary>
    Identity,
    Base64,
    QuotedPrintable,
    UuEncode,
}

/// <summary>Content-Transfer-Encoding, read leniently: what does not belong is passed over, what is cut off is read as far as it goes. Source: RFC 2045 §6.</summary>
internal static class TransferEncoding
{
    private static readonly int[] Base64Values = MakeBase64Values();

    public static TransferEncodingKind Parse(string? header)
    {
        if (header is null)
        {
            return TransferEncodingKind.Identity;
        }

        var comment = header.IndexOfAny(['(', ';']);
        return (comment < 0 ? header : header[..comment]).Trim().Trim('"').ToLowerInvariant() switch
        {
            "base64" or "base-64" or "b" => TransferEncodingKind.Base64,
            "quoted-printable" or "quotedprintable" or "quoted_printable" or "q" => TransferEncodingKind.QuotedPrintable,
            "x-uuencode" or "uuencode" or "x-uue" or "uue" => TransferEncodingKind.UuEncode,
            _ => TransferEncodingKind.Identity,
        };
    }

    public static byte[] Decode(ReadOnlySpan<byte> body, TransferEncodingKind encoding) => encoding switch
    {
        TransferEncodingKind.Base64 => DecodeBase64(body),
        TransferEncodingKind.QuotedPrintable => DecodeQuotedPrintable(body),
        TransferEncodingKind.UuEncode => DecodeUuEncode(body),
        _ => body.ToArray(),
    };

    /// <summary>0 to 63, or -1 for a byte outside the alphabet.</summary>
    public static int Base64Value(byte b) => Base64Values[b];

    /// <summary>The bytes behind base64; text that plainly is none comes back as it stands.</summary>
    public static byte[] DecodeBase64(ReadOnlySpan<byte> body)
    {
        if (!IsBase64(body))
        {
            return body.ToArray();
        }

        var bytes = new byte[((body.Length / 4) * 3) + 3];
        var length = 0;
        var held = 0;
        var bits = 0;
        for (var i = 0; i < body.Length; i++)
        {
            var six = Base64Value(body[i]);
            if (six >= 0)
            {
                held = ((held << 6) | six) & 0xFFFFFF;
                bits += 6;
                if (bits >= 8)
                {
                    bits -= 8;
                    bytes[length++] = (byte)(held >> bits);
                }
            }
            else if (body[i] == (byte)'=')
            {
                // Padding ends a run and its line; some writers begin another run on the next.
                bits = 0;
                var end = body[i..].IndexOf((byte)'\n');
                i = end < 0 ? body.Length : i + end;
            }
        }

        return bytes[..length];
    }

    /// <summary>False for words that carry the wrong label: a tenth of the bytes lies outside the alphabet, or between words.</summary>
    private static bool IsBase64(ReadOnlySpan<byte> body)
    {
        var foreign = 0;
        for (var i = 0; i < body.Length; i++)
        {
            var isInnerBlank = body[i] == (byte)' ' && i + 1 < body.Length && Base64Value(body[i + 1]) >= 0 && i > 0 && Base64Value(body[i - 1]) >= 0;
            foreign += isInnerBlank || (Base64Value(body[i]) < 0 && body[i] is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'=')) ? 1 : 0;
        }

        return foreign * 10 <= body.Length || foreign < 4;
    }

    public static byte[] DecodeQuotedPrintable(ReadOnlySpan<byte> body)
    {
        var bytes = new byte[body.Length];
        var length = 0;
        for (var i = 0; i < body.Length; i++)
        {
            var b = body[i];
            if (b != (byte)'=')
            {
                bytes[length++] = b;
                continue;
            }

            if (i + 2 < body.Length && char.IsAsciiHexDigit((char)body[i + 1]) && char.IsAsciiHexDigit((char)body[i + 2]))
            {
                bytes[length++] = (byte)((HexValue(body[i + 1]) << 4) | HexValue(body[i + 2]));
                i += 2;
                continue;
            }

            // A soft line break; blanks may have been added on the way.
            var end = i + 1;
            while (end < body.Length && body[end] is (byte)' ' or (byte)'\t')
            {
                end++;
            }

            if (end == body.Length)
            {
                break;
            }

            if (body[end] == (byte)'\r' && end + 1 < body.Length && body[end + 1] == (byte)'\n')
            {
                i = end + 1;
            }
            else if (body[end] is (byte)'\n' or (byte)'\r')
            {
                i = end;
            }
            else
            {
                bytes[length++] = b;
            }
        }

        return bytes[..length];
    }

    public static byte[] DecodeUuEncode(ReadOnlySpan<byte> body)
    {
        var bytes = new List<byte>(body.Length * 3 / 4);
        var hasBegun = false;
        while (!body.IsEmpty)
        {
            var end = body.IndexOf((byte)'\n');
            var line = (end < 0 ? body : body[..end]).TrimEnd("\r\n"u8);
            body = end < 0 ? [] : body[(end + 1)..];
            if (!hasBegun)
            {
                hasBegun = line.StartsWith("begin "u8);
                continue;
            }

            if (line.IsEmpty || line.SequenceEqual("end"u8))
            {
                break;
            }

            var count = (line[0] - 32) & 63;
            for (var i = 1; count > 0 && i < line.Length; i += 4)
            {
                var a = Value(line, i);
                var b = Value(line, i + 1);
                var c = Value(line, i + 2);
                var d = Value(line, i + 3);
                ReadOnlySpan<byte> three = [(byte)((a << 2) | (b >> 4)), (byte)((b << 4) | (c >> 2)), (byte)((c << 6) | d)];
                bytes.AddRange(three[..Math.Min(3, count)]);
                count -= 3;
            }
        }

        return bytes.ToArray();

        static int Value(ReadOnlySpan<byte> line, int i) => i < line.Length ? (line[i] - 32) & 63 : 0;
    }

    private static int HexValue(byte b) => b <= (byte)'9' ? b - '0' : (b | 0x20) - 'a' + 10;

    private static int[] MakeBase64Values()
    {
        var values = new int[256];
        Array.Fill(values, -1);
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (var i = 0; i < Alphabet.Length; i++)
        {
            values[Alphabet[i]] = i;
        }

        return values;
    }
}
