namespace ChatAgent.Store;

/// <summary>All that a turn changes; it is written whole or not at all.</summary>
public sealed record TurnCommit
{
    /// <summary>Replies and events, in order.</summary>
    public IReadOnlyList<NewEntry> Entries { get; init; } = [];

    /// <summary>JSON of the state after the turn.</summary>
    public required string Snapshot { get; init; }

    /// <summary>Documents to write, each against its ETag and unique keys.</summary>
    public IReadOnlyList<DocumentWrite> Documents { get; init; } = [];

    /// <summary>Deadlines to set.</summary>
    public IReadOnlyList<NewDue> Due { get; init; } = [];

    /// <summary>Deadlines of this conversation to cancel, by name.</summary>
    public IReadOnlyList<string> CancelDue { get; init; } = [];
}
