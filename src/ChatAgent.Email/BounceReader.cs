using System.Text.RegularExpressions;

namespace ChatAgent.Email;

/// <summary>Delivery reports, standard and not, and complaints. Sources: RFC 3464, RFC 3463, RFC 5965; phrases of mail servers from general knowledge of them.</summary>
internal static partial class BounceReader
{
    private const int MaxRecipients = 200;
    private const int MaxTextLength = 100_000;

    internal readonly record struct Report(IReadOnlyList<BounceReport> Reports, string? OriginalMessageId);

    public static Report Read(MimePart root, string text)
    {
        var parts = new MimeMessage(root, []).AllParts().ToList();
        var original = OriginalOf(parts, root);
        if (parts.Find(part => part.Type.Value == "message/feedback-report") is { } feedback)
        {
            return new Report(Complaints(feedback, original), original?.Id);
        }

        if (EncodedWords.Decode(root.Header("Subject") ?? string.Empty).TrimStart().StartsWith("complaint about message from", StringComparison.OrdinalIgnoreCase) && original is not null)
        {
            // Outlook.com's feedback loop predates RFC 5965.
            return new Report([new BounceReport(AddressOf(original.Value.To, null), string.Empty, BounceKind.Other, "complaint")], original.Value.Id);
        }

        if (DeliveryNotification.Read(text) is { } told)
        {
            return new Report(told.Reports, told.OriginalMessageId);
        }

        // A person who forwards a report encloses it as a message of its own: that one is not about this mail.
        var status = parts.Where(part => part.Type.Value is "message/delivery-status" or "message/global-delivery-status").ToList();
        var reports = new List<BounceReport>();
        foreach (var part in status)
        {
            reports.AddRange(FromStatus(part, text));
        }

        var isReport = reports.Count == 0 && LooksLikeReport(root, parts, text);
        if (isReport)
        {
            // The fields of a report as text: of writers that have no parts, and of mails whose parts were lost on the way.
            var whole = parts.Count == 1 || text.Length == 0 ? Charsets.DecodeUnlabelled(root.DecodeBody().Span) : text;
            if (RecipientField().IsMatch(Cap(whole)))
            {
                reports.AddRange(FromFields(whole, text));
            }
        }

        if (isReport && reports.Count == 0)
        {
            reports.AddRange(BounceText.Read(root, text, original?.To));
        }

        if (reports.Count == 0)
        {
            return new Report([], root.Type.Value == "multipart/report" ? original?.Id : null);
        }

        return new Report([.. reports.DistinctBy(report => (report.Recipient.ToUpperInvariant(), report.Status, report.Reason)).Take(MaxRecipients)], original?.Id ?? IdInText(text));
    }

    /// <summary>Blocks of a message/delivery-status: of the message, then of each recipient.</summary>
    private static IEnumerable<BounceReport> FromStatus(MimePart part, string human) => FromFields(Charsets.DecodeUnlabelled(part.DecodeBody().Span), human);

    private static string Cap(string text) => text.Length > MaxTextLength ? text[..MaxTextLength] : text;

    private static IEnumerable<BounceReport> FromFields(string fields, string human)
    {
        foreach (var block in Blocks(Cap(fields)))
        {
            var recipient = AddressOf(block.GetValueOrDefault("final-recipient"), block.GetValueOrDefault("original-recipient"));
            var action = block.GetValueOrDefault("action")?.Trim().ToLowerInvariant() ?? string.Empty;
            if (!block.ContainsKey("status") && action.Length == 0 && !block.ContainsKey("diagnostic-code"))
            {
                continue;
            }

            var diagnostic = block.GetValueOrDefault("diagnostic-code") ?? string.Empty;
            var status = StatusCode().Match(block.GetValueOrDefault("status") ?? string.Empty).Value;
            // "5.0.0" says no more than "failed"; the server's own answer often does.
            if (status.Length == 0 || status.EndsWith(".0.0", StringComparison.Ordinal))
            {
                status = BounceText.StatusIn(diagnostic) ?? SameClass(BounceText.StatusIn(BounceText.Around(human, recipient)), status) ?? (status.Length > 0 ? status : DefaultStatus(action));
            }

            // A server that gave up although it speaks of a passing failure: its peer's own answer was final.
            else if (status.StartsWith('4') && action.StartsWith("fail", StringComparison.Ordinal) && BounceText.StatusIn(diagnostic) is ['5', ..] final)
            {
                status = final;
            }

            if (action.StartsWith("deliver", StringComparison.Ordinal) || action.StartsWith("relay", StringComparison.Ordinal) || action.StartsWith("expand", StringComparison.Ordinal) || status.StartsWith('2'))
            {
                yield return new BounceReport(recipient, status, BounceKind.Other, "delivered");
                continue;
            }

            var said = diagnostic.Length > 0 ? diagnostic : BounceText.Around(human, recipient);
            yield return BounceText.Judge(recipient, status, said, BounceText.Around(human, recipient), isDelayed: action.StartsWith("delay", StringComparison.Ordinal));
        }
    }

    private static string? SameClass(string? found, string status) => found is not null && (status.Length == 0 || found[0] == status[0]) ? found : null;

    private static string DefaultStatus(string action) => action.StartsWith("delay", StringComparison.Ordinal) ? "4.0.0" : action.StartsWith("deliver", StringComparison.Ordinal) || action.StartsWith("relay", StringComparison.Ordinal) || action.StartsWith("expand", StringComparison.Ordinal) ? "2.0.0" : "5.0.0";

    private static List<Dictionary<string, string>> Blocks(string text)
    {
        var blocks = new List<Dictionary<string, string>>();
        var current = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string? last = null;
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                Flush();
                continue;
            }

            if (line[0] is ' ' or '\t' && last is not null)
            {
                current[last] += " " + line.Trim();
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                continue;
            }

            last = line[..colon].Trim().ToLowerInvariant();
            // Some writers leave out the empty line between recipients.
            if (last == "final-recipient" && current.ContainsKey(last))
            {
                Flush();
                last = "final-recipient";
            }

            current.TryAdd(last, line[(colon + 1)..].Trim());
        }

        Flush();
        return blocks;

        void Flush()
        {
            if (current.Count > 0 && blocks.Count < MaxRecipients + 1)
            {
                blocks.Add(current);
            }

            current = new(StringComparer.OrdinalIgnoreCase);
            last = null;
        }
    }

    /// <summary>"rfc822; isabel@ejemplo.cl" without its type.</summary>
    private static string AddressOf(string? final, string? original)
    {
        foreach (var value in new[] { final, original })
        {
            if (value is null)
            {
                continue;
            }

            var bare = value[(value.IndexOf(';', StringComparison.Ordinal) + 1)..];
            var match = Address().Match(bare);
            if (match.Success)
            {
                return match.Value.Trim('.', '\'', '"');
            }
        }

        return string.Empty;
    }

    private static List<BounceReport> Complaints(MimePart feedback, (string? Id, string? To)? original)
    {
        // RFC 5965 §3.2: these fields may be repeated.
        var recipients = MimeParser.Parse(feedback.DecodeBody()).Root.Headers.Where(field => field.Name.Equals("Original-Rcpt-To", StringComparison.OrdinalIgnoreCase) || field.Name.Equals("Removal-Recipient", StringComparison.OrdinalIgnoreCase)).Select(field => AddressOf(field.Value, null)).Where(address => address.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (recipients.Count == 0)
        {
            recipients.Add(AddressOf(original?.To, null));
        }

        return [.. recipients.Take(MaxRecipients).Select(address => new BounceReport(address, string.Empty, BounceKind.Other, "complaint"))];
    }

    /// <summary>Message-ID and To of the mail of ours that came back, whole or its headers alone.</summary>
    private static (string? Id, string? To)? OriginalOf(List<MimePart> parts, MimePart root)
    {
        foreach (var part in parts)
        {
            if (part.Message is { } message && message.Headers.Count > 0)
            {
                return (MailReader.FirstMessageId(message.Header("Message-ID")), message.Header("To"));
            }

            if (part.Type.Value is "text/rfc822-headers" or "message/rfc822-headers" or "message/global-headers")
            {
                var headers = MimeParser.Parse(part.DecodeBody()).Root;
                return (MailReader.FirstMessageId(headers.Header("Message-ID")), headers.Header("To"));
            }
        }

        return null;
    }

    private static string? IdInText(string text)
    {
        var match = MessageIdLine().Match(text.Length > MaxTextLength ? text[..MaxTextLength] : text);
        return match.Success ? MailReader.FirstMessageId(match.Groups["id"].Value) : null;
    }

    private static bool LooksLikeReport(MimePart root, List<MimePart> parts, string text)
    {
        // Somebody who answers or forwards quotes such words too, but sends no empty return path and is no mail system.
        var from = root.Header("From") ?? string.Empty;
        var subject = EncodedWords.Decode(root.Header("Subject") ?? string.Empty);
        return root.Header("X-Failed-Recipients") is not null
            || (root.Type.Value == "multipart/report" && root.Type.Parameters.GetValueOrDefault("report-type")?.ToLowerInvariant() is "delivery-status")
            || ReportSender().IsMatch(from)
            || (parts.Exists(part => part.Type.Value == "message/rfc822") && StrongFailure().IsMatch(Cap(text)))
            || (ReportSubject().IsMatch(subject) && (root.Header("Return-Path")?.Trim() is "<>" || BounceText.HasFailureWords(text)));
    }

    [GeneratedRegex(@"^[ >]*final-recipient:", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.CultureInvariant, -1)]
    private static partial Regex RecipientField();

    [GeneratedRegex(@"(could not be delivered to|mail .{0,40}undeliverable|delivery has failed|had delivery errors|could not deliver)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, -1)]
    private static partial Regex StrongFailure();

    [GeneratedRegex(@"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)", RegexOptions.CultureInvariant, -1)]
    private static partial Regex StatusCode();

    [GeneratedRegex(@"[^\s<>()\[\],;:]{1,100}@[^\s<>()\[\],;:]{1,250}", RegexOptions.CultureInvariant, -1)]
    private static partial Regex Address();

    [GeneratedRegex(@"^[ >]*message-id:[ ]*(?<id><[^>\s]{3,200}>)", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, -1)]
    private static partial Regex MessageIdLine();

    [GeneratedRegex(@"(mailer-?daemon|mail[ -]?delivery|post_?master|mail delivery (system|subsystem|service)|bounce[^@]*@|mailerdaemon|mailsystem|mail system|<>)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, -1)]
    private static partial Regex ReportSender();

    [GeneratedRegex(@"(undeliver|returned mail|delivery (failure|status|report|notification|problem|has failed)|mail delivery|failure notice|failed delivery|delivery failed|could not (be )?deliver|non[ -]?delivery|not delivered|no (se ha podido entregar|entregado|se pudo entregar)|mail (error|failure|system error)|returning message|bounce|message you sent|error de entrega|falha na entrega|unzustellbar|warning: (message|could not)|user unknown|rejected|returned to sender|message delayed|delayed mail|mail undeliverable|不能|配信)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, -1)]
    private static partial Regex ReportSubject();
}
