using System.Text;

namespace ChatAgent.Email;

/// <summary>One node of a mail: a leaf with a body, a multipart with parts, or an attached message.</summary>
public sealed class MimePart
{
    private readonly ReadOnlyMemory<byte> _raw;
    private byte[]? _decoded;

    internal MimePart(IReadOnlyList<MimeHeader> headers, ReadOnlyMemory<byte> raw, MediaType type)
    {
        Headers = headers;
        _raw = raw;
        Type = type;
        var disposition = MediaType.ParseParameters(Header("Content-Disposition") ?? string.Empty);
        Disposition = disposition.Value.Length == 0 ? null : disposition.Value;
        FileName = Named(disposition.Parameters, "filename") ?? Named(type.Parameters, "name");
    }

    /// <summary>In the order of the mail, repeated ones included.</summary>
    public IReadOnlyList<MimeHeader> Headers { get; }

    public MediaType Type { get; }

    /// <summary>"inline", "attachment" or another word, lower case; null when the mail does not say.</summary>
    public string? Disposition { get; }

    /// <summary>Decoded, without folders or control characters; null when there is none.</summary>
    public string? FileName { get; }

    /// <summary>Children of a multipart; empty for every other part.</summary>
    public IReadOnlyList<MimePart> Parts { get; internal set; } = [];

    /// <summary>The attached message of a message/rfc822 part, or null.</summary>
    public MimePart? Message { get; internal set; }

    public bool IsMultipart => Type.Value.StartsWith("multipart/", StringComparison.Ordinal);

    /// <summary>The body as it stands in the mail, still encoded.</summary>
    public ReadOnlyMemory<byte> RawBody => _raw;

    /// <summary>Value of the first header of that name, unfolded but with its encoded words; null when absent. For trace headers the first is the latest.</summary>
    public string? Header(string name)
    {
        foreach (var header in Headers)
        {
            if (string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return header.Value;
            }
        }

        return null;
    }

    /// <summary>The body with its transfer encoding taken off; whatever is damaged is passed over.</summary>
    public ReadOnlyMemory<byte> DecodeBody()
    {
        // Of several the last counts, as for Content-Type.
        var encoding = TransferEncoding.Parse(Headers.LastOrDefault(header => header.Name.Equals("Content-Transfer-Encoding", StringComparison.OrdinalIgnoreCase))?.Value);
        return encoding == TransferEncodingKind.Identity ? _raw : _decoded ??= TransferEncoding.Decode(_raw.Span, encoding);
    }

    /// <summary>The decoded body as text in the charset of the part; line ends stay as they are.</summary>
    public string DecodeText() => Charsets.Decode(DecodeBody().Span, Type.Parameters.GetValueOrDefault("charset"));

    private static string? Named(IReadOnlyDictionary<string, string> parameters, string key)
    {
        if (!parameters.TryGetValue(key, out var name))
        {
            return null;
        }

        // A name may carry a path or line feeds meant for whoever saves the file.
        var clean = new StringBuilder(name.Length);
        foreach (var c in name[(name.LastIndexOfAny(['/', '\\']) + 1)..])
        {
            if (!char.IsControl(c))
            {
                clean.Append(c);
            }
        }

        var trimmed = clean.ToString().Trim();
        return trimmed.Length == 0 ? null : trimmed;
    }
}
