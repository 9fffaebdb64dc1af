using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text;

namespace ChatAgent.Email.Tests;

/// <summary>A mail server's conversation with us: what is taken, what is refused, and that nothing is taken twice or half.</summary>
public sealed class LmtpSessionTests
{
    private const string Begin = "LHLO mx\r\nMAIL FROM:<rodrigo@correo.example>\r\nRCPT TO:<citas+token@clinica.example>\r\nDATA\r\n";
    private const string Hello = "250-clinica.example\n250-PIPELINING\n250-8BITMIME\n250-SMTPUTF8\n250-ENHANCEDSTATUSCODES\n250 SIZE 67108864";

    [Fact]
    public async Task Run_OneMail_IsTakenWholeWithItsEnvelope()
    {
        var (answers, mails) = await ConverseAsync(Begin + "Subject: hola\r\n\r\n..uno\r\nmañana\r\n.\r\nQUIT\r\n");

        Assert.Equal(["220 clinica.example LMTP", .. Hello.Split('\n'), "250 2.1.0 ok", "250 2.1.5 ok", "354 end with a dot alone on a line", "250 2.6.0 taken", "221 2.0.0 bye"], answers);
        var mail = Assert.Single(mails);
        Assert.Equal("rodrigo@correo.example", mail.EnvelopeFrom);
        Assert.Equal(["citas+token@clinica.example"], mail.EnvelopeTo);
        Assert.Equal("Subject: hola\r\n\r\n.uno\r\nmañana\r\n", Encoding.UTF8.GetString(mail.Raw.Span));
    }

    [Fact]
    public async Task Run_SeveralRecipients_EachIsAnswered()
    {
        var (answers, mails) = await ConverseAsync("LHLO mx\r\nMAIL FROM:<> SIZE=10\r\nRCPT TO:<citas@clinica.example>\r\nRCPT TO:<otra@clinica.example>\r\nRCPT TO:<@via.example:citas+b@clinica.example>\r\nDATA\r\n.\r\n");

        Assert.Equal(["250 2.1.0 ok", "250 2.1.5 ok", "550 5.1.1 no such mailbox here", "250 2.1.5 ok", "354 end with a dot alone on a line", "250 2.6.0 taken", "250 2.6.0 taken"], answers[^7..]);
        var mail = Assert.Single(mails);
        Assert.Equal(string.Empty, mail.EnvelopeFrom);
        Assert.Equal(["citas@clinica.example", "citas+b@clinica.example"], mail.EnvelopeTo);
        Assert.Equal(0, mail.Raw.Length);
    }

    [Fact]
    public async Task Run_StoreCannotTakeIt_IsToComeAgain()
    {
        var isFull = true;
        var (answers, mails) = await ConverseAsync(Begin + "x\r\n.\r\n" + Begin[9..] + "x\r\n.\r\n", _ => isFull && !(isFull = false) ? throw new IOException("full") : Task.CompletedTask);

        Assert.Equal("451 4.3.0 not taken now", answers[^5]);
        Assert.Equal("250 2.6.0 taken", answers[^1]);
        Assert.Single(mails);
    }

    [Theory]
    [InlineData("\n.\nMAIL FROM:<x@y>\r\n.\r\n", "\n.\nMAIL FROM:<x@y>\r\n")]
    [InlineData("\r\n.\rRSET\r\n.\r\n", "\r\n\rRSET\r\n")]
    [InlineData("a\r\n.\n\r\n.\r\n", "a\r\n\n\r\n")]
    [InlineData("a\r.\r\nb\r\n.\r\n", "a\r.\r\nb\r\n")]
    [InlineData(".\r\n", "")]
    [InlineData("\r\n.\r\n", "\r\n")]
    public async Task Run_OnlyADotBetweenTwoLineEndsEndsAMail(string content, string expected)
    {
        foreach (var size in (int[])[1, 2, 3, 5, 1000])
        {
            var (answers, mails) = await ConverseAsync(Begin + content + "QUIT\r\n", piece: size);

            Assert.Equal("221 2.0.0 bye", answers[^1]);
            Assert.Equal("250 2.6.0 taken", answers[^2]);
            Assert.Equal(expected, Encoding.ASCII.GetString(Assert.Single(mails).Raw.Span));
        }
    }

    [Theory]
    [InlineData("x\r\n.\r")]
    [InlineData("x\r\n.")]
    [InlineData("x")]
    [InlineData("")]
    public async Task Run_ClientGoesInTheMiddle_NothingIsTaken(string content)
    {
        var (_, mails) = await ConverseAsync(Begin + content);
        Assert.Empty(mails);
    }

    [Fact]
    public async Task Run_TooLargeAllAtOnce_IsRefused()
    {
        var (answers, mails) = await ConverseAsync(Begin + new string('x', 3000) + "\r\n.\r\nQUIT\r\n", maxBytes: 2000);

        Assert.Contains("552 5.3.4 the mail is too large", answers);
        Assert.Empty(mails);
    }

    [Fact]
    public async Task Run_TooLarge_IsRefusedAndTheNextIsTaken()
    {
        var (answers, mails) = await ConverseAsync(Begin + new string('x', 5000) + "\r\n" + new string('y', 5000) + "\r\n.\r\n" + Begin[9..] + "uno\r\n.\r\nQUIT\r\n", maxBytes: 2000, piece: 700);

        Assert.Contains("552 5.3.4 the mail is too large", answers);
        Assert.Equal("uno\r\n", Encoding.ASCII.GetString(Assert.Single(mails).Raw.Span));
        Assert.Equal("221 2.0.0 bye", answers[^1]);

        (answers, _) = await ConverseAsync("LHLO mx\r\nMAIL FROM:<a@b> BODY=8BITMIME SIZE=999999999\r\n", maxBytes: 2000);
        Assert.Equal("552 5.3.4 the mail is too large", answers[^1]);
    }

    [Theory]
    [InlineData("EHLO mx", "500 5.5.1 this is LMTP")]
    [InlineData("MAIL FROM:<a@b>", "503 5.5.1 LHLO first")]
    [InlineData("LHLO mx\r\nRCPT TO:<a@b>", "503 5.5.1 MAIL first")]
    [InlineData("LHLO mx\r\nDATA", "503 5.5.1 no recipients")]
    [InlineData("LHLO mx\r\nMAIL FROM:<a@b>\r\nMAIL FROM:<a@b>", "503 5.5.1 a mail is open already")]
    [InlineData("LHLO mx\r\nMAIL TO:<a@b>", "501 5.5.4 MAIL FROM:<address> was expected")]
    [InlineData("LHLO mx\r\nMAIL FROM:<a@b>\r\nRCPT TO:<>", "501 5.5.4 RCPT TO:<address> was expected")]
    [InlineData("LHLO mx\r\nMAIL FROM:<a@b>\r\nRCPT TO:a@b", "501 5.5.4 RCPT TO:<address> was expected")]
    [InlineData("VRFY a", "252 2.5.0 try it")]
    [InlineData("LHLO mx\r\nMAIL FROM:<a@b>\r\nRSET\r\nMAIL FROM:<a@b>", "250 2.1.0 ok")]
    public async Task Run_CommandsOutOfOrder_AreAnswered(string commands, string last)
    {
        var (answers, _) = await ConverseAsync(commands + "\r\n");
        Assert.Equal(last, answers[^1]);
    }

    [Fact]
    public async Task Run_Nonsense_EndsAfterAWhile()
    {
        var (answers, _) = await ConverseAsync(string.Concat(Enumerable.Repeat("GET / HTTP/1.1\r\n", 100)));
        Assert.Equal("421 4.7.0 too many faults", answers[^1]);

        (answers, _) = await ConverseAsync(new string('x', 100_000));
        Assert.Equal("500 5.5.2 the line is too long", answers[^1]);
    }

    [Fact]
    public async Task Run_SilentClient_IsHungUpOn()
    {
        var (input, output) = (new Pipe(), new Pipe());
        var session = new LmtpSession(Options() with { IdleTimeout = TimeSpan.FromMilliseconds(100) }, (_, _) => Task.CompletedTask, TimeProvider.System);
        await session.RunAsync(input.Reader, output.Writer, CancellationToken.None);
        await output.Writer.CompleteAsync();
        Assert.EndsWith("421 4.4.2 silent for too long\r\n", await ReadAllAsync(output.Reader), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_RandomBytes_NeverThrow()
    {
        const int seed = 2033;
        var random = new Random(seed);
        string[] words = ["LHLO x\r\n", "MAIL FROM:<a@b>\r\n", "RCPT TO:<citas@clinica.example>\r\n", "DATA\r\n", ".\r\n", "x\r\n", "\r", "\n", "RSET\r\n", "<", ">", "\0", "ñ", " SIZE=99", ":"];
        for (var round = 0; round < 300; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => words[random.Next(words.Length)]));
            var (answers, _) = await ConverseAsync(text, piece: random.Next(1, 30));
            Assert.All(answers, answer => Assert.True(answer.Length > 3 && char.IsAsciiDigit(answer[0]), $"seed {seed}, round {round}"));
        }
    }

    private static LmtpOptions Options() => new() { Name = "clinica.example", IsOurs = address => address.StartsWith("citas", StringComparison.Ordinal) };

    private static async Task<(List<string> Answers, List<ReceivedMail> Mails)> ConverseAsync(string said, Func<ReceivedMail, Task>? take = null, int maxBytes = 64 * 1024 * 1024, int piece = int.MaxValue)
    {
        var (input, output) = (new Pipe(), new Pipe(new PipeOptions(pauseWriterThreshold: 0)));
        var mails = new ConcurrentQueue<ReceivedMail>();
        var session = new LmtpSession(
            Options() with { MaxBytes = maxBytes },
            async (mail, _) =>
            {
                await (take?.Invoke(mail) ?? Task.CompletedTask);
                mails.Enqueue(mail);
            },
            TimeProvider.System);
        var running = session.RunAsync(input.Reader, output.Writer, CancellationToken.None);
        var bytes = Encoding.UTF8.GetBytes(said);
        for (var i = 0; i < bytes.Length && !running.IsCompleted; i += piece == int.MaxValue ? bytes.Length : piece)
        {
            await input.Writer.WriteAsync(bytes.AsMemory(i, Math.Min(piece, bytes.Length - i)));
            await Task.Yield();
        }

        await input.Writer.CompleteAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(30));
        await output.Writer.CompleteAsync();
        return ([.. (await ReadAllAsync(output.Reader)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries)], [.. mails]);
    }

    private static async Task<string> ReadAllAsync(PipeReader reader)
    {
        using var all = new MemoryStream();
        await reader.CopyToAsync(all);
        return Encoding.UTF8.GetString(all.ToArray());
    }
}
