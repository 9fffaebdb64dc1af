namespace ChatAgent.Email;

/// <summary>A mail that came in, as far as it can be understood without knowing what was asked.</summary>
public sealed record IncomingMail
{
    /// <summary>With its angle brackets; null when the mail has none.</summary>
    public string? MessageId { get; init; }

    /// <summary>The first id of In-Reply-To, with its angle brackets.</summary>
    public string? InReplyTo { get; init; }

    /// <summary>With their angle brackets, oldest first. RFC 5322 §3.6.4: the last is the direct parent.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>Date header; null when missing or unreadable.</summary>
    public DateTimeOffset? Date { get; init; }

    public IncomingAddress? From { get; init; }

    public IReadOnlyList<IncomingAddress> To { get; init; } = [];

    public IReadOnlyList<IncomingAddress> Cc { get; init; } = [];

    /// <summary>The envelope's recipient as servers noted it in Delivered-To and its like, the latest first, then in the top Received: where a signed reply address stands when To names another.</summary>
    public IReadOnlyList<string> DeliveredTo { get; init; } = [];

    /// <summary>Envelope sender as the border server noted it; empty for &lt;&gt;, null when it noted none.</summary>
    public string? ReturnPath { get; init; }

    /// <summary>Values of Authentication-Results, the latest first; which of them to believe is for the reader to say.</summary>
    public IReadOnlyList<string> AuthenticationResults { get; init; } = [];

    /// <summary>Decoded; empty when there is none.</summary>
    public string Subject { get; init; } = string.Empty;

    /// <summary>The plain text, flowed lines joined, line feeds alone as line ends; made from the HTML where there is no plain text.</summary>
    public string Text { get; init; } = string.Empty;

    public string? Html { get; init; }

    /// <summary>What the writer added, in the plain text or, when that has nothing of his, in the text of the HTML (<see cref="ReplyCut.Body"/> is that text).</summary>
    public required ReplyCut Reply { get; init; }

    public IReadOnlyList<MailAttachment> Attachments { get; init; } = [];

    /// <summary>Why the mail was written by a program ("auto-submitted: auto-replied", "list", "bounce"); null when a person seems to have written it. Never answer such a mail.</summary>
    public string? AutomaticReason { get; init; }

    public bool IsAutomatic => AutomaticReason is not null;

    /// <summary>What happened to a mail of ours, by recipient; complaints too.</summary>
    public IReadOnlyList<BounceReport> Bounces { get; init; } = [];

    /// <summary>Message-ID of the mail of ours that a delivery report, receipt or complaint is about, with its angle brackets.</summary>
    public string? ReportedMessageId { get; init; }

    /// <summary>The calendar message, or null.</summary>
    public CalendarMessage? Calendar { get; init; }

    /// <summary>What could not be read as it should.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}

/// <summary>A part that is not the body.</summary>
/// <param name="Name">File name without folders, or null.</param>
/// <param name="Type">"application/pdf".</param>
/// <param name="Part">Where its bytes are.</param>
public sealed record MailAttachment(string? Name, string Type, MimePart Part)
{
    /// <summary>Decoded length.</summary>
    public int Bytes => Part.DecodeBody().Length;
}

/// <summary>What a failure says about the address.</summary>
public enum BounceKind
{
    /// <summary>The address is dead: nothing may be sent to it again.</summary>
    Hard,

    /// <summary>This message failed or is late; the address may be good.</summary>
    Soft,

    /// <summary>No failure: delivered, relayed, or a complaint of the recipient.</summary>
    Other,
}

/// <summary>What happened to a mail of ours for one recipient.</summary>
/// <param name="Recipient">Address; empty when the report hides it.</param>
/// <param name="Status">"5.1.1" (RFC 3463); "5.0.0" or "4.0.0" when the report gives no code; empty for a complaint.</param>
/// <param name="Reason">
/// unknown-user, unknown-host, moved, no-mail, mailbox-full, suspended, too-large, spam, virus, policy, authentication, blocked, rate, network, expired, delayed, filtered, system,
/// content, delivered, complaint, other.
/// </param>
public sealed record BounceReport(string Recipient, string Status, BounceKind Kind, string Reason);
