using System.Text.Json;
using ChatAgent.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace ChatAgent.Store;

/// <summary>The store in one SQLite file: write-ahead log, flushed at every commit, one writer with group commit, readers beside it.</summary>
/// <remarks>
/// Sequences and feed positions are given by the writer, inside its transaction; a reader sees a commit whole or not at all, hence no watermark skips.
/// Claims on conversations and outbox rows live in this process (see <c>LeaseTable</c>) and end with it; each commit compares the handled sequence on disk,
/// so that two processes over one file cannot answer the same inputs twice. Delivery is for one process: two would both send.
/// All methods throw <see cref="StoreUnavailableException"/> when the disk is full or fails, and <see cref="StoreFormatException"/> when the file is damaged.
/// </remarks>
public sealed partial class SqliteConversationStore : IConversationStore
{
    private readonly SqliteStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly SqliteWriter _writer;
    private readonly SqliteReaderPool _readers;
    private readonly FeedSignal _feed;
    private readonly LeaseTable<string> _turns = new();
    private readonly LeaseTable<long> _deliveries = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly ITimer _poll;
    private int _isDisposed;

    private SqliteConversationStore(SqliteStoreOptions options, TimeProvider time, SqliteSession writer)
    {
        _options = options;
        _time = time;
        _feed = new FeedSignal(writer.Number("SELECT max(feed) FROM log") ?? 0);
        _readers = new SqliteReaderPool(options.File, options.Readers, options.BusyTimeout);
        _writer = new SqliteWriter(writer, options, _feed.Advance);
        _poll = time.CreateTimer(_ => _ = PollFeedAsync(), null, options.FeedPollInterval, options.FeedPollInterval);
    }

    /// <summary>Opens the database, makes it when it is missing, and brings an older schema forward.</summary>
    /// <exception cref="StoreFormatException">The file is damaged, another program's or a newer build's; it was not changed.</exception>
    /// <exception cref="StoreUnavailableException">It cannot be opened or written to.</exception>
    /// <exception cref="FileNotFoundException">It is missing and <see cref="SqliteStoreOptions.CreateIfMissing"/> is false.</exception>
    public static Task<SqliteConversationStore> OpenAsync(SqliteStoreOptions options, TimeProvider time, CancellationToken cancellationToken) =>
        OpenAsync(options, time, StoreSchema.Migrations, cancellationToken);

    /// <summary>As above, up to another schema than this build's: for tests of migration.</summary>
    internal static Task<SqliteConversationStore> OpenAsync(
        SqliteStoreOptions options,
        TimeProvider time,
        IReadOnlyList<string> migrations,
        CancellationToken cancellationToken)
    {
        options.Check();
        cancellationToken.ThrowIfCancellationRequested();
        if (!options.CreateIfMissing && !System.IO.File.Exists(options.File))
        {
            throw new FileNotFoundException($"{options.File}: there is no such database.", options.File);
        }

        return Task.Run(
            () =>
            {
                SqliteSession? writer = null;
                try
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.File))!);
                    writer = StoreSchema.OpenWriter(options);
                    StoreSchema.Migrate(writer, migrations);
                    return new SqliteConversationStore(options, time, writer);
                }
                catch (Exception error)
                {
                    writer?.Dispose();
                    switch (error)
                    {
                        case SqliteException sqlite:
                            throw sqlite.ToStoreException(options.File);
                        case UnauthorizedAccessException or IOException:
                            throw new StoreUnavailableException($"{options.File}: the folder cannot be made or written to.", error);
                        default:
                            throw;
                    }
                }
            },
            cancellationToken);
    }

    /// <summary>Finishes what is queued, folds the write-ahead log into the file and closes it. Waiting feed readers are cancelled.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _closing.CancelAsync();
        await _poll.DisposeAsync();
        // Readers first: the last connection to close is the writer's, which can then fold the log into the file.
        await _readers.DisposeAsync();
        await _writer.DisposeAsync();
    }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private static DateTimeOffset Instant(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private async Task PollFeedAsync()
    {
        if (_feed.Waiting == 0)
        {
            return;
        }

        try
        {
            _feed.Advance(await ReadFeedEndAsync(_closing.Token));
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or StoreUnavailableException or StoreFormatException)
        {
            // A hint that does not come: whoever reads will meet the error itself.
        }
    }

    private static string ToJson(IReadOnlyList<string> values) =>
        values.Count == 0 ? "[]" : JsonSerializer.Serialize(values, StoreJson.Default.IReadOnlyListString);

    private static IReadOnlyList<string> FromJson(string json) =>
        json == "[]" ? [] : JsonSerializer.Deserialize(json, StoreJson.Default.IReadOnlyListString)!;

    private static void CheckId(string id, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(id, name);
        if (id.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException($"{name} holds U+0000, which no id may.", name);
        }
    }
}
