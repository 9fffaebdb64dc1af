using System.Text;

namespace ChatAgent.Email;

/// <summary>Bytes to text in the charset that a mail names.</summary>
/// <remarks>
/// The label is trusted, except that iso-8859-1 is read as windows-1252 (what its senders mean by bytes 0x80 to 0x9F; WHATWG does the same) and us-ascii
/// with high bytes like no label: strict UTF-8, else windows-1252. Unknown labels are read like none.
/// </remarks>
internal static class Charsets
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly Encoding Windows1252 = Register();

    private static readonly Dictionary<string, string> Aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["utf8"] = "utf-8", ["unicode-1-1-utf-8"] = "utf-8", ["cp65001"] = "utf-8", ["utf8mb4"] = "utf-8",
        ["latin1"] = "windows-1252", ["latin-1"] = "windows-1252", ["iso8859-1"] = "windows-1252", ["iso-8859-1"] = "windows-1252", ["iso_8859-1"] = "windows-1252",
        ["iso88591"] = "windows-1252", ["cp1252"] = "windows-1252", ["cp-1252"] = "windows-1252", ["win-1252"] = "windows-1252", ["ansi"] = "windows-1252", ["l1"] = "windows-1252",
        ["iso8859-15"] = "iso-8859-15", ["latin9"] = "iso-8859-15", ["latin-9"] = "iso-8859-15",
        ["iso-8859-8-i"] = "iso-8859-8", ["iso-8859-8-e"] = "iso-8859-8", ["iso-8859-9"] = "windows-1254", ["iso-8859-11"] = "windows-874", ["tis-620"] = "windows-874",
        ["iso-8859-16"] = "iso-8859-2", ["iso-8859-10"] = "iso-8859-4", ["x-sjis"] = "shift_jis", ["cp932"] = "shift_jis", ["ms932"] = "shift_jis", ["windows-31j"] = "shift_jis", ["sjis"] = "shift_jis",
        ["gbk"] = "gb18030", ["gb2312"] = "gb18030", ["x-gbk"] = "gb18030", ["cp936"] = "gb18030", ["big5-hkscs"] = "big5", ["cp950"] = "big5",
        ["ks_c_5601"] = "ks_c_5601-1987", ["cp949"] = "ks_c_5601-1987", ["iso-2022-jp-1"] = "iso-2022-jp", ["iso-2022-jp-2"] = "iso-2022-jp", ["macintosh"] = "macintosh", ["x-mac-roman"] = "macintosh",
        ["koi8r"] = "koi8-r", ["cp1251"] = "windows-1251", ["cp1250"] = "windows-1250", ["cp850"] = "ibm850", ["cp437"] = "ibm437", ["cp-850"] = "ibm850", ["utf-16"] = "utf-16be",
    };

    /// <summary>Never throws; a byte that means nothing in the charset becomes U+FFFD.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes, string? label)
    {
        if (bytes.IsEmpty)
        {
            return string.Empty;
        }

        var name = label?.Trim().Trim('"', '\'').Trim() ?? string.Empty;
        if (name.Equals("utf-7", StringComparison.OrdinalIgnoreCase) || name.Equals("unicode-1-1-utf-7", StringComparison.OrdinalIgnoreCase))
        {
            return Utf7.Decode(bytes);
        }

        if (name.Length > 0 && Find(name) is { } encoding)
        {
            if (encoding is UnicodeEncoding && bytes.Length >= 2 && bytes[0] == 0xFF && bytes[1] == 0xFE)
            {
                return Encoding.Unicode.GetString(bytes[2..]);
            }

            var text = encoding.GetString(bytes);
            return text.StartsWith('\uFEFF') ? text[1..] : text;
        }

        return DecodeUnlabelled(bytes);
    }

    /// <summary>Strict UTF-8, else windows-1252.</summary>
    public static string DecodeUnlabelled(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("\uFEFF"u8))
        {
            bytes = bytes[3..];
        }

        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Windows1252.GetString(bytes);
        }
    }

    /// <summary>The encoding of a label; null for none, for us-ascii and for labels that nobody knows.</summary>
    private static Encoding? Find(string name)
    {
        if (name.Equals("us-ascii", StringComparison.OrdinalIgnoreCase) || name.Equals("ascii", StringComparison.OrdinalIgnoreCase) || name.StartsWith("ansi_x3", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        try
        {
            return Encoding.GetEncoding(Aliases.GetValueOrDefault(name, name));
        }
        catch (ArgumentException)
        {
            return null;
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }

    private static Encoding Register()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        return Encoding.GetEncoding(1252);
    }
}
