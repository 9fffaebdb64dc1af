using System.IO.Pipelines;
using System.Text;

namespace ChatAgent.Email.Tests;

/// <summary>An IMAP mailbox: read without marking, literals whole, news without asking, and every fault named by its step.</summary>
public sealed class ImapConnectionTests
{
    [Fact]
    public async Task Fetch_MailWithEveryByte_IsWholeAndUnmarked()
    {
        await using var server = new ScriptedImapServer();
        var raw = Enumerable.Range(0, 70_000).Select(i => (byte)i).ToArray();
        var uid = server.Add(raw);
        await using var mailbox = await ImapConnection.OpenAsync(server.Options, null, CancellationToken.None);

        Assert.Equal([uid], await mailbox.SearchAsync("UNSEEN", CancellationToken.None));
        var mail = await mailbox.FetchAsync(uid, CancellationToken.None);

        Assert.Equal(raw, mail!.Value.Raw);
        Assert.Equal(new DateTimeOffset(2026, 4, 21, 14, 0, 0, TimeSpan.Zero), mail.Value.ReceivedAt);
        Assert.Equal((7, 2), (mailbox.UidValidity, mailbox.UidNext));
        Assert.Empty(server.Seen);
        Assert.Null(await mailbox.FetchAsync(99, CancellationToken.None));
        await mailbox.MarkSeenAsync(uid, CancellationToken.None);
        Assert.Equal([uid], server.Seen);
    }

    [Theory]
    [InlineData("clinica", "pass \"word\" \\", "LOGIN \"clinica\" \"pass \\\"word\\\" \\\\\"")]
    [InlineData("clínica", "contraseña", "LOGIN clínica contraseña")]
    public async Task Open_AnyPassword_ArrivesWholeAndIsNotShown(string user, string password, string expected)
    {
        await using var server = new ScriptedImapServer();
        var lines = new List<string>();
        await using var mailbox = await ImapConnection.OpenAsync(server.Options with { Credentials = new MailCredentials(user, password) }, lines.Add, CancellationToken.None);

        Assert.Contains(server.Commands, command => command.EndsWith(expected, StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains(password, StringComparison.Ordinal) || line.Contains("pass", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("IMAP4rev1 IDLE", "IDLE")]
    [InlineData("IMAP4rev1", "NOOP")]
    public async Task Wait_MailComes_EndsTheWaiting(string capabilities, string command)
    {
        await using var server = new ScriptedImapServer { Capabilities = capabilities };
        await using var mailbox = await ImapConnection.OpenAsync(server.Options with { PollEvery = TimeSpan.FromMilliseconds(50) }, null, CancellationToken.None);
        Assert.Empty(await mailbox.SearchAsync("UNSEEN", CancellationToken.None));

        var waiting = mailbox.WaitAsync(CancellationToken.None);
        while (!server.Commands.Any(line => line.EndsWith(command, StringComparison.Ordinal)))
        {
            await Task.Delay(5);
        }

        server.Add("Subject: x\r\n\r\nx"u8.ToArray());
        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Single(await mailbox.SearchAsync("UNSEEN", CancellationToken.None));
    }

    [Fact]
    public async Task Wait_NothingComes_GoesOnAfterAWhile()
    {
        await using var server = new ScriptedImapServer();
        await using var mailbox = await ImapConnection.OpenAsync(server.Options with { IdleFor = TimeSpan.FromMilliseconds(50) }, null, CancellationToken.None);
        Assert.Empty(await mailbox.SearchAsync("UNSEEN", CancellationToken.None));

        await mailbox.WaitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));

        server.Add("Subject: x\r\n\r\nx"u8.ToArray());
        Assert.Single(await mailbox.SearchAsync("UNSEEN", CancellationToken.None));
    }

    [Theory]
    [InlineData("greeting", "* BYE too many", "greeting BYE")]
    [InlineData("LOGIN", "NO [AUTHENTICATIONFAILED] wrong", "LOGIN NO [AUTHENTICATIONFAILED]")]
    [InlineData("SELECT", "NO [NONEXISTENT] there is no clinica@clinica.example", "SELECT NO [NONEXISTENT]")]
    [InlineData("CAPABILITY", "BAD what", "CAPABILITY BAD")]
    public async Task Open_Refused_NamesTheStepAndNoWords(string step, string answer, string reason)
    {
        await using var server = new ScriptedImapServer();
        server.Answers[step] = answer;

        var failure = await Assert.ThrowsAsync<ImapException>(() => ImapConnection.OpenAsync(server.Options, null, CancellationToken.None));

        Assert.StartsWith(reason, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("clinica", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LOGIN")]
    [InlineData("SELECT")]
    [InlineData("SEARCH")]
    [InlineData("FETCH")]
    [InlineData("IDLE")]
    public async Task AnyStep_ServerHangsUp_IsAnImapException(string step)
    {
        await using var server = new ScriptedImapServer { HangsUpAt = step };
        server.Add("x"u8.ToArray());

        var failure = await Assert.ThrowsAsync<ImapException>(async () =>
        {
            await using var mailbox = await ImapConnection.OpenAsync(server.Options, null, CancellationToken.None);
            await mailbox.SearchAsync("ALL", CancellationToken.None);
            await mailbox.FetchAsync(1, CancellationToken.None);
            await mailbox.WaitAsync(CancellationToken.None);
        });

        Assert.StartsWith(step, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_ServerTakesNoPasswordInTheClear_SaysNone()
    {
        await using var server = new ScriptedImapServer { Capabilities = "IMAP4rev1 LOGINDISABLED" };
        await Assert.ThrowsAsync<ImapException>(() => ImapConnection.OpenAsync(server.Options, null, CancellationToken.None));
        Assert.DoesNotContain(server.Commands, command => command.Contains("LOGIN", StringComparison.Ordinal));
        await Assert.ThrowsAsync<ArgumentException>(() => ImapConnection.OpenAsync(server.Options with { Host = "mail.example" }, null, CancellationToken.None));
    }

    [Theory]
    [InlineData("* 3 FETCH (UID 5 BODY[HEADER.FIELDS (TO CC)] \"a b\" FLAGS (\\Seen))\r\n", "FETCH")]
    [InlineData("* OK [UIDVALIDITY 9] (half\r\n", "OK")]
    [InlineData("* 3 FETCH (UID 5 BODY[] {3}\r\n\r\n) FLAGS ())\r\n", "FETCH")]
    [InlineData("* LIST () \"/\" {5}\r\nab cd\r\n", "LIST")]
    [InlineData("* SEARCH\r\n", "SEARCH")]
    public async Task Read_Responses_AreTakenApart(string text, string kind)
    {
        var response = await ImapResponse.ReadAsync(PipeReader.Create(new MemoryStream(Encoding.Latin1.GetBytes(text))), 100, null, CancellationToken.None);
        Assert.Equal(kind, response.Kind);
        if (text.Contains("UID 5", StringComparison.Ordinal))
        {
            Assert.Equal((3, "5"), (response.Number, response.Items[2].List![1].Text));
            Assert.Equal(6, response.Items[2].List!.Count);
        }
    }

    [Fact]
    public async Task Read_RandomBytes_NeverThrowsAnythingElse()
    {
        const int seed = 3501;
        var random = new Random(seed);
        string[] words = ["* ", "c1 ", "+ ", "OK", "(", ")", "\"", "\\", "{3}\r\n", "{9999999999}\r\n", "[", "]", " ", "\r\n", "x", "1", "\0", "FETCH", "{-1}\r\n", "{2+}\r\n"];
        for (var round = 0; round < 5000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => words[random.Next(words.Length)]));
            try
            {
                await ImapResponse.ReadAsync(PipeReader.Create(new MemoryStream(Encoding.Latin1.GetBytes(text))), 100, null, CancellationToken.None);
            }
            catch (Exception expected) when (expected is EndOfStreamException or InvalidDataException)
            {
                // What the caller knows.
            }
            catch (Exception other)
            {
                Assert.Fail($"seed {seed}, round {round}: {other}");
            }
        }
    }
}
