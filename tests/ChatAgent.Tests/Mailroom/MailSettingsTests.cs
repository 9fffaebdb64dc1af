using ChatAgent.Email;

namespace ChatAgent.Mailroom.Tests;

/// <summary>Settings of mail servers: what is wrong says its key, and a password stands in no settings file.</summary>
public sealed class MailSettingsTests
{
    [Fact]
    public void ReadSmtp_NoHost_IsNone() => Assert.Null(MailSettings.ReadSmtp(_ => null, MailAddress.Create("citas@clinica.example")));

    [Theory]
    [InlineData("", 587, WireSecurity.StartTls)]
    [InlineData("tls", 465, WireSecurity.Tls)]
    [InlineData("none", 25, WireSecurity.None)]
    public void ReadSmtp_Security_DecidesThePort(string security, int port, WireSecurity expected)
    {
        var options = MailSettings.ReadSmtp(Find(("Mail:Smtp:Host", "127.0.0.1"), ("Mail:Smtp:Security", security)), MailAddress.Create("citas@clinica.example"))!;

        Assert.Equal((port, expected, "clinica.example"), (options.Port, options.Security, options.HelloName));
    }

    [Theory]
    [InlineData("Mail:Smtp:Port", "99999")]
    [InlineData("Mail:Smtp:Security", "ssl")]
    [InlineData("Mail:Smtp:MaxConnections", "0")]
    [InlineData("Mail:Smtp:AllowPlainLogin", "yes")]
    [InlineData("Mail:Smtp:AuthorityFile", "nowhere.pem")]
    [InlineData("Mail:Smtp:Password", "secret")]
    public void ReadSmtp_WrongValue_NamesTheKey(string key, string value)
    {
        var failure = Assert.Throws<InvalidDataException>(() => MailSettings.ReadSmtp(Find(("Mail:Smtp:Host", "mail.example"), ("Mail:Smtp:User", "clinica"), ("Mail:Smtp:PasswordFile", "/dev/null"), (key, value)), MailAddress.Create("citas@clinica.example")));

        Assert.StartsWith(key, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadSmtp_PasswordFile_IsReadWithoutItsLineEnd()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "contraseña \n");
            var options = MailSettings.ReadSmtp(Find(("Mail:Smtp:Host", "mail.example"), ("Mail:Smtp:User", "clinica"), ("Mail:Smtp:PasswordFile", file)), MailAddress.Create("citas@clinica.example"))!;
            Assert.Equal("contraseña ", options.Credentials!.Password);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void ReadSmtp_PasswordInTheClearToAnotherMachine_StopsTheStart()
    {
        var failure = Assert.Throws<InvalidDataException>(() => MailSettings.ReadSmtp(
            Find(("Mail:Smtp:Host", "mail.example"), ("Mail:Smtp:Security", "none"), ("Mail:Smtp:AllowPlainLogin", "true"), ("Mail:Smtp:User", "clinica"), ("Mail:Smtp:PasswordFile", "/dev/null")), MailAddress.Create("citas@clinica.example")));

        Assert.Contains("in the clear", failure.Message, StringComparison.Ordinal);
    }

    private static Func<string, string?> Find(params (string Key, string Value)[] settings) => key => settings.LastOrDefault(setting => setting.Key == key).Value;
}
