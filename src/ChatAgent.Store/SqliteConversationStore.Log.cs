using ChatAgent.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace ChatAgent.Store;

/// <summary>Conversations, their logs and the feed.</summary>
public sealed partial class SqliteConversationStore
{
    private const string EntryColumns =
        "l.feed, l.sequence, l.audience, l.author, l.kind, l.text, l.payload, l.external_id, l.timestamp, c.id";

    private const string ConversationColumns =
        "c.id, c.channel, c.account, c.reference, c.created_at, c.last_sequence, c.handled_sequence, c.snapshot, c.snapshot_sequence";

    /// <inheritdoc/>
    public Task<Accepted> AcceptAsync(IncomingActivity activity, CancellationToken cancellationToken)
    {
        CheckId(activity.ConversationId, nameof(activity.ConversationId));
        CheckId(activity.Channel, nameof(activity.Channel));
        CheckId(activity.Account, nameof(activity.Account));
        if (activity.ExternalId is not null)
        {
            CheckId(activity.ExternalId, nameof(activity.ExternalId));
        }

        CheckEntry(activity.Entry);
        return _writer.WriteAsync(session => Accept(session, activity), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<long> AppendAsync(
        string conversationId,
        IReadOnlyList<NewEntry> entries,
        IReadOnlyList<DocumentWrite> documents,
        CancellationToken cancellationToken)
    {
        foreach (var entry in entries)
        {
            CheckEntry(entry);
        }

        CheckDocuments(documents);
        return _writer.WriteAsync(
            session =>
            {
                var head = Head.Find(session, conversationId)
                    ?? throw new KeyNotFoundException($"there is no conversation \"{conversationId}\" to append to.");
                WriteDocuments(session, documents);
                foreach (var entry in entries)
                {
                    Append(session, head, entry, externalId: null);
                }

                head.Save(session);
                return head.LastSequence;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<Conversation?> FindConversationAsync(string conversationId, CancellationToken cancellationToken) =>
        _readers.ReadAsync(session => FindConversation(session, conversationId), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Conversation>> ListConversationsAsync(long? beforeFeedPosition, int limit, CancellationToken cancellationToken) =>
        _readers.ReadAsync<IReadOnlyList<Conversation>>(
            session =>
            {
                using var rows = session.Query(
                    $"SELECT {ConversationColumns} FROM conversation c WHERE c.last_feed < $1 ORDER BY c.last_feed DESC LIMIT $2",
                    beforeFeedPosition ?? long.MaxValue,
                    limit);
                var conversations = new List<Conversation>();
                while (rows.Read())
                {
                    conversations.Add(ReadConversation(rows));
                }

                return conversations;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<LogEntry>> ReadLogAsync(
        string conversationId,
        long afterSequence,
        Audience audience,
        int limit,
        CancellationToken cancellationToken) =>
        _readers.ReadAsync<IReadOnlyList<LogEntry>>(
            session =>
            {
                using var rows = session.Query(
                    $"""
                    SELECT {EntryColumns} FROM log l JOIN conversation c ON c.number = l.conversation
                    WHERE l.conversation = (SELECT number FROM conversation WHERE id = $1) AND l.sequence > $2 AND ($3 = 0 OR l.audience & $3 <> 0)
                    ORDER BY l.sequence LIMIT $4
                    """,
                    conversationId,
                    afterSequence,
                    (int)audience,
                    limit);
                return ReadEntries(rows);
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<(Conversation Conversation, IReadOnlyList<LogEntry> Entries)?> ReadUnfoldedAsync(string conversationId, CancellationToken cancellationToken) =>
        _readers.ReadAsync<(Conversation, IReadOnlyList<LogEntry>)?>(
            session => session.InSnapshot<(Conversation, IReadOnlyList<LogEntry>)?>(
                s => FindConversation(s, conversationId) is { } conversation ? (conversation, ReadUnfolded(s, conversationId)) : null),
            cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<LogEntry>> ReadFeedAsync(long afterPosition, int limit, CancellationToken cancellationToken) =>
        _readers.ReadAsync<IReadOnlyList<LogEntry>>(
            session =>
            {
                using var rows = session.Query(
                    $"SELECT {EntryColumns} FROM log l JOIN conversation c ON c.number = l.conversation WHERE l.feed > $1 ORDER BY l.feed LIMIT $2",
                    afterPosition,
                    limit);
                return ReadEntries(rows);
            },
            cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="OperationCanceledException">Also when the store is closed.</exception>
    public async Task WaitForFeedAsync(long afterPosition, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        await _feed.WaitAsync(afterPosition, either.Token);
    }

    /// <inheritdoc/>
    public Task<long> ReadFeedEndAsync(CancellationToken cancellationToken) =>
        _readers.ReadAsync(session => session.Number("SELECT max(feed) FROM log") ?? 0, cancellationToken);

    private Accepted Accept(SqliteSession session, IncomingActivity activity)
    {
        if (activity.ExternalId is not null)
        {
            // This is the writer's transaction: nobody can insert between this look and the insert below, and the table's key stands behind both.
            using var first = session.Query(
                """
                SELECT c.id, a.sequence FROM accepted a JOIN conversation c ON c.number = a.conversation
                WHERE a.channel = $1 AND a.account = $2 AND a.external_id = $3
                """,
                activity.Channel,
                activity.Account,
                activity.ExternalId);
            if (first.Read())
            {
                return new Accepted(first.GetString(0), first.GetInt64(1), IsRetry: true);
            }
        }

        var head = Head.Find(session, activity.ConversationId) ?? Head.Create(session, activity, Now);
        if (activity.Reference is not null)
        {
            session.Execute("UPDATE conversation SET reference = $2 WHERE number = $1", head.Number, activity.Reference);
        }

        Append(session, head, activity.Entry, activity.ExternalId);
        if (activity.ExternalId is not null)
        {
            session.Execute(
                "INSERT INTO accepted (channel, account, external_id, conversation, sequence) VALUES ($1, $2, $3, $4, $5)",
                activity.Channel,
                activity.Account,
                activity.ExternalId,
                head.Number,
                head.LastSequence);
        }

        head.Save(session);
        return new Accepted(activity.ConversationId, head.LastSequence, IsRetry: false);
    }

    /// <summary>Appends one row and moves the head, which the caller saves.</summary>
    private void Append(SqliteSession session, Head head, NewEntry entry, string? externalId)
    {
        head.LastSequence++;
        head.LastTimestamp = Math.Max(Now, head.LastTimestamp + 1);
        session.Execute(
            """
            INSERT INTO log (conversation, sequence, audience, author, kind, text, payload, external_id, timestamp, is_input)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            head.Number,
            head.LastSequence,
            (int)entry.Audience,
            (int)entry.Author,
            entry.Kind,
            entry.Text,
            entry.Payload,
            externalId,
            head.LastTimestamp,
            entry.IsInput ? 1 : 0);
        head.LastFeed = session.LastInsertId;
        if (entry.IsInput)
        {
            head.WaitingFeed ??= head.LastFeed;
        }

        if (entry.Deliver)
        {
            session.Execute(
                "INSERT INTO outbox (channel, conversation, feed) VALUES ($1, $2, $3)",
                head.Channel,
                head.Number,
                head.LastFeed);
        }
    }

    private void CheckEntry(NewEntry entry)
    {
        CheckId(entry.Kind, nameof(entry.Kind));
        var length = (entry.Text?.Length ?? 0) + (entry.Payload?.Length ?? 0);
        if (length > _options.MaxEntryLength)
        {
            throw new ArgumentOutOfRangeException(nameof(entry), length, $"text and payload of one row may have {_options.MaxEntryLength} UTF-16 units together.");
        }
    }

    private static Conversation? FindConversation(SqliteSession session, string conversationId)
    {
        using var rows = session.Query($"SELECT {ConversationColumns} FROM conversation c WHERE c.id = $1", conversationId);
        return rows.Read() ? ReadConversation(rows) : null;
    }

    /// <summary>Rows that the snapshot does not hold, without the unanswered inputs.</summary>
    private static List<LogEntry> ReadUnfolded(SqliteSession session, string conversationId)
    {
        using var rows = session.Query(
            $"""
            SELECT {EntryColumns} FROM conversation c JOIN log l ON l.conversation = c.number
            WHERE c.id = $1 AND l.sequence > c.snapshot_seen
                AND NOT (l.sequence BETWEEN c.snapshot_first AND c.snapshot_sequence)
                AND NOT (l.is_input = 1 AND l.sequence > c.handled_sequence)
            ORDER BY l.sequence
            """,
            conversationId);
        return ReadEntries(rows);
    }

    private static Conversation ReadConversation(SqliteDataReader row, int at = 0) => new()
    {
        Id = row.GetString(at),
        Channel = row.GetString(at + 1),
        Account = row.GetString(at + 2),
        Reference = TextOrNull(row, at + 3),
        CreatedAt = Instant(row.GetInt64(at + 4)),
        LastSequence = row.GetInt64(at + 5),
        HandledSequence = row.GetInt64(at + 6),
        Snapshot = TextOrNull(row, at + 7),
        SnapshotSequence = row.GetInt64(at + 8),
    };

    private static List<LogEntry> ReadEntries(SqliteDataReader rows)
    {
        var entries = new List<LogEntry>();
        while (rows.Read())
        {
            entries.Add(ReadEntry(rows));
        }

        return entries;
    }

    private static LogEntry ReadEntry(SqliteDataReader row) => new()
    {
        FeedPosition = row.GetInt64(0),
        Sequence = row.GetInt64(1),
        Audience = (Audience)row.GetInt32(2),
        Author = (Author)row.GetInt32(3),
        Kind = row.GetString(4),
        Text = TextOrNull(row, 5),
        Payload = TextOrNull(row, 6),
        ExternalId = TextOrNull(row, 7),
        Timestamp = Instant(row.GetInt64(8)),
        ConversationId = row.GetString(9),
    };

    private static string? TextOrNull(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>What a write moves of a conversation's row.</summary>
    private sealed class Head
    {
        public required long Number { get; init; }

        public required string Channel { get; init; }

        public required long HandledSequence { get; init; }

        public required long LastSequence { get; set; }

        public required long LastFeed { get; set; }

        public required long LastTimestamp { get; set; }

        public required long? WaitingFeed { get; set; }

        public static Head? Find(SqliteSession session, string conversationId)
        {
            using var row = session.Query(
                "SELECT number, channel, handled_sequence, last_sequence, last_feed, last_timestamp, waiting_feed FROM conversation WHERE id = $1",
                conversationId);
            return row.Read()
                ? new Head
                {
                    Number = row.GetInt64(0),
                    Channel = row.GetString(1),
                    HandledSequence = row.GetInt64(2),
                    LastSequence = row.GetInt64(3),
                    LastFeed = row.GetInt64(4),
                    LastTimestamp = row.GetInt64(5),
                    WaitingFeed = row.IsDBNull(6) ? null : row.GetInt64(6),
                }
                : null;
        }

        public static Head Create(SqliteSession session, IncomingActivity activity, long now)
        {
            session.Execute(
                """
                INSERT INTO conversation (id, channel, account, reference, created_at, last_sequence, last_feed, last_timestamp)
                VALUES ($1, $2, $3, $4, $5, 0, 0, 0)
                """,
                activity.ConversationId,
                activity.Channel,
                activity.Account,
                activity.Reference,
                now);
            return new Head
            {
                Number = session.LastInsertId,
                Channel = activity.Channel,
                HandledSequence = 0,
                LastSequence = 0,
                LastFeed = 0,
                LastTimestamp = 0,
                WaitingFeed = null,
            };
        }

        public void Save(SqliteSession session) => session.Execute(
            "UPDATE conversation SET last_sequence = $2, last_feed = $3, last_timestamp = $4, waiting_feed = $5 WHERE number = $1",
            Number,
            LastSequence,
            LastFeed,
            LastTimestamp,
            WaitingFeed);
    }
}
