using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ChatAgent.Email.Tests;

/// <summary>Submission against a server that offers, refuses, hangs up and falls silent at every step.</summary>
public sealed class SmtpTransportTests
{
    private const string From = "citas@losaromos.example";
    private const string To = "rodrigo@correo.example";
    private static readonly byte[] Mail = "Subject: hola\r\n\r\nuno\r\n"u8.ToArray();

    public static TheoryData<string, string, SendOutcome, string> Refusals => new()
    {
        { "greeting", "554 5.3.2 closed", SendOutcome.Later, "greeting 554 5.3.2" },
        { "EHLO", "421 4.3.2 busy", SendOutcome.Later, "EHLO 421 4.3.2" },
        { "EHLO", "550 go away", SendOutcome.Later, "EHLO 550" },
        { "MAIL", "450 4.7.1 slow down", SendOutcome.Later, "MAIL 450 4.7.1" },
        { "MAIL", "530 5.7.0 log in first", SendOutcome.Later, "MAIL 530 5.7.0" },
        { "MAIL", "553 5.7.1 not your address", SendOutcome.Later, "MAIL 553 5.7.1" },
        { "MAIL", "552 5.3.4 too big", SendOutcome.Refused, "MAIL 552 5.3.4" },
        { "RCPT", "550 5.1.1 <rodrigo@correo.example>: no such user", SendOutcome.Refused, "RCPT 550 5.1.1" },
        { "RCPT", "452 4.2.2 full", SendOutcome.Later, "RCPT 452 4.2.2" },
        { "RCPT", "421 4.7.0 too much", SendOutcome.Later, "RCPT 421 4.7.0" },
        { "DATA", "451 4.3.0 disk", SendOutcome.Later, "DATA 451 4.3.0" },
        { "DATA", "554 5.7.1 no", SendOutcome.Refused, "DATA 554 5.7.1" },
        { "end", "554 5.7.1 spam", SendOutcome.Refused, "end of content 554 5.7.1" },
        { "end", "451 4.7.1 greylisted", SendOutcome.Later, "end of content 451 4.7.1" },
        { "end", "503 what", SendOutcome.Later, "end of content 503" },
        { "MAIL", "nonsense", SendOutcome.Later, "MAIL an answer that is not SMTP" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Send_RefusedAtAStep_SaysWhatThatMeans(string step, string answer, SendOutcome expected, string reason)
    {
        foreach (var offers in (IReadOnlyList<string>[])[["PIPELINING"], ["8BITMIME"]])
        {
            await using var server = new ScriptedSmtpServer { Offers = offers };
            server.Answers[step] = answer;
            await using var transport = new SmtpTransport(server.Options(), TimeProvider.System);

            var result = await transport.SendAsync(Mail, "m1", From, To, CancellationToken.None);

            Assert.Equal(new SendResult(expected, reason), result);
            Assert.Empty(server.Mails);

            // The next mail goes, over this connection or another.
            server.Answers.Clear();
            Assert.Equal(SendResult.Taken, await transport.SendAsync(Mail, "m2", From, To, CancellationToken.None));
            Assert.Single(server.Mails);
        }
    }

    [Theory]
    [InlineData("greeting", SendOutcome.Later, 0)]
    [InlineData("EHLO", SendOutcome.Later, 0)]
    [InlineData("MAIL", SendOutcome.Later, 0)]
    [InlineData("RCPT", SendOutcome.Later, 0)]
    [InlineData("DATA", SendOutcome.Later, 0)]
    [InlineData("content", SendOutcome.Later, 0)]
    [InlineData("end", SendOutcome.Unconfirmed, 1)]
    public async Task Send_ServerHangsUpOrFallsSilent_IsUnconfirmedOnlyAfterTheDot(string step, SendOutcome expected, int taken)
    {
        await using var hangingUp = new ScriptedSmtpServer { HangsUpAt = step };
        await using (var transport = new SmtpTransport(hangingUp.Options(), TimeProvider.System))
        {
            var large = Encoding.ASCII.GetBytes("Subject: x\r\n\r\n" + string.Concat(Enumerable.Repeat("línea\r\n", 0)) + new string('y', 60_000));
            var result = await transport.SendAsync(step == "content" ? large : Mail, "m1", From, To, CancellationToken.None);

            // Written at once, the whole of a short mail may be on its way when the server hangs up in the middle.
            Assert.True(result.Outcome == expected || (step == "content" && result.Outcome == SendOutcome.Unconfirmed), result.ToString());
            Assert.Equal(taken, hangingUp.Mails.Count);
        }

        if (step != "content")
        {
            await using var silent = new ScriptedSmtpServer { FallsSilentAt = step };
            await using var transport = new SmtpTransport(silent.Options() with { CommandTimeout = TimeSpan.FromSeconds(step == "end" ? 20 : 0.3), ContentTimeout = TimeSpan.FromSeconds(0.3) }, TimeProvider.System);
            var result = await transport.SendAsync(Mail, "m1", From, To, CancellationToken.None);
            Assert.Equal(expected, result.Outcome);
            Assert.EndsWith("no answer in time", result.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Send_NobodyListens_IsForLater()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        await using var transport = new SmtpTransport(new SmtpOptions { Host = "127.0.0.1", Port = port, Security = WireSecurity.None }, TimeProvider.System);

        Assert.Equal(new SendResult(SendOutcome.Later, "connect ConnectionRefused"), await transport.SendAsync(Mail, "m1", From, To, CancellationToken.None));
    }

    [Fact]
    public async Task Send_ManyRecipients_EachHasItsOwnResult()
    {
        await using var server = new ScriptedSmtpServer();
        server.Answers["RCPT TO:<b@correo.example>"] = "550 5.1.1 unknown";
        server.Answers["RCPT TO:<c@correo.example>"] = "452 4.2.2 full";
        await using var transport = new SmtpTransport(server.Options(), TimeProvider.System);

        var results = await transport.SendAsync(Mail, From, ["a@correo.example", "b@correo.example", "c@correo.example", "d@correo.example"], CancellationToken.None);

        Assert.Equal([SendResult.Taken, new(SendOutcome.Refused, "RCPT 550 5.1.1"), new(SendOutcome.Later, "RCPT 452 4.2.2"), SendResult.Taken], results);
        Assert.Equal(["a@correo.example", "d@correo.example"], Assert.Single(server.Mails).To);
    }

    [Theory]
    [InlineData(To, "550 5.1.1 unknown", SendOutcome.Refused)]
    [InlineData(From, "550 5.1.1 unknown", SendOutcome.Later)]
    [InlineData(null, null, SendOutcome.Taken)]
    public async Task Send_WithACopy_BothOrNone(string? refused, string? answer, SendOutcome expected)
    {
        foreach (var offers in (IReadOnlyList<string>[])[["PIPELINING"], ["8BITMIME"]])
        {
            await using var server = new ScriptedSmtpServer { Offers = offers };
            if (refused is not null)
            {
                server.Answers[$"RCPT TO:<{refused}>"] = answer!;
            }

            await using var transport = new SmtpTransport(server.Options() with { CopyTo = From }, TimeProvider.System);

            Assert.Equal(expected, (await transport.SendAsync(Mail, "m1", From, To, CancellationToken.None)).Outcome);

            Assert.Equal(expected == SendOutcome.Taken ? [To, From] : [], server.Mails.SelectMany(mail => mail.To));
            Assert.Equal(expected == SendOutcome.Taken, server.Commands.Contains("DATA"));
            server.Answers.Clear();
            Assert.Equal(SendResult.Taken, await transport.SendAsync(Mail, "m2", From, To, CancellationToken.None));
            Assert.Equal(1, server.Connections);
        }
    }

    [Fact]
    public async Task Send_NoRecipientTakenAndContentAskedFor_SendsAnEmptyOne()
    {
        await using var server = new ScriptedSmtpServer();
        server.Answers["RCPT"] = "550 5.1.1 unknown";
        server.Answers["DATA"] = "354 go";
        await using var transport = new SmtpTransport(server.Options(), TimeProvider.System);

        Assert.Equal(SendOutcome.Refused, (await transport.SendAsync(Mail, "m1", From, To, CancellationToken.None)).Outcome);
        Assert.Empty(server.Mails);
        server.Answers.Clear();
        Assert.Equal(SendResult.Taken, await transport.SendAsync(Mail, "m1", From, To, CancellationToken.None));
        Assert.Equal(1, server.Connections);
    }

    [Theory]
    [InlineData("Subject: x\r\n\r\n.\r\n..\r\n.hola\r\nfin", "Subject: x\r\n\r\n.\r\n..\r\n.hola\r\nfin\r\n")]
    [InlineData("Subject: x\n\nuno\n.\nMAIL FROM:<x>\n", "Subject: x\r\n\r\nuno\r\n.\r\nMAIL FROM:<x>\r\n")]
    [InlineData("Subject: x\r\n\r\nuno\r.\rdos\n.\r\n", "Subject: x\r\n\r\nuno\r\n.\r\ndos\r\n.\r\n")]
    [InlineData("", "")]
    public async Task Send_DotsAndBareLineEnds_ArriveAsOneMail(string mail, string arrived)
    {
        await using var server = new ScriptedSmtpServer();
        await using var transport = new SmtpTransport(server.Options(), TimeProvider.System);

        Assert.Equal(SendResult.Taken, await transport.SendAsync(Encoding.ASCII.GetBytes(mail), "m1", From, To, CancellationToken.None));

        Assert.Equal(arrived, Encoding.ASCII.GetString(Assert.Single(server.Mails).Content));
        Assert.DoesNotContain(server.Commands, command => command.Contains("<x>", StringComparison.Ordinal));
    }

    [Fact]
    public void Unstuff_UndoesStuff()
    {
        var random = new Random(11);
        for (var round = 0; round < 500; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => ".a\r\n"[random.Next(3)] is '\r' ? "\r\n" : ".")) + "\r\n";
            Assert.Equal(text, Encoding.ASCII.GetString(DotStuffing.Unstuff(DotStuffing.Stuff(Encoding.ASCII.GetBytes(text)))));
        }
    }

    [Fact]
    public async Task Send_EightBitMail_NeedsTheServersOffer()
    {
        var eightBit = Encoding.UTF8.GetBytes("Subject: x\r\n\r\nmañana\r\n");
        await using var server = new ScriptedSmtpServer { Offers = ["PIPELINING"] };
        await using (var transport = new SmtpTransport(server.Options(), TimeProvider.System))
        {
            Assert.Equal(SendOutcome.Refused, (await transport.SendAsync(eightBit, "m1", From, To, CancellationToken.None)).Outcome);
        }

        server.Offers = ["8BITMIME", "SMTPUTF8"];
        await using (var transport = new SmtpTransport(server.Options(), TimeProvider.System))
        {
            Assert.Equal(SendResult.Taken, await transport.SendAsync(eightBit, "m1", From, "begoña@correo.example", CancellationToken.None));
        }

        Assert.Contains($"MAIL FROM:<{From}> SMTPUTF8 BODY=8BITMIME", server.Commands);
    }

    [Theory]
    [InlineData("begoña@correo.example", SendOutcome.Refused)]
    [InlineData("a@x> SIZE=1\r\nRCPT TO:<b@y", SendOutcome.Refused)]
    [InlineData("a b@x", SendOutcome.Refused)]
    [InlineData("isabel@ñandú.example", SendOutcome.Taken)]
    public async Task Send_AddressesOutsideTheRule_NeverReachTheWire(string to, SendOutcome expected)
    {
        await using var server = new ScriptedSmtpServer();
        await using var transport = new SmtpTransport(server.Options(), TimeProvider.System);

        var result = await transport.SendAsync(Mail, "m1", From, to, CancellationToken.None);

        Assert.Equal(expected, result.Outcome);
        Assert.All(server.Commands, command => Assert.True(command.All(char.IsAscii)));
        Assert.Equal(expected == SendOutcome.Taken ? ["isabel@xn--and-6ma2c.example"] : [], server.Mails.SelectMany(mail => mail.To));
    }

    [Fact]
    public async Task Send_LargerThanTheServerTakes_IsRefusedBeforeItIsSent()
    {
        await using var server = new ScriptedSmtpServer { Offers = ["SIZE 1000"] };
        await using var transport = new SmtpTransport(server.Options(), TimeProvider.System);

        var result = await transport.SendAsync(new byte[2000], "m1", From, To, CancellationToken.None);

        Assert.Equal(SendOutcome.Refused, result.Outcome);
        Assert.DoesNotContain(server.Commands, command => command.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, "AUTH PLAIN LOGIN")]
    [InlineData(false, "AUTH PLAIN LOGIN")]
    [InlineData(false, "AUTH LOGIN")]
    public async Task Send_OverTls_LogsInAndSends(bool atOnce, string auth)
    {
        using var authority = new TestAuthority();
        await using var server = new ScriptedSmtpServer { Authority = authority, IsTlsAtOnce = atOnce, Offers = ["STARTTLS"], OffersInTls = ["PIPELINING", auth] };
        var lines = new List<string>();
        var options = server.Options(atOnce ? WireSecurity.Tls : WireSecurity.StartTls) with { Credentials = new MailCredentials("clinica", "contraseña") };
        await using var transport = new SmtpTransport(options, TimeProvider.System, lines.Add);

        Assert.Equal(SendResult.Taken, await transport.SendAsync(Mail, "m1", From, To, CancellationToken.None));

        Assert.Single(server.Mails);
        Assert.DoesNotContain(lines, line => line.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes("contraseña")), StringComparison.Ordinal) || line.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes("\0clinica\0contraseña")), StringComparison.Ordinal));
        Assert.DoesNotContain("contraseña", options.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_WrongPassword_IsForLaterAndNamesTheStep()
    {
        using var authority = new TestAuthority();
        await using var server = new ScriptedSmtpServer { Authority = authority, Offers = ["STARTTLS"] };
        await using var transport = new SmtpTransport(server.Options(WireSecurity.StartTls) with { Credentials = new MailCredentials("clinica", "otra") }, TimeProvider.System);

        Assert.Equal(new SendResult(SendOutcome.Later, "AUTH 535 5.7.8"), await transport.SendAsync(Mail, "m1", From, To, CancellationToken.None));
    }

    public static TheoryData<string> UntrustworthyServers => ["no offer", "other name", "unknown authority", "injected", "refused"];

    [Theory]
    [MemberData(nameof(UntrustworthyServers))]
    public async Task Send_TlsCannotBeTrusted_SaysNothingMore(string fault)
    {
        using var authority = new TestAuthority(fault == "other name" ? "mx.otro.example" : "localhost");
        await using var server = new ScriptedSmtpServer { Authority = authority, Offers = fault == "no offer" ? ["AUTH PLAIN"] : ["STARTTLS", "AUTH PLAIN"] };
        server.InjectedBeforeTls = fault == "injected" ? "250 injected" : null;
        if (fault == "refused")
        {
            server.Answers["STARTTLS"] = "454 4.7.0 not now";
        }

        var options = server.Options(WireSecurity.StartTls) with { Credentials = new MailCredentials("clinica", "contraseña") };
        await using var transport = new SmtpTransport(fault == "unknown authority" ? options with { AuthorityFile = null } : options, TimeProvider.System);

        var result = await transport.SendAsync(Mail, "m1", From, To, CancellationToken.None);

        Assert.Equal(SendOutcome.Later, result.Outcome);
        Assert.DoesNotContain(server.Commands, command => command.StartsWith("AUTH", StringComparison.Ordinal) || command.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("localhost", false, false)]
    [InlineData("mail.clinica.cl", true, false)]
    [InlineData("127.0.0.1", true, true)]
    [InlineData("::1", true, true)]
    public void Create_PasswordWithoutTls_OnlyToThisMachineAndOnlyWhenAllowed(string host, bool allowed, bool isGood)
    {
        var options = new SmtpOptions { Host = host, Security = WireSecurity.None, AllowPlainLogin = allowed, Credentials = new MailCredentials("a", "b") };

        var failure = Record.Exception(() => new SmtpTransport(options, TimeProvider.System));

        Assert.Equal(isGood, failure is not ArgumentException);
    }

    [Fact]
    public async Task Send_ManyAtOnce_UseFewConnectionsAndAllArrive()
    {
        await using var server = new ScriptedSmtpServer();
        await using (var transport = new SmtpTransport(server.Options() with { MaxConnections = 3 }, TimeProvider.System))
        {
            var results = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => transport.SendAsync(Mail, $"m{i}", From, $"p{i}@correo.example", CancellationToken.None)));
            Assert.All(results, result => Assert.Equal(SendResult.Taken, result));
        }

        Assert.Equal(60, server.Mails.Select(mail => mail.To[0]).Distinct(StringComparer.Ordinal).Count());
        Assert.InRange(server.Connections, 1, 3);
        Assert.Equal(server.Connections, server.Commands.Count(command => command == "QUIT"));
    }

    [Theory]
    [InlineData("421 4.4.2 idle too long")]
    [InlineData(null)]
    public async Task Send_ServerClosedTheIdleConnection_GoesOverANewOne(string? farewell)
    {
        await using var server = new ScriptedSmtpServer();
        await using var transport = new SmtpTransport(server.Options(), TimeProvider.System);
        Assert.Equal(SendResult.Taken, await transport.SendAsync(Mail, "m1", From, To, CancellationToken.None));
        if (farewell is null)
        {
            server.HangsUpAt = "MAIL";
        }
        else
        {
            server.Answers["MAIL"] = farewell;
        }

        var sending = transport.SendAsync(Mail, "m2", From, To, CancellationToken.None);
        while (server.Connections < 2)
        {
            await Task.Delay(5);
        }

        // The second connection fails at MAIL too: once, not for ever.
        Assert.Equal(SendOutcome.Later, (await sending).Outcome);
        (server.HangsUpAt, _) = (null, server.Answers.Remove("MAIL"));
        Assert.Equal(SendResult.Taken, await transport.SendAsync(Mail, "m3", From, To, CancellationToken.None));
        Assert.Equal(2, server.Mails.Count);
    }

    [Fact]
    public async Task Send_CancelledAfterTheDot_StillHearsTheAnswer()
    {
        await using var server = new ScriptedSmtpServer();
        using var stop = new CancellationTokenSource();
        await using var transport = new SmtpTransport(server.Options(), TimeProvider.System, line =>
        {
            if (line == "C: .")
            {
                stop.Cancel();
            }
        });

        Assert.Equal(SendResult.Taken, await transport.SendAsync(Mail, "m1", From, To, stop.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => transport.SendAsync(Mail, "m2", From, To, stop.Token));
        Assert.Single(server.Mails);
    }

    [Fact]
    public async Task Send_EndlessAnswers_AreBounded()
    {
        await using var server = new ScriptedSmtpServer();
        server.Answers["EHLO"] = string.Concat(Enumerable.Repeat("250-x\r\n", 5000)) + "250 end";
        await using var transport = new SmtpTransport(server.Options(), TimeProvider.System);
        Assert.Equal(new SendResult(SendOutcome.Later, "EHLO an answer that is not SMTP"), await transport.SendAsync(Mail, "m1", From, To, CancellationToken.None));

        server.Answers["EHLO"] = "250 " + new string('x', 1_000_000);
        Assert.Equal(new SendResult(SendOutcome.Later, "EHLO a line of more than 2000 bytes"), await transport.SendAsync(Mail, "m1", From, To, CancellationToken.None));
    }
}
