namespace ChatAgent.Store;

/// <summary>Where the SQLite store lies and how it behaves under load.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>The database file. Its folder is made when it is missing; <c>-wal</c> and <c>-shm</c> files stand beside it while it is open.</summary>
    public required string File { get; init; }

    /// <summary>Whether a missing file is made. False refuses it with <see cref="FileNotFoundException"/>.</summary>
    public bool CreateIfMissing { get; init; } = true;

    /// <summary>How long to wait for another process's lock on the file, 0 to 10 minutes.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the writer waits for company before a commit, 0 to 1 second. At 0 a group is what queued up while the last one was being flushed, which under
    /// load is as good and adds nothing to the latency of a single writer.
    /// </summary>
    public TimeSpan GroupCommitWindow { get; init; } = TimeSpan.Zero;

    /// <summary>Operations in one commit at the most, 1 to 10,000.</summary>
    public int MaxGroupSize { get; init; } = 256;

    /// <summary>Operations that wait for the writer before callers are held back, 1 to 1,000,000.</summary>
    public int MaxQueuedWrites { get; init; } = 4096;

    /// <summary>Connections that read at the same time, 1 to 64.</summary>
    public int Readers { get; init; } = 4;

    /// <summary>Inputs that one claim takes at the most, 1 to 10,000; the others wait for the next turn.</summary>
    public int MaxTurnInputs { get; init; } = 256;

    /// <summary>Text and payload of one row together, in UTF-16 units, 1,000 to 100,000,000.</summary>
    public int MaxEntryLength { get; init; } = 1_000_000;

    /// <summary>The database file may not grow beyond this many bytes (rounded to pages of 4,096); null for the disk's limit.</summary>
    public long? MaxFileBytes { get; init; }

    /// <summary>How often a waiting feed reader looks for rows of other processes, 10 ms to 1 minute. Rows of this process wake it at once.</summary>
    public TimeSpan FeedPollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its range.</exception>
    internal void Check()
    {
        Require(!string.IsNullOrWhiteSpace(File), nameof(File), File, "a path");
        Require(BusyTimeout >= TimeSpan.Zero && BusyTimeout <= TimeSpan.FromMinutes(10), nameof(BusyTimeout), BusyTimeout, "0 to 10 minutes");
        Require(GroupCommitWindow >= TimeSpan.Zero && GroupCommitWindow <= TimeSpan.FromSeconds(1), nameof(GroupCommitWindow), GroupCommitWindow, "0 to 1 second");
        Require(MaxGroupSize is >= 1 and <= 10_000, nameof(MaxGroupSize), MaxGroupSize, "1 to 10,000");
        Require(MaxQueuedWrites is >= 1 and <= 1_000_000, nameof(MaxQueuedWrites), MaxQueuedWrites, "1 to 1,000,000");
        Require(Readers is >= 1 and <= 64, nameof(Readers), Readers, "1 to 64");
        Require(MaxTurnInputs is >= 1 and <= 10_000, nameof(MaxTurnInputs), MaxTurnInputs, "1 to 10,000");
        Require(MaxEntryLength is >= 1_000 and <= 100_000_000, nameof(MaxEntryLength), MaxEntryLength, "1,000 to 100,000,000");
        Require(MaxFileBytes is null or >= 65_536, nameof(MaxFileBytes), MaxFileBytes, "null, or 65,536 and more");
        Require(FeedPollInterval >= TimeSpan.FromMilliseconds(10) && FeedPollInterval <= TimeSpan.FromMinutes(1), nameof(FeedPollInterval), FeedPollInterval, "10 ms to 1 minute");
    }

    private static void Require(bool holds, string name, object? value, string allowed)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, $"SqliteStoreOptions.{name} must be {allowed}.");
        }
    }
}
