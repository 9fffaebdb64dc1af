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

    /// <summary>A calendar object (RFC 5545) with its method, or null: mail programs show it as an invitation with buttons of their own.</summary>
    public CalendarAttachment? Calendar { get; init; }

    /// <summary>Address that ends these mails for their reader, by POST and without a page (RFC 8058); null for none. https, as the mail's servers demand.</summary>
    public Uri? Unsubscribe { get; init; }
}

/// <summary>A calendar object to send.</summary>
/// <param name="Method">"REQUEST" or "CANCEL", as in the object itself (RFC 6047 §2.4).</param>
/// <param name="Text">The object, lines ended by CRLF and folded.</param>
public sealed record CalendarAttachment(string Method, string Text);
