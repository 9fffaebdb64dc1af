namespace ChatAgent.Store;

/// <summary>A conversation's head: who, where, how far.</summary>
public sealed record Conversation
{
    public required string Id { get; init; }

    /// <summary>"directline", "emulator", "terminal", "email".</summary>
    public required string Channel { get; init; }

    /// <summary>The person's account on the channel.</summary>
    public required string Account { get; init; }

    /// <summary>JSON of the channel: how to reach the person (service URL, addresses, locale).</summary>
    public string? Reference { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Sequence of the last row.</summary>
    public required long LastSequence { get; init; }

    /// <summary>Rows up to here were answered by a turn.</summary>
    public required long HandledSequence { get; init; }

    /// <summary>JSON of the folded state as of <see cref="SnapshotSequence"/>; null before the first turn.</summary>
    public string? Snapshot { get; init; }

    /// <summary>The last sequence that the snapshot includes. Rows that others appended while its turn ran lie below and are not included: see <see cref="IConversationStore.ReadUnfoldedAsync"/>.</summary>
    public long SnapshotSequence { get; init; }
}
