using System.CommandLine;
using System.Text;
using System.Text.Json;
using ChatAgent.Email;

namespace ChatAgent.Cli.Commands;

/// <summary><c>chatagent mail parse</c> and <c>mail reply</c>: what a mail says, and what its writer added.</summary>
internal static class MailCommand
{
    /// <summary>Bytes at the beginning of a file by which a mail is known.</summary>
    private const int SniffLength = 8192;

    public static Command Create() => new("mail", "Mail.")
    {
        CreateParse(),
        CreateReply(),
        MailPlanCommand.Create(),
        MailSimulateCommand.Create(),
        MailShadowCommand.Create(),
        MailWireCommand.CreatePoll(),
        MailWireCommand.CreateSendTest(),
    };

    private static Command CreateParse()
    {
        var input = new Option<string>("--input") { Description = "A mail, or a folder of mails (what is no mail is passed over).", Required = true };
        var output = new Option<string>("--output") { Description = "Where the answers go, one JSON line a mail.", Required = true };
        var json = new Option<bool>("--json") { Description = "Print one JSON object and nothing else." };
        var parse = new Command("parse", "Mails as JSON: thread, sender, text, what the writer added, bounces, calendar.") { input, output, json };
        parse.SetAction((result, cancellation) => Task.FromResult(Parse(result.GetValue(input)!, result.GetValue(output)!, result.GetValue(json), result.InvocationConfiguration, cancellation)));
        return parse;
    }

    private static Command CreateReply()
    {
        var input = new Option<string>("--input") { Description = "Cases, one JSON object a line: id, text.", Required = true };
        var output = new Option<string>("--output") { Description = "Where the answers go, one JSON line a case: id, reply.", Required = true };
        var json = new Option<bool>("--json") { Description = "Print one JSON object and nothing else." };
        var reply = new Command("reply", "What the writer of a text added, without quotes, signatures and footers.") { input, output, json };
        reply.SetAction(result => Reply(result.GetValue(input)!, result.GetValue(output)!, result.GetValue(json), result.InvocationConfiguration));
        return reply;
    }

    private static int Parse(string input, string output, bool json, InvocationConfiguration console, CancellationToken cancellation)
    {
        var isFolder = Directory.Exists(input);
        if (!isFolder && !File.Exists(input))
        {
            return Usage(console, $"{input}: no such file or folder.");
        }

        var files = isFolder ? Directory.EnumerateFiles(input, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList() : [input];
        var mails = 0;
        var passedOver = 0;
        try
        {
            using var stream = File.Create(output);
            foreach (var file in files)
            {
                cancellation.ThrowIfCancellationRequested();
                var raw = isFolder && Path.GetFullPath(file) == Path.GetFullPath(output) ? null : File.ReadAllBytes(file);
                if (raw is null || (isFolder && !LooksLikeMail(raw)))
                {
                    passedOver++;
                    continue;
                }

                using (var writer = new Utf8JsonWriter(stream, JsonLines.Readable))
                {
                    WriteMail(writer, isFolder ? Path.GetRelativePath(input, file) : Path.GetFileName(file), MailReader.Read(raw));
                }

                stream.WriteByte((byte)'\n');
                mails++;
                if (mails % 1000 == 0)
                {
                    console.Error.WriteLine($"{mails} of {files.Count}");
                }
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            console.Error.WriteLine(failure.Message);
            return 1;
        }

        Summary(console, json, ("mails", mails), ("passedOver", passedOver));
        return 0;
    }

    private static int Reply(string input, string output, bool json, InvocationConfiguration console)
    {
        if (!JsonLines.TryRead(input, out var rows, out var problem))
        {
            return Usage(console, problem);
        }

        foreach (var (line, row) in rows)
        {
            if (!row.TryGetProperty("text", out var text) || text.ValueKind != JsonValueKind.String)
            {
                return Usage(console, $"{input}({line},1): found no \"text\", expected a string.");
            }
        }

        try
        {
            using var stream = File.Create(output);
            foreach (var (_, row) in rows)
            {
                using (var writer = new Utf8JsonWriter(stream, JsonLines.Readable))
                {
                    writer.WriteStartObject();
                    if (row.TryGetProperty("id", out var id))
                    {
                        writer.WritePropertyName("id");
                        id.WriteTo(writer);
                    }

                    writer.WriteString("reply", ReplyCutter.Cut(row.GetProperty("text").GetString()!).Text);
                    writer.WriteEndObject();
                }

                stream.WriteByte((byte)'\n');
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            console.Error.WriteLine(failure.Message);
            return 1;
        }

        Summary(console, json, ("cases", rows.Count));
        return 0;
    }

    /// <summary>A mail begins with headers, one of which is of a kind that only mails have.</summary>
    private static bool LooksLikeMail(byte[] raw)
    {
        var start = Encoding.Latin1.GetString(raw, 0, Math.Min(raw.Length, SniffLength));
        if (start.StartsWith("From ", StringComparison.Ordinal) || start.StartsWith(">From ", StringComparison.Ordinal))
        {
            return true;
        }

        foreach (var line in start.AsSpan().EnumerateLines())
        {
            var colon = line.IndexOf(':');
            if (line is [' ' or '\t', ..])
            {
                continue;
            }

            if (colon <= 0 || line[..colon].TrimEnd().ContainsAnyExceptInRange('!', '~'))
            {
                return false;
            }

            var name = line[..colon].TrimEnd().ToString().ToLowerInvariant();
            if (name is "from" or "to" or "cc" or "date" or "subject" or "message-id" or "received" or "return-path" or "delivered-to" or "mime-version" or "reply-to" or "sender" || name.StartsWith("content-", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static void WriteMail(Utf8JsonWriter writer, string file, IncomingMail mail)
    {
        writer.WriteStartObject();
        writer.WriteString("file", file);
        writer.WriteString("messageId", mail.MessageId);
        writer.WriteString("inReplyTo", mail.InReplyTo);
        WriteAll(writer, "references", mail.References);
        writer.WriteString("date", mail.Date?.ToString("yyyy-MM-dd'T'HH:mm:sszzz", System.Globalization.CultureInfo.InvariantCulture));
        writer.WritePropertyName("from");
        if (mail.From is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            WriteAddress(writer, mail.From);
        }

        writer.WriteStartArray("to");
        foreach (var address in mail.To)
        {
            WriteAddress(writer, address);
        }

        writer.WriteEndArray();
        writer.WriteString("subject", mail.Subject);
        writer.WriteString("text", mail.Text);
        writer.WriteString("html", mail.Html);
        writer.WriteString("reply", mail.Reply.Text);
        writer.WriteString("quoted", mail.Reply.Quoted);
        writer.WriteBoolean("addedNothing", mail.Reply.AddedNothing);
        writer.WriteStartArray("attachments");
        foreach (var attachment in mail.Attachments)
        {
            writer.WriteStartObject();
            writer.WriteString("name", attachment.Name);
            writer.WriteString("type", attachment.Type);
            writer.WriteNumber("bytes", attachment.Bytes);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteBoolean("automatic", mail.IsAutomatic);
        writer.WriteString("automaticReason", mail.AutomaticReason);
        writer.WriteStartArray("bounce");
        foreach (var report in mail.Bounces)
        {
            writer.WriteStartObject();
            writer.WriteString("recipient", report.Recipient);
            writer.WriteString("status", report.Status);
            writer.WriteString("kind", report.Kind switch { BounceKind.Hard => "hard", BounceKind.Soft => "soft", _ => "other" });
            writer.WriteString("reason", report.Reason);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("reportedMessageId", mail.ReportedMessageId);
        writer.WritePropertyName("calendar");
        if (mail.Calendar is { } calendar)
        {
            writer.WriteStartObject();
            writer.WriteString("method", calendar.Method);
            writer.WriteString("uid", calendar.Uid);
            writer.WriteNumber("sequence", calendar.Sequence);
            writer.WriteString("partstat", calendar.ParticipationStatus);
            writer.WriteString("start", calendar.Start?.ToString());
            writer.WriteString("attendee", calendar.Attendee);
            writer.WriteString("comment", calendar.Comment);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNullValue();
        }

        WriteAll(writer, "problems", mail.Problems);
        writer.WriteEndObject();
    }

    private static void WriteAddress(Utf8JsonWriter writer, IncomingAddress address)
    {
        writer.WriteStartObject();
        writer.WriteString("name", address.Name);
        writer.WriteString("address", address.Address);
        writer.WriteEndObject();
    }

    private static void WriteAll(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }

    private static void Summary(InvocationConfiguration console, bool json, params ReadOnlySpan<(string Name, int Count)> counts)
    {
        var text = new StringBuilder();
        foreach (var (name, count) in counts)
        {
            text.Append(text.Length > 0 ? json ? "," : ", " : string.Empty).Append(json ? $"\"{name}\":{count}" : $"{count} {name}");
        }

        console.Output.WriteLine(json ? $"{{{text}}}" : text.ToString());
    }

    private static int Usage(InvocationConfiguration console, string message)
    {
        console.Error.WriteLine(message);
        return 2;
    }
}
