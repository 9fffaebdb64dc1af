namespace ChatAgent.Store;

/// <summary>A delivery that was given up.</summary>
/// <param name="Id">The outbox row's.</param>
/// <param name="Channel">By which it was to leave.</param>
/// <param name="ConversationId">Whose row it is.</param>
/// <param name="Sequence">The row in the conversation's log.</param>
/// <param name="Attempts">Deliveries tried.</param>
/// <param name="FailedAt">When it was given up, UTC.</param>
/// <param name="Reason">What the channel said last.</param>
public sealed record DeadLetter(long Id, string Channel, string ConversationId, long Sequence, int Attempts, DateTimeOffset FailedAt, string Reason);
