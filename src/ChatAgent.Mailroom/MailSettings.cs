using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ChatAgent.Email;

namespace ChatAgent.Mailroom;

/// <summary>What an owner wrote about mail servers, read into options; keys are those of the README.</summary>
/// <remarks>Passwords come from the environment (<c>Mail__Smtp__Password</c>) or from a file (<c>Mail:Smtp:PasswordFile</c>); one in a settings file stops the start.</remarks>
public static class MailSettings
{
    /// <summary>The submission server, or null where none is named and mails are dropped into a folder.</summary>
    /// <param name="find">The value of a key such as "Mail:Smtp:Host", or null.</param>
    /// <param name="mailbox">The clinic's own: its domain is what we call ourselves, and copies go to it, unless a setting says otherwise.</param>
    /// <exception cref="InvalidDataException">A setting is wrong; the message names key, value and what is allowed.</exception>
    public static SmtpOptions? ReadSmtp(Func<string, string?> find, MailAddress mailbox)
    {
        const string section = "Mail:Smtp";
        if (find($"{section}:Host") is not { Length: > 0 } host)
        {
            return null;
        }

        var security = ReadSecurity(find, section, WireSecurity.StartTls);
        var (local, domain) = (mailbox.Address[..mailbox.Address.IndexOf('@', StringComparison.Ordinal)], mailbox.Address[(mailbox.Address.IndexOf('@', StringComparison.Ordinal) + 1)..]);
        var options = new SmtpOptions
        {
            Host = host,
            Port = ReadNumber(find, $"{section}:Port", security switch { WireSecurity.Tls => 465, WireSecurity.StartTls => 587, _ => 25 }, 1, 65535),
            Security = security,
            Credentials = ReadCredentials(find, section),
            AllowPlainLogin = ReadFlag(find, $"{section}:AllowPlainLogin"),
            AuthorityFile = ReadFile(find, $"{section}:AuthorityFile"),
            HelloName = find($"{section}:HelloName") ?? domain,
            CopyTo = ReadCopyPatience(find) > TimeSpan.Zero ? $"{local}+copy@{domain}" : null,
            MaxConnections = ReadNumber(find, $"{section}:MaxConnections", 4, 1, 50),
        };
        return options.Problem is { } problem ? throw new InvalidDataException($"{section}: {problem}") : options;
    }

    /// <summary>How long the copy of a mail is waited for whose answer was lost, <c>Mail:Smtp:CopySeconds</c>; zero, as it is unless said otherwise, sends no copies.</summary>
    /// <exception cref="InvalidDataException">It is no number.</exception>
    public static TimeSpan ReadCopyPatience(Func<string, string?> find) => TimeSpan.FromSeconds(ReadNumber(find, "Mail:Smtp:CopySeconds", 0, 0, 86_400));

    /// <summary>The mailbox that is read over IMAP, or null.</summary>
    /// <param name="find">The value of a key such as "Mail:In:Imap:Host", or null.</param>
    /// <exception cref="InvalidDataException">A setting is wrong; the message names key, value and what is allowed.</exception>
    public static ImapOptions? ReadImap(Func<string, string?> find)
    {
        const string section = "Mail:In:Imap";
        if (find($"{section}:Host") is not { Length: > 0 } host)
        {
            return null;
        }

        var security = ReadSecurity(find, section, WireSecurity.Tls);
        var options = new ImapOptions
        {
            Host = host,
            Port = ReadNumber(find, $"{section}:Port", security == WireSecurity.Tls ? 993 : 143, 1, 65535),
            Security = security,
            Credentials = ReadCredentials(find, section) ?? throw new InvalidDataException($"{section}:User: nothing; expected the name of the mailbox's account"),
            AllowPlainLogin = ReadFlag(find, $"{section}:AllowPlainLogin"),
            AuthorityFile = ReadFile(find, $"{section}:AuthorityFile"),
            Mailbox = find($"{section}:Mailbox") is { Length: > 0 } mailbox ? mailbox : "INBOX",
            PollEvery = TimeSpan.FromSeconds(ReadNumber(find, $"{section}:PollSeconds", 30, 1, 3600)),
        };
        return options.Problem is { } problem ? throw new InvalidDataException($"{section}: {problem}") : options;
    }

    /// <summary>Where LMTP is listened for ("127.0.0.1:2424", or "unix:/run/chatagent/lmtp.sock"), or null.</summary>
    /// <exception cref="InvalidDataException">A setting is wrong; the message names key, value and what is allowed.</exception>
    public static EndPoint? ReadLmtp(Func<string, string?> find)
    {
        const string key = "Mail:In:Lmtp:Listen";
        if (find(key) is not { Length: > 0 } text)
        {
            return null;
        }

        if (text.StartsWith("unix:", StringComparison.Ordinal) && text.Length > 5)
        {
            return new UnixDomainSocketEndPoint(Path.GetFullPath(text[5..]));
        }

        if (!IPEndPoint.TryParse(text.Replace("localhost:", "127.0.0.1:", StringComparison.OrdinalIgnoreCase), out var address) || !text.Contains(':', StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{key}: \"{text}\"; expected an address and a port such as 127.0.0.1:2424, or unix:/run/chatagent/lmtp.sock");
        }

        // Who reaches the port is believed to be the mail server that checked the sender.
        return IPAddress.IsLoopback(address.Address) || ReadFlag(find, "Mail:In:Lmtp:AllowNetwork")
            ? address
            : throw new InvalidDataException($"{key}: \"{text}\" is open to the network; listen on this machine, or say Mail:In:Lmtp:AllowNetwork where only your mail server reaches it");
    }

    private static WireSecurity ReadSecurity(Func<string, string?> find, string section, WireSecurity usual) => find($"{section}:Security") switch
    {
        null or "" => usual,
        { } text when text.Equals("starttls", StringComparison.OrdinalIgnoreCase) => WireSecurity.StartTls,
        { } text when text.Equals("tls", StringComparison.OrdinalIgnoreCase) => WireSecurity.Tls,
        { } text when text.Equals("none", StringComparison.OrdinalIgnoreCase) => WireSecurity.None,
        { } text => throw new InvalidDataException($"{section}:Security: \"{text}\"; expected starttls, tls or none"),
    };

    private static MailCredentials? ReadCredentials(Func<string, string?> find, string section)
    {
        if (find($"{section}:User") is not { Length: > 0 } user)
        {
            return null;
        }

        var variable = $"{section.Replace(":", "__", StringComparison.Ordinal)}__Password";
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } password)
        {
            return new MailCredentials(user, password);
        }

        if (find($"{section}:Password") is { Length: > 0 })
        {
            throw new InvalidDataException($"{section}:Password: a password stands in no settings file and on no command line; set the environment's {variable}, or {section}:PasswordFile");
        }

        return ReadFile(find, $"{section}:PasswordFile") is { } file
            ? new MailCredentials(user, File.ReadAllText(file).TrimEnd('\r', '\n'))
            : throw new InvalidDataException($"{section}:User is \"{user}\" and there is no password: set the environment's {variable}, or {section}:PasswordFile");
    }

    private static int ReadNumber(Func<string, string?> find, string key, int usual, int least, int most) => find(key) switch
    {
        null or "" => usual,
        { } text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most => number,
        { } text => throw new InvalidDataException($"{key}: \"{text}\"; expected a number from {least.ToString(CultureInfo.InvariantCulture)} to {most.ToString(CultureInfo.InvariantCulture)}"),
    };

    private static bool ReadFlag(Func<string, string?> find, string key) => find(key) switch
    {
        null or "" => false,
        { } text when bool.TryParse(text, out var flag) => flag,
        { } text => throw new InvalidDataException($"{key}: \"{text}\"; expected true or false"),
    };

    private static string? ReadFile(Func<string, string?> find, string key) => find(key) switch
    {
        null or "" => null,
        { } text when File.Exists(text) => Path.GetFullPath(text),
        { } text => throw new InvalidDataException($"{key}: there is no file {text}"),
    };
}
