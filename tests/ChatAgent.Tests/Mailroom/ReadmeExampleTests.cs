using ChatAgent.Email;

namespace ChatAgent.Mailroom.Tests;

/// <summary>The example of src/ChatAgent.Mailroom/README.md, line by line.</summary>
public sealed class ReadmeExampleTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("chatagent-mailroom-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Example_OfTheReadme_HoldsWhatItSays()
    {
        var clinic = MailAddress.Create("citas@losaromos.example", "Centro Médico Los Aromos");
        var mailer = new CodeMailer(new FolderTransport(new MailFolder(folder)), clinic, TimeProvider.System);
        await mailer.SendAsync("rodrigo@correo.example", "123456", CancellationToken.None);
        var mail = MailReader.Read(await File.ReadAllBytesAsync(Directory.GetFiles(folder, "*.eml")[0]));

        Assert.Equal("Su código / Your code - Centro Médico Los Aromos", mail.Subject);
        Assert.Contains("Su código es 123456.", mail.Text, StringComparison.Ordinal);
        Assert.Contains("Your code is 123456.", mail.Text, StringComparison.Ordinal);
    }
}
