using System.Text.Json;
using ChatAgent.Tests;
using Xunit.Abstractions;

namespace ChatAgent.Email.Tests;

/// <summary>Replies, bounces, calendars and whole messages of the shared data, counted.</summary>
public sealed class SharedMailDataTests(ITestOutputHelper output)
{
    [SkippableFact]
    public void Reply_Zapier_IsAsItsOwnParserHasIt()
    {
        var folder = Folder("reply/zapier");
        using var peer = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "peer_output.json")));
        Count(peer.RootElement.EnumerateObject().Select(row => (row.Name, File.ReadAllText(Path.Combine(folder, row.Name)), row.Value.GetProperty("reply").GetString()!)), share: 1.0);
    }

    /// <summary>One file of the set keeps a quote without an attribution above the answer, as a forum would; here a quote is never the writer's.</summary>
    [SkippableFact]
    public void Reply_Discourse_IsTrimmedAsExpected()
    {
        var folder = Folder("reply/discourse");
        Count(Directory.EnumerateFiles(Path.Combine(folder, "emails")).Select(file => (Path.GetFileName(file), File.ReadAllText(file), File.ReadAllText(Path.Combine(folder, "trimmed", Path.GetFileName(file))))), share: 0.95);
    }

    [SkippableFact]
    public void Reply_SpanishQuotes_AllAsExpected()
    {
        var rows = File.ReadLines(Path.Combine(Folder("reply/es-quotes"), "cases.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Count(rows.Select(row => (row.GetProperty("id").GetString()!, row.GetProperty("text").GetString()!, row.GetProperty("reply").GetString()!)), share: 1.0);
        Assert.All(rows, row => Assert.Equal(row.GetProperty("quote").GetString()!.TrimEnd(), ReplyCutter.Cut(row.GetProperty("text").GetString()!).Quoted));
    }

    /// <summary>
    /// Status and kind by recipient, in order. The set's own pseudo codes (5.0.9xx) stand for "no code": there the class digit counts. Its "filtered" is a
    /// judgement about servers that say "user unknown" and mean something else, which words cannot tell.
    /// </summary>
    [SkippableFact]
    public void Bounce_Sisimai_StatusAndKindAsExpected()
    {
        var folder = Folder("bounce");
        using var expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json")));
        var (rows, statusRight, kindRight) = (0, 0, 0);
        foreach (var file in expected.RootElement.EnumerateObject())
        {
            var mail = MailReader.Read(File.ReadAllBytes(Path.Combine(folder, "sisimai", file.Name)));
            for (var i = 0; i < file.Value.GetArrayLength(); i++)
            {
                var want = file.Value[i];
                var reason = want.GetProperty("reason").GetString();
                var kind = want.GetProperty("hard_bounce").GetBoolean() ? BounceKind.Hard : reason is "feedback" or "delivered" or "vacation" ? BounceKind.Other : BounceKind.Soft;
                var status = want.GetProperty("status").GetString()!;
                var found = i < mail.Bounces.Count ? mail.Bounces[i] : null;
                var isPseudo = status.Length == 7 && status.AsSpan(1).StartsWith(".0.9");
                var isStatusRight = found is null ? status.Length == 0 : isPseudo ? found.Status.StartsWith(status[0]) : found.Status == status;
                var isKindRight = found is null ? reason == "vacation" && mail.IsAutomatic : found.Kind == kind;
                rows++;
                statusRight += isStatusRight ? 1 : 0;
                kindRight += isKindRight ? 1 : 0;
                if (!isStatusRight || !isKindRight)
                {
                    output.WriteLine($"{file.Name}: {status} {reason} {kind} expected, {found?.Status} {found?.Reason} {found?.Kind} found");
                }
            }
        }

        output.WriteLine($"{rows} rows: status {statusRight}, kind {kindRight}");
        Assert.True(statusRight >= 0.95 * rows, $"{statusRight} of {rows}");
        Assert.True(kindRight >= 0.95 * rows, $"{kindRight} of {rows}");
    }

    [SkippableFact]
    public void Pipeline_WhatASingleMailTells_IsAsExpected()
    {
        var folder = Folder("pipeline");
        using var expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json")));
        foreach (var (name, want) in expected.RootElement.EnumerateObject().Select(row => (row.Name, row.Value)))
        {
            var mail = MailReader.Read(File.ReadAllBytes(Path.Combine(folder, name)));
            if (want.TryGetProperty("reply", out var reply))
            {
                Assert.Equal(reply.GetString(), mail.Reply.Text);
            }

            var kind = want.GetProperty("kind").GetString();
            Assert.Equal(kind is "auto_reply" or "bounce" or "read_receipt" or "complaint", mail.IsAutomatic);
            Assert.Equal(kind is "bounce" or "complaint", mail.Bounces.Count > 0);
            Assert.Equal(kind is "itip", mail.Calendar is not null);
            if (kind == "bounce" && want.TryGetProperty("status", out var status))
            {
                Assert.Equal((status.GetString(), want.GetProperty("recipient").GetString(), want.GetProperty("hard").GetBoolean()), (mail.Bounces[0].Status, mail.Bounces[0].Recipient, mail.Bounces[0].Kind == BounceKind.Hard));
                Assert.Equal(want.GetProperty("original").GetString(), mail.ReportedMessageId);
            }

            if (kind == "itip")
            {
                Assert.Equal((want.GetProperty("method").GetString(), want.GetProperty("partstat").GetString(), want.GetProperty("uid").GetString()), (mail.Calendar!.Method, mail.Calendar.ParticipationStatus, mail.Calendar.Uid));
            }
        }
    }

    [SkippableFact]
    public void Calendar_Sabre_EveryEventHasItsUid()
    {
        foreach (var file in Directory.EnumerateFiles(Folder("itip/sabre"), "*.ics"))
        {
            var text = File.ReadAllText(file);
            if (text.Contains("BEGIN:VEVENT", StringComparison.Ordinal) && text.Contains("UID:", StringComparison.Ordinal))
            {
                Assert.False(string.IsNullOrEmpty(CalendarReader.Read(text, null, string.Empty)?.Uid), file);
            }
        }
    }

    private static string Folder(string name)
    {
        var folder = Repository.SharedData is null ? null : Path.Combine(Repository.SharedData, "email", name);
        Requirement.Have(Directory.Exists(folder), $"shared data email/{name}");
        return folder!;
    }

    private void Count(IEnumerable<(string Id, string Text, string Reply)> cases, double share)
    {
        var (all, exact) = (0, 0);
        foreach (var (id, text, reply) in cases)
        {
            var isExact = ReplyCutter.Cut(text).Text.TrimEnd() == reply.ReplaceLineEndings("\n").Trim('\n').TrimEnd();
            all++;
            exact += isExact ? 1 : 0;
            if (!isExact)
            {
                output.WriteLine(id);
            }
        }

        output.WriteLine($"{exact} of {all} exact");
        Assert.True(all > 0);
        Assert.True(exact >= share * all, $"{exact} of {all} exact");
    }
}
