namespace ChatAgent.Store;

/// <summary>A row to be delivered by its channel; it comes again until it is completed.</summary>
/// <param name="Id">Of the outbox row; for a channel that accepts one, the idempotency key.</param>
/// <param name="Conversation">The head, with the channel's reference.</param>
/// <param name="Entry">The row.</param>
/// <param name="Attempts">Deliveries tried before this one.</param>
public sealed record OutboxItem(long Id, Conversation Conversation, LogEntry Entry, int Attempts);
