namespace ChatAgent.Store;

/// <summary>A row to append; sequence, feed position and timestamp are the store's.</summary>
public sealed record NewEntry
{
    public required Audience Audience { get; init; }

    public required Author Author { get; init; }

    /// <summary>"message" or the name of an event.</summary>
    public required string Kind { get; init; }

    public string? Text { get; init; }

    /// <summary>JSON.</summary>
    public string? Payload { get; init; }

    /// <summary>Whether the row is to leave by the conversation's channel: it is put into the outbox in the same commit.</summary>
    public bool Deliver { get; init; }

    /// <summary>Whether the bot has to take a turn on it: the row counts as an input of the next claim.</summary>
    public bool IsInput { get; init; }
}
