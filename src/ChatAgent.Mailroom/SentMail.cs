namespace ChatAgent.Mailroom;

/// <summary>A mail of ours: collection "mail-sent", its id the Message-ID. Written before the mail leaves, so that an answer always finds its thread.</summary>
/// <param name="ThreadId">The thread.</param>
/// <param name="Sequence">Of the row that it carries.</param>
/// <param name="At">UTC; of the last attempt.</param>
/// <param name="IsOpen">The last attempt has no answer yet, or never had one: the other side may have the mail.</param>
/// <param name="ReturnedAt">UTC; when a copy of it came back to us, which shows that the other side had it. Null while none did.</param>
internal sealed record SentMail(string ThreadId, long Sequence, DateTimeOffset At, bool IsOpen = false, DateTimeOffset? ReturnedAt = null)
{
    public const string Collection = "mail-sent";

    public static string ThreadIndex(string threadId) => $"mail-thread:{threadId}";
}

/// <summary>A mail that came in: collection "mail-received", its id the Message-ID or what stands for it.</summary>
/// <param name="Hash">Of the body: the same id with another body is no repetition.</param>
/// <param name="ConversationId">Where it was put.</param>
/// <param name="Raw">Name of the raw mail in the folder of received mails.</param>
internal sealed record ReceivedRecord(string Hash, string? ConversationId, string Raw)
{
    public const string Collection = "mail-received";
}

/// <summary>An address that must not be written to: collection "mail-suppressed", its id the hash of the address.</summary>
/// <param name="Reason">"unknown-user", "complaint", "unsubscribed".</param>
/// <param name="At">UTC.</param>
internal sealed record Suppression(string Reason, DateTimeOffset At)
{
    public const string Collection = "mail-suppressed";
}

/// <summary>When the last words that were taken in a thread were written: collection "mail-latest", its id the thread's.</summary>
/// <param name="At">UTC.</param>
internal sealed record LatestWords(DateTimeOffset At)
{
    public const string Collection = "mail-latest";
}
