using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ChatAgent.Email;

/// <summary>Writes a mail as MIME that every server takes: 7-bit, lines of at most 76 characters in bodies, CRLF.</summary>
/// <remarks>
/// Bodies are base64, since quoted-printable is the encoding that gateways break most often. Header text outside ASCII becomes encoded words that
/// never cut a character (RFC 2047 §5). Control characters in a header value are refused: a line feed in one would begin a header of its own.
/// </remarks>
public static class MailComposer
{
    private const int Base64LineLength = 76;

    /// <summary>Bytes of text in one encoded word: its base64 and "=?utf-8?B?…?=" stay below 75 characters.</summary>
    private const int EncodedWordBytes = 42;
    private const int FoldAt = 76;

    /// <summary>A Message-ID of our own: unguessable, below <paramref name="domain"/>.</summary>
    public static string NewMessageId(string domain) => $"<{RandomNumberGenerator.GetHexString(32, lowercase: true)}@{domain}>";

    /// <summary>The whole mail, headers and body.</summary>
    /// <exception cref="ArgumentException">A header value holds a control character; nothing was written.</exception>
    public static byte[] Compose(OutgoingMail mail)
    {
        var text = new StringBuilder();
        Header(text, "From", Mailbox(mail.From));
        Header(text, "To", Mailbox(mail.To));
        if (mail.ReplyTo is not null)
        {
            Header(text, "Reply-To", Mailbox(mail.ReplyTo));
        }

        Header(text, "Subject", Words(mail.Subject));
        Header(text, "Date", mail.Date.ToUniversalTime().ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture));
        Header(text, "Message-ID", mail.MessageId);
        if (mail.InReplyTo is not null)
        {
            Header(text, "In-Reply-To", mail.InReplyTo);
        }

        if (mail.References.Count > 0)
        {
            Header(text, "References", string.Join(' ', mail.References));
        }

        Header(text, "Auto-Submitted", mail.IsAnswer ? "auto-replied" : "auto-generated");
        Header(text, "X-Auto-Response-Suppress", "All");
        if (mail.Unsubscribe is { } unsubscribe)
        {
            Header(text, "List-Unsubscribe", $"<{unsubscribe.AbsoluteUri}>");
            Header(text, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }

        Header(text, "MIME-Version", "1.0");

        // RFC 2046 §5.1.4: from the plainest to the richest. A calendar part among the alternatives is what makes mail programs show an invitation.
        List<(string Type, string Content)> parts = [("text/plain; charset=utf-8", mail.Text)];
        if (mail.Html is { } html)
        {
            parts.Add(("text/html; charset=utf-8", html));
        }

        if (mail.Calendar is { } calendar)
        {
            parts.Add(($"text/calendar; charset=utf-8; method={calendar.Method}", calendar.Text));
        }

        if (parts is [var only])
        {
            Part(text, only.Type, only.Content);
            return Encoding.ASCII.GetBytes(text.ToString());
        }

        // Not drawn by chance: the same mail is the same bytes when it is composed again. Bodies are base64, in which "=_" cannot stand.
        var boundary = $"=_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(mail.MessageId)).AsSpan(0, 12))}";
        Header(text, "Content-Type", $"multipart/alternative; boundary=\"{boundary}\"");
        text.Append("\r\n");
        foreach (var (type, content) in parts)
        {
            text.Append("--").Append(boundary).Append("\r\n");
            Part(text, type, content);
        }

        text.Append("--").Append(boundary).Append("--\r\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static void Part(StringBuilder text, string mediaType, string content)
    {
        Header(text, "Content-Type", mediaType);
        Header(text, "Content-Transfer-Encoding", "base64");
        text.Append("\r\n");
        var lines = content.ReplaceLineEndings("\r\n");
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(lines.EndsWith("\r\n", StringComparison.Ordinal) ? lines : lines + "\r\n"));
        for (var i = 0; i < base64.Length; i += Base64LineLength)
        {
            text.Append(base64, i, Math.Min(Base64LineLength, base64.Length - i)).Append("\r\n");
        }
    }

    private static void Header(StringBuilder text, string name, string value)
    {
        if (value.Any(char.IsControl))
        {
            throw new ArgumentException($"the {name} of a mail holds a control character", nameof(value));
        }

        var column = name.Length + 1;
        text.Append(name).Append(':');
        foreach (var word in value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            // RFC 5322 §2.2.3: a line may be folded before a blank.
            if (column > name.Length + 1 && column + 1 + word.Length > FoldAt)
            {
                text.Append("\r\n");
                column = 0;
            }

            text.Append(' ').Append(word);
            column += 1 + word.Length;
        }

        text.Append("\r\n");
    }

    private static string Mailbox(MailAddress mailbox)
    {
        if (mailbox.Name is not { Length: > 0 } name)
        {
            return mailbox.Address;
        }

        var isAtom = name.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '-' or '_');
        return $"{(isAtom ? name : EncodedWords(name))} <{mailbox.Address}>";
    }

    private static string Words(string value) =>
        value.All(c => c is >= ' ' and < (char)127) && !value.Contains("=?", StringComparison.Ordinal) && !value.Contains("  ", StringComparison.Ordinal)
            ? value
            : EncodedWords(value);

    private static string EncodedWords(string value)
    {
        if (value.Any(char.IsControl))
        {
            throw new ArgumentException("a header of a mail holds a control character", nameof(value));
        }

        var words = new List<string>();
        var chunk = new List<byte>(EncodedWordBytes);
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in value.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(bytes);
            if (chunk.Count + length > EncodedWordBytes)
            {
                words.Add(EncodedWord(chunk));
                chunk.Clear();
            }

            chunk.AddRange(bytes[..length]);
        }

        words.Add(EncodedWord(chunk));
        return string.Join(' ', words);
    }

    private static string EncodedWord(List<byte> bytes) => $"=?utf-8?B?{Convert.ToBase64String(bytes.ToArray())}?=";
}
