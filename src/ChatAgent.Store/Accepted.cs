namespace ChatAgent.Store;

/// <summary>The receipt of an activity that is on disk.</summary>
/// <param name="ConversationId">Where it was put; for a retry where the first was put.</param>
/// <param name="Sequence">Its sequence; for a retry the first one's.</param>
/// <param name="IsRetry">The same client id had been accepted before; nothing was written.</param>
public sealed record Accepted(string ConversationId, long Sequence, bool IsRetry);
