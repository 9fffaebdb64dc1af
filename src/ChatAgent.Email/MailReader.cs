namespace ChatAgent.Email;

/// <summary>A parsed mail to what it says: thread, sender, words, reports, calendar. Never throws on a mail. Thread-safe.</summary>
public static class MailReader
{
    private const int MaxReferences = 200;
    private const int MaxTextLength = 2_000_000;

    /// <summary>Parses and reads.</summary>
    /// <param name="raw">The mail as it came; the result keeps it.</param>
    public static IncomingMail Read(ReadOnlyMemory<byte> raw, MimeLimits? limits = null) => Read(MimeParser.Parse(raw, limits));

    public static IncomingMail Read(MimeMessage message)
    {
        var root = message.Root;
        var problems = new List<string>(message.Problems);
        var body = BodyReader.Read(root, problems);
        var text = body.Plain;
        string? fromHtml = null;
        ReplyCut? reply = text.AsSpan().IsWhiteSpace() ? null : ReplyCutter.Cut(text);
        if ((reply is null || reply.AddedNothing) && body.Html is { } html)
        {
            var (seen, quoted) = HtmlText.Read(html);
            fromHtml = seen;
            var cut = ReplyCutter.Cut(ReplyCutter.Normalize(seen), quoted);
            reply = reply is null || !cut.AddedNothing ? cut : reply;
        }

        if (text.AsSpan().IsWhiteSpace() && fromHtml is not null)
        {
            text = fromHtml.Trim();
        }

        var from = IncomingAddress.ParseList(root.Header("From"));
        var report = BounceReader.Read(root, text);
        if (!MailDate.TryParse(root.Header("Date"), out var date))
        {
            problems.Add(root.Header("Date") is null ? "the mail has no date" : "the date of the mail is unreadable");
        }

        return new IncomingMail
        {
            MessageId = FirstMessageId(root.Header("Message-ID")),
            InReplyTo = FirstMessageId(root.Header("In-Reply-To")),
            References = MessageIds(root.Header("References")),
            Date = date == default ? null : date,
            From = from.Count > 0 ? from[0] : null,
            To = IncomingAddress.ParseList(root.Header("To")),
            Cc = IncomingAddress.ParseList(root.Header("Cc")),
            DeliveredTo = [.. root.Headers.Where(IsOfDelivery).Select(h => h.Value.Trim('<', '>', ' ')), .. ForOf(root.Header("Received"))],
            ReturnPath = root.Header("Return-Path")?.Trim().Trim('<', '>').Trim(),
            AuthenticationResults = [.. root.Headers.Where(h => Is(h, "Authentication-Results")).Select(h => h.Value)],
            Subject = EncodedWords.Decode(root.Header("Subject") ?? string.Empty),
            Text = ReplyCutter.Normalize(text),
            Html = body.Html,
            Reply = reply ?? ReplyCutter.Cut(string.Empty),
            Attachments = body.Attachments,
            Bounces = report.Reports,
            ReportedMessageId = report.OriginalMessageId,
            AutomaticReason = AutomaticMail.ReasonOf(root, from.Count > 0 ? from[0].Address : string.Empty, report.Reports),
            Calendar = CalendarReader.Find(root, from.Count > 0 ? from[0].Address : string.Empty),
            Problems = problems,
        };
    }

    /// <summary>Every "&lt;…&gt;" of a header, in order; a lone id without brackets is given them.</summary>
    internal static IReadOnlyList<string> MessageIds(string? header)
    {
        if (header is null)
        {
            return [];
        }

        var ids = new List<string>();
        var position = 0;
        while (ids.Count < MaxReferences && header.IndexOf('<', position) is >= 0 and var start && header.IndexOf('>', start) is > 0 and var end)
        {
            var id = new string([.. header.AsSpan(start, end - start + 1).ToString().Where(c => !char.IsWhiteSpace(c))]);
            if (id.Length > 2)
            {
                ids.Add(id);
            }

            position = end + 1;
        }

        var bare = header.Trim();
        return ids.Count == 0 && bare.Contains('@', StringComparison.Ordinal) && !bare.Contains(' ', StringComparison.Ordinal) && !bare.Contains('<', StringComparison.Ordinal) ? [$"<{bare.TrimEnd('>')}>"] : ids;
    }

    internal static string? FirstMessageId(string? header) => MessageIds(header) is [var first, ..] ? first : null;

    /// <summary>The headers by which servers note the envelope's recipient: Postfix and qmail, Postfix before rewriting, Exim, Fastmail.</summary>
    private static bool IsOfDelivery(MimeHeader header) =>
        Is(header, "Delivered-To") || Is(header, "X-Original-To") || Is(header, "Envelope-To") || Is(header, "X-Delivered-To");

    /// <summary>The recipient in "Received: … for &lt;address&gt;; date" (RFC 5321 §4.4), as the last server noted it; some mailboxes have no other trace of the envelope.</summary>
    private static IEnumerable<string> ForOf(string? received)
    {
        // A folded line keeps the blank or tab before the word.
        var start = received?.IndexOf("for <", StringComparison.OrdinalIgnoreCase) ?? -1;
        var end = start < 1 || !char.IsWhiteSpace(received![start - 1]) ? -1 : received.IndexOf('>', start);
        return end < 0 ? [] : [received![(start + 5)..end]];
    }

    private static bool Is(MimeHeader header, string name) => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Which parts are the body, and which are attachments.</summary>
    private static class BodyReader
    {
        public static (string Plain, string? Html, IReadOnlyList<MailAttachment> Attachments) Read(MimePart root, List<string> problems)
        {
            var plain = new System.Text.StringBuilder();
            var html = new System.Text.StringBuilder();
            var attachments = new List<MailAttachment>();
            var waiting = new Stack<(MimePart Part, bool IsFirst)>([(root, true)]);
            while (waiting.TryPop(out var next))
            {
                var part = next.Part;
                if (part.IsMultipart)
                {
                    for (var i = part.Parts.Count - 1; i >= 0; i--)
                    {
                        waiting.Push((part.Parts[i], i == 0));
                    }

                    continue;
                }

                // RFC 8621 §4.1.4: a text with a name is a body only where a body is expected.
                var isAttached = part.Disposition == "attachment" || (part.FileName is not null && part.Disposition != "inline" && !next.IsFirst);
                if (part.Type.Value == "text/plain" && !isAttached)
                {
                    Append(plain, PlainText(part), problems);
                }
                else if (part.Type.Value is "text/html" or "application/xhtml+xml" && !isAttached)
                {
                    Append(html, part.DecodeText(), problems);
                }
                else if (part.Type.Value is "text/enriched" or "text/richtext" && !isAttached)
                {
                    problems.Add("a rich text part was left aside");
                    attachments.Add(new MailAttachment(part.FileName, part.Type.Value, part));
                }
                else
                {
                    attachments.Add(new MailAttachment(part.FileName, part.Type.Value, part));
                }
            }

            return (plain.ToString(), html.Length > 0 ? html.ToString() : null, attachments);
        }

        private static string PlainText(MimePart part)
        {
            var text = part.DecodeText();
            var isFlowed = part.Type.Parameters.TryGetValue("format", out var format) && format.Equals("flowed", StringComparison.OrdinalIgnoreCase);
            return isFlowed && text.Length <= MaxTextLength
                ? FlowedText.Join(text, part.Type.Parameters.TryGetValue("delsp", out var delsp) && delsp.Equals("yes", StringComparison.OrdinalIgnoreCase))
                : text;
        }

        private static void Append(System.Text.StringBuilder body, string text, List<string> problems)
        {
            if (body.Length > 0 && body[^1] != '\n')
            {
                body.Append('\n');
            }

            var room = MaxTextLength - body.Length;
            if (text.Length > room)
            {
                problems.Add($"the body is longer than {MaxTextLength} characters; the rest was left out");
                text = text[..Math.Max(0, room)];
            }

            body.Append(text);
        }
    }
}
