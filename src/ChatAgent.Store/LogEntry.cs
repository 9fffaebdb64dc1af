namespace ChatAgent.Store;

/// <summary>One row of a conversation's log.</summary>
public sealed record LogEntry
{
    public required string ConversationId { get; init; }

    /// <summary>Position in the conversation, from 1, strictly increasing; gaps are fine. The Direct Line watermark.</summary>
    public required long Sequence { get; init; }

    /// <summary>Position in the feed across conversations, strictly increasing.</summary>
    public required long FeedPosition { get; init; }

    public required Audience Audience { get; init; }

    public required Author Author { get; init; }

    /// <summary>"message", or the name of an event ("turn", "operator.joined", "handover.requested", "person.identified").</summary>
    public required string Kind { get; init; }

    /// <summary>The words of a message; null for an event or a message without text.</summary>
    public string? Text { get; init; }

    /// <summary>JSON: for a message what the channel needs beside the text (an activity's other fields), for an event its value.</summary>
    public string? Payload { get; init; }

    /// <summary>The client's own id of the activity, where it gave one.</summary>
    public string? ExternalId { get; init; }

    /// <summary>UTC, strictly increasing by milliseconds within a conversation.</summary>
    public required DateTimeOffset Timestamp { get; init; }
}
