namespace ChatAgent.Email;

/// <summary>A mail to be sent, before it is MIME.</summary>
public sealed record OutgoingMail
{
    public required MailAddress From { get; init; }

    public required MailAddress To { get; init; }

    /// <summary>Where answers go, when not to <see cref="From"/>: the signed reply address.</summary>
    public MailAddress? ReplyTo { get; init; }

    public required string Subject { get; init; }

    /// <summary>The plain text; line ends may be of any kind.</summary>
    public required string Text { get; init; }

    /// <summary>The same as HTML, or null.</summary>
    public string? Html { get; init; }

    /// <summary>With its angle brackets; ours, unguessable, and stored before the mail is sent.</summary>
    public required string MessageId { get; init; }

    /// <summary>Message-ID of the mail that this one answers, or null.</summary>
    public string? InReplyTo { get; init; }

    /// <summary>Message-IDs of the thread, oldest first.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>UTC.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>Whether it answers a mail ("auto-replied") or asks by itself ("auto-generated"). RFC 3834 §5.</summary>
    public bool IsAnswer { get; init; }
}
