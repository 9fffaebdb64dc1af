using System.Text;

namespace ChatAgent.Email.Tests;

public sealed class MailComposerTests
{
    private static readonly OutgoingMail Mail = new()
    {
        From = MailAddress.Create("citas@losaromos.example", "Centro Médico Los Aromos"),
        To = MailAddress.Create("rodrigo@correo.example"),
        Subject = "Su código",
        Text = "Hola, ñandú 🦩\nsegunda línea",
        MessageId = "<a1@losaromos.example>",
        Date = new DateTimeOffset(2026, 4, 25, 14, 3, 9, TimeSpan.FromHours(-4)),
    };

    [Fact]
    public void Compose_PlainMail_IsSevenBitWithCrlf()
    {
        var bytes = MailComposer.Compose(Mail);
        var text = Encoding.ASCII.GetString(bytes);

        Assert.DoesNotContain(bytes, b => b > 127);
        Assert.Equal(text.Count(c => c == '\n'), text.Split("\r\n").Length - 1);
        Assert.Contains("Date: Sat, 25 Apr 2026 18:03:09 +0000\r\n", text, StringComparison.Ordinal);
        Assert.Contains("Auto-Submitted: auto-generated\r\n", text, StringComparison.Ordinal);
        Assert.Contains("To: rodrigo@correo.example\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Compose_Body_DecodesToTheText()
    {
        var body = Encoding.ASCII.GetString(MailComposer.Compose(Mail)).Split("\r\n\r\n", 2)[1];

        Assert.Equal("Hola, ñandú 🦩\r\nsegunda línea\r\n", Encoding.UTF8.GetString(Convert.FromBase64String(body)));
    }

    [Fact]
    public void Compose_LongSubject_KeepsEveryCharacterAndLineShort()
    {
        var subject = string.Concat(Enumerable.Repeat("Confirmación de su hora mañana 🦩 ", 12)).Trim();
        var text = Encoding.ASCII.GetString(MailComposer.Compose(Mail with { Subject = subject }));
        var header = text[text.IndexOf("Subject:", StringComparison.Ordinal)..text.IndexOf("\r\nDate:", StringComparison.Ordinal)];

        Assert.All(header.Split("\r\n"), line => Assert.InRange(line.Length, 1, 78));
        var decoded = header["Subject:".Length..].Split([' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Select(word => Encoding.UTF8.GetString(Convert.FromBase64String(word["=?utf-8?B?".Length..^2])));
        Assert.Equal(subject, string.Concat(decoded));
    }

    [Theory]
    [InlineData("Hola\r\nBcc: otro@correo.example")]
    [InlineData("Hóla\nBcc: otro@correo.example")]
    [InlineData("nul\0")]
    public void Compose_ControlCharacterInSubject_IsRefused(string subject) =>
        Assert.Throws<ArgumentException>(() => MailComposer.Compose(Mail with { Subject = subject }));

    [Fact]
    public void Compose_WithHtml_HasBothParts()
    {
        var text = Encoding.ASCII.GetString(MailComposer.Compose(Mail with { Html = "<p>Hola</p>" }));

        Assert.Contains("multipart/alternative", text, StringComparison.Ordinal);
        Assert.Contains(Convert.ToBase64String("<p>Hola</p>\r\n"u8), text, StringComparison.Ordinal);
        Assert.EndsWith("--\r\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sin-arroba")]
    [InlineData("@x.example")]
    [InlineData("a@")]
    [InlineData("a@b@c.example")]
    [InlineData("a b@c.example")]
    [InlineData("ñandú@c.example")]
    [InlineData("a@c.example>")]
    [InlineData("a@c.example\r\nX: y")]
    public void TryCreate_NotAPlainAddress_IsFalse(string address) => Assert.False(MailAddress.TryCreate(address, null, out _));

    [Fact]
    public void Drop_Twice_LeavesOneFile()
    {
        var folder = Directory.CreateTempSubdirectory("mail").FullName;
        try
        {
            var mails = new MailFolder(folder);
            var first = mails.Drop("code-1", "x"u8.ToArray());
            Assert.Equal(first, mails.Drop("code-1", "y"u8.ToArray()));
            Assert.Equal("x", File.ReadAllText(Assert.Single(Directory.GetFiles(folder, "*", SearchOption.AllDirectories))));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
