namespace ChatAgent.Email;

/// <summary>A server that takes mails for delivery (RFC 6409).</summary>
public sealed record SmtpOptions
{
    public required string Host { get; init; }

    /// <summary>587 is submission, 465 submission over TLS, 25 a relay on this machine. 1 to 65535.</summary>
    public int Port { get; init; } = 587;

    public WireSecurity Security { get; init; } = WireSecurity.StartTls;

    /// <summary>Null: the server knows us by our address.</summary>
    public MailCredentials? Credentials { get; init; }

    /// <summary>Whether the password may be sent without TLS, to a server on this machine; never to another.</summary>
    public bool AllowPlainLogin { get; init; }

    /// <summary>PEM file of the authorities that the server's certificate is believed from; null for the system's.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>
    /// Every mail goes to this address of our own too, in the same transaction, or to neither: what comes back by the way in shows that the server had taken the mail, when
    /// its answer was lost. Null for no copies.
    /// </summary>
    public string? CopyTo { get; init; }

    /// <summary>What we call ourselves in EHLO; a full name, or "[127.0.0.1]".</summary>
    public string HelloName { get; init; } = "[127.0.0.1]";

    /// <summary>Connecting, and each answer until a mail's content is sent. RFC 5321 §4.5.3.2 allows servers 5 minutes.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Sending a mail's content and its answer. RFC 5321 §4.5.3.2.6: 10 minutes; who gives up before is answered with a second copy.</summary>
    public TimeSpan ContentTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Connections at the same time, 1 to 50.</summary>
    public int MaxConnections { get; init; } = 4;

    /// <summary>Mails over one connection, at least 1.</summary>
    public int MailsPerConnection { get; init; } = 100;

    /// <summary>A connection that was idle so long is not used again.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>What is wrong with these settings, or null: one outside its range, or one that would show the password to the network.</summary>
    public string? Problem => string.IsNullOrWhiteSpace(Host) ? "a server has a name"
        : Port is < 1 or > 65535 ? $"port {Port}: 1 to 65535"
        : MaxConnections is < 1 or > 50 ? $"{MaxConnections} connections: 1 to 50"
        : MailsPerConnection < 1 ? $"{MailsPerConnection} mails over one connection: at least 1"
        : CommandTimeout <= TimeSpan.Zero || ContentTimeout <= TimeSpan.Zero ? "timeouts: more than nothing"
        : HelloName.Length == 0 || !HelloName.All(c => c is > ' ' and < (char)127) ? "the name in EHLO: ASCII without blanks"
        : Credentials is not null && Security == WireSecurity.None && !(AllowPlainLogin && WireTls.IsLoopback(Host))
            ? $"a password would go to {Host} in the clear: use TLS; without it only to this machine, and only where AllowPlainLogin says so"
        : null;
}
