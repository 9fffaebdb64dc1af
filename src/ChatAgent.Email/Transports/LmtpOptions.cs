namespace ChatAgent.Email;

/// <summary>How mails are taken over LMTP.</summary>
public sealed record LmtpOptions
{
    /// <summary>What we call ourselves.</summary>
    public required string Name { get; init; }

    /// <summary>Whether an address is ours; another is refused at once, so that its sender learns of it.</summary>
    public required Func<string, bool> IsOurs { get; init; }

    /// <summary>Bytes of a mail.</summary>
    public int MaxBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Recipients of one mail, at least 1; those beyond are to come again.</summary>
    public int MaxRecipients { get; init; } = 100;

    /// <summary>A client that says nothing for so long is hung up on. RFC 5321 §4.5.3.2.7: at least 5 minutes.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);
}
