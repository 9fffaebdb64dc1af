using System.CommandLine;
using System.Text.Json;
using ChatAgent.Cli.Commands;
using ChatAgent.Email;
using ChatAgent.Email.Tests;

namespace ChatAgent.Cli.Tests;

/// <summary>chatagent mail poll and send-test.</summary>
public sealed class MailWireCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mail-wire").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task SendTest_NoServer_DropsAFile()
    {
        var (code, output, _) = await RunAsync("send-test", "rodrigo@correo.example", "--data", _folder, "--json");

        Assert.Equal(0, code);
        var id = JsonDocument.Parse(output).RootElement.GetProperty("messageId").GetString();
        Assert.Equal(id, MailReader.Read(await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(Path.Combine(_folder, "mail", "outbox"), "*.eml")))).MessageId);
    }

    [Fact]
    public async Task SendTest_Server_TakesTheMail()
    {
        await using var server = new ScriptedSmtpServer();

        var (code, output, error) = await RunAsync("send-test", "rodrigo@correo.example", "--settings", Settings(server.Port), "--trace");

        Assert.Equal(0, code);
        Assert.StartsWith($"127.0.0.1:{server.Port} took the mail <", output, StringComparison.Ordinal);
        Assert.Equal(["rodrigo@correo.example"], Assert.Single(server.Mails).To);
        Assert.Contains("C: MAIL FROM:<citas@clinica.example>", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RCPT", "550 5.1.1 no", "RCPT 550 5.1.1", "this recipient")]
    [InlineData("MAIL", "530 5.7.0 no", "MAIL 530 5.7.0", "wants a login")]
    [InlineData("greeting", "554 no", "greeting 554", "does not serve this machine")]
    [InlineData("end", "554 5.7.1 spam", "end of content 554 5.7.1", "refused the mail")]
    public async Task SendTest_Refused_NamesTheStepAndWhatToLookAt(string step, string answer, string reason, string advice)
    {
        await using var server = new ScriptedSmtpServer();
        server.Answers[step] = answer;

        var (code, _, error) = await RunAsync("send-test", "rodrigo@correo.example", "--settings", Settings(server.Port));

        Assert.Equal(1, code);
        var line = Assert.Single(error.Trim().Split('\n'));
        Assert.Contains(reason, line, StringComparison.Ordinal);
        Assert.Contains(advice, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"Mail\":{\"Smtp\":{\"Host\":\"x\",\"Port\":\"many\"}}}", "Mail:Smtp:Port: \"many\"")]
    [InlineData("{\"Mail\":", "(1,")]
    [InlineData("{\"Mail\":{\"Smtp\":{\"Host\":\"x\",\"User\":\"u\",\"Password\":\"p\"}}}", "a password stands in no settings file")]
    public async Task SendTest_WrongSettings_AreOneLineAndCode2(string settings, string problem)
    {
        var file = Path.Combine(_folder, "settings.json");
        await File.WriteAllTextAsync(file, settings);

        var (code, _, error) = await RunAsync("send-test", "rodrigo@correo.example", "--settings", file);

        Assert.Equal(2, code);
        Assert.Contains(problem, Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Poll_FolderAndMailbox_TakesWhatWaits()
    {
        await using var server = new ScriptedImapServer();
        server.Add("Message-ID: <1@x>\r\nFrom: a@correo.example\r\n\r\nhola\r\n"u8.ToArray());
        var inbox = Directory.CreateDirectory(Path.Combine(_folder, "in", "new")).Parent!.FullName;
        await File.WriteAllTextAsync(Path.Combine(inbox, "new", "1"), "Message-ID: <2@x>\r\nFrom: b@correo.example\r\n\r\nhola\r\n");
        var password = Path.Combine(_folder, "password");
        await File.WriteAllTextAsync(password, "secret");
        var settings = Path.Combine(_folder, "settings.json");
        await File.WriteAllTextAsync(settings, $"{{\"Mail\":{{\"In\":{{\"Folder\":\"{inbox}\",\"Imap\":{{\"Host\":\"127.0.0.1\",\"Port\":{server.Port},\"Security\":\"none\",\"AllowPlainLogin\":true,\"User\":\"clinica\",\"PasswordFile\":\"{password}\"}}}}}}}}");
        Directory.CreateDirectory(Path.Combine(_folder, "keys"));
        await File.WriteAllBytesAsync(Path.Combine(_folder, "keys", "mail.key"), new byte[32]);

        var (code, output, error) = await RunAsync("poll", "--data", _folder, "--settings", settings, "--json");

        Assert.Equal((0, string.Empty), (code, error));
        Assert.Equal((1, 1), (JsonDocument.Parse(output).RootElement.GetProperty("folder").GetInt32(), JsonDocument.Parse(output).RootElement.GetProperty("mailbox").GetInt32()));
        Assert.Equal([1L], server.Seen);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(_folder, "mail", "received"), "*.eml").Length);

        (_, output, _) = await RunAsync("poll", "--data", _folder, "--settings", settings);
        Assert.StartsWith("0 from the folder, 0 from the mailbox", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Poll_HostNeverStarted_SaysSo()
    {
        var (code, _, error) = await RunAsync("poll", "--data", _folder);
        Assert.Equal(2, code);
        Assert.Contains("mail.key", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    private string Settings(int port)
    {
        var file = Path.Combine(_folder, "settings.json");
        File.WriteAllText(file, $"{{\"Mail\":{{\"From\":\"citas@clinica.example\",\"Smtp\":{{\"Host\":\"127.0.0.1\",\"Port\":{port},\"Security\":\"none\"}}}}}}");
        return file;
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await MailCommand.Create().Parse(args).InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
