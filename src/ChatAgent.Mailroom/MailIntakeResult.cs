namespace ChatAgent.Mailroom;

/// <summary>What a mail was taken for.</summary>
public enum MailKind
{
    /// <summary>A person's answer: the agent reads it.</summary>
    Reply,

    /// <summary>The answer of a calendar, with or without words.</summary>
    Calendar,

    /// <summary>For an operator: not ours to act on, and the result says why.</summary>
    Held,

    /// <summary>An absence note, a list, a read receipt: never answered.</summary>
    Automatic,

    /// <summary>A report on a mail of ours that did not arrive, or a complaint.</summary>
    Bounce,

    /// <summary>It had come before.</summary>
    Duplicate,

    /// <summary>Read in shadow: nothing was done, and reception sees what would have been.</summary>
    Shadowed,

    /// <summary>A mail of ours that came back to us.</summary>
    Own,
}

/// <summary>By what a mail was tied to a thread, strongest first.</summary>
public enum MailMatch
{
    None,

    /// <summary>A genuine reply address in the envelope or Delivered-To.</summary>
    Token,

    /// <summary>In-Reply-To or References name a mail of ours.</summary>
    MessageId,

    /// <summary>The uid of our invitation.</summary>
    Uid,

    /// <summary>In shadow: the sender has an appointment to come.</summary>
    Sender,

    /// <summary>The report names a mail of ours.</summary>
    Report,
}

/// <summary>What became of a mail that came in.</summary>
/// <param name="Kind">What it was taken for.</param>
/// <param name="Match">By what it was tied to a thread.</param>
/// <param name="Trust">What the border server says of its sender.</param>
/// <param name="ConversationId">Where it was put; null where there was nothing to put.</param>
/// <param name="Reason">Why it is held, or what kind of automatic mail it is; null otherwise.</param>
/// <param name="Accepted">The text that the agent reads; null when it reads nothing.</param>
public sealed record MailIntakeResult(MailKind Kind, MailMatch Match, MailTrust Trust, string? ConversationId, string? Reason, string? Accepted);
