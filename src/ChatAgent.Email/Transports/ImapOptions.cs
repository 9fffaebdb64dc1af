namespace ChatAgent.Email;

/// <summary>A mailbox on an IMAP server (RFC 3501).</summary>
public sealed record ImapOptions
{
    public required string Host { get; init; }

    /// <summary>993 is TLS from the first byte, 143 plain or STARTTLS. 1 to 65535.</summary>
    public int Port { get; init; } = 993;

    public WireSecurity Security { get; init; } = WireSecurity.Tls;

    public required MailCredentials Credentials { get; init; }

    /// <summary>Whether the password may be sent without TLS, to a server on this machine; never to another.</summary>
    public bool AllowPlainLogin { get; init; }

    /// <summary>PEM file of the authorities that the server's certificate is believed from; null for the system's.</summary>
    public string? AuthorityFile { get; init; }

    public string Mailbox { get; init; } = "INBOX";

    /// <summary>Bytes of a mail; of a longer one the beginning is read.</summary>
    public int MaxBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Connecting, and each answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long news is waited for before it is asked for again: servers end an IDLE after 30 minutes (RFC 2177 §3), and one that has none is asked in this rhythm.</summary>
    public TimeSpan IdleFor { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>How often a server without IDLE is asked.</summary>
    public TimeSpan PollEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What is wrong with these settings, or null.</summary>
    public string? Problem => string.IsNullOrWhiteSpace(Host) ? "a server has a name"
        : Port is < 1 or > 65535 ? $"port {Port}: 1 to 65535"
        : MaxBytes < 1 ? $"{MaxBytes} bytes of a mail: at least 1"
        : Timeout <= TimeSpan.Zero || IdleFor <= TimeSpan.Zero || PollEvery <= TimeSpan.Zero ? "times: more than nothing"
        : Mailbox.Length == 0 || Mailbox.Any(c => c is < ' ' or >= (char)127) ? "the mailbox: its name as the server writes it, ASCII"
        : Security == WireSecurity.None && !(AllowPlainLogin && WireTls.IsLoopback(Host))
            ? $"a password would go to {Host} in the clear: use TLS; without it only to this machine, and only where AllowPlainLogin says so"
        : null;
}
