namespace ChatAgent.Store;

/// <summary>The right to answer a conversation once, until it is committed, released or its lease ends.</summary>
/// <param name="Conversation">As it stood when claimed; a commit is refused if it has been answered by another since.</param>
/// <param name="Inputs">Rows not yet answered (messages, due events), oldest first; at least one.</param>
/// <param name="EventsSinceSnapshot">Rows after the snapshot that the fold needs, inputs excluded, oldest first.</param>
/// <param name="Lease">Names the holder; checked at commit.</param>
/// <param name="LeaseEnds">After this another may claim.</param>
public sealed record TurnClaim(
    Conversation Conversation,
    IReadOnlyList<LogEntry> Inputs,
    IReadOnlyList<LogEntry> EventsSinceSnapshot,
    string Lease,
    DateTimeOffset LeaseEnds);
