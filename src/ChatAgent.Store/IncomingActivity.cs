namespace ChatAgent.Store;

/// <summary>Something that a channel hands in.</summary>
public sealed record IncomingActivity
{
    public required string Channel { get; init; }

    /// <summary>The person's account on the channel.</summary>
    public required string Account { get; init; }

    /// <summary>The client's id of this activity; with channel and account it is unique for ever. Null when the client has none: then each call is a new activity.</summary>
    public string? ExternalId { get; init; }

    /// <summary>The conversation, which is opened when it does not exist.</summary>
    public required string ConversationId { get; init; }

    /// <summary>Replaces the conversation's channel reference when not null.</summary>
    public string? Reference { get; init; }

    public required NewEntry Entry { get; init; }
}
