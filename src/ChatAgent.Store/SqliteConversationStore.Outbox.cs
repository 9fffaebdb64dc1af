using ChatAgent.Store.Sqlite;

namespace ChatAgent.Store;

/// <summary>What is to leave: in order per conversation, again until it is done or given up.</summary>
public sealed partial class SqliteConversationStore
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<OutboxItem>> ClaimOutboxAsync(string channel, int limit, TimeSpan lease, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lease, TimeSpan.Zero);
        return _readers.ReadAsync<IReadOnlyList<OutboxItem>>(
            session =>
            {
                var now = _time.GetUtcNow();
                var items = new List<OutboxItem>();
                foreach (var id in FindDeliverable(session, channel, now, limit))
                {
                    if (_deliveries.TryTake(id, now, now + lease) is null)
                    {
                        continue;
                    }

                    // Read again under the lease: its last holder may have completed or failed it since the list was read.
                    if (ReadDeliverable(session, id, now) is { } item)
                    {
                        items.Add(item);
                    }
                    else
                    {
                        _deliveries.Release(id);
                    }
                }

                return items;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task CompleteOutboxAsync(long id, CancellationToken cancellationToken)
    {
        await _writer.WriteAsync(session => session.Execute("DELETE FROM outbox WHERE id = $1", id), cancellationToken);
        _deliveries.Release(id);
    }

    /// <inheritdoc/>
    public async Task FailOutboxAsync(long id, DateTimeOffset? retryAt, string reason, CancellationToken cancellationToken)
    {
        await _writer.WriteAsync(
            session =>
            {
                if (retryAt is { } at)
                {
                    return session.Execute(
                        "UPDATE outbox SET attempts = attempts + 1, retry_at = $2, reason = $3 WHERE id = $1",
                        id,
                        Ceiling(at),
                        reason);
                }

                session.Execute(
                    """
                    INSERT INTO dead_letter (id, channel, conversation, feed, attempts, failed_at, reason)
                    SELECT id, channel, conversation, feed, attempts + 1, $2, $3 FROM outbox WHERE id = $1
                    """,
                    id,
                    Now,
                    reason);
                return session.Execute("DELETE FROM outbox WHERE id = $1", id);
            },
            cancellationToken);
        _deliveries.Release(id);
    }

    /// <summary>Deliveries that were given up, newest first, each with its reason.</summary>
    public Task<IReadOnlyList<DeadLetter>> ListDeadLettersAsync(long? beforeId, int limit, CancellationToken cancellationToken) =>
        _readers.ReadAsync<IReadOnlyList<DeadLetter>>(
            session =>
            {
                using var rows = session.Query(
                    """
                    SELECT d.id, d.channel, c.id, l.sequence, d.attempts, d.failed_at, d.reason
                    FROM dead_letter d JOIN log l ON l.feed = d.feed JOIN conversation c ON c.number = d.conversation
                    WHERE d.id < $1 ORDER BY d.id DESC LIMIT $2
                    """,
                    beforeId ?? long.MaxValue,
                    limit);
                var letters = new List<DeadLetter>();
                while (rows.Read())
                {
                    letters.Add(new DeadLetter(
                        rows.GetInt64(0),
                        rows.GetString(1),
                        rows.GetString(2),
                        rows.GetInt64(3),
                        rows.GetInt32(4),
                        Instant(rows.GetInt64(5)),
                        rows.GetString(6)));
                }

                return letters;
            },
            cancellationToken);

    private List<long> FindDeliverable(SqliteSession session, string channel, DateTimeOffset now, int limit)
    {
        // Only the oldest row of each conversation: one that waits for its retry holds the later ones back.
        using var rows = session.Query(
            """
            SELECT o.id FROM outbox o
            WHERE o.channel = $1 AND o.retry_at <= $2
                AND NOT EXISTS (SELECT 1 FROM outbox p WHERE p.conversation = o.conversation AND p.id < o.id)
            ORDER BY o.id
            """,
            channel,
            now.ToUnixTimeMilliseconds());
        var ids = new List<long>();
        while (ids.Count < limit && rows.Read())
        {
            if (!_deliveries.IsHeld(rows.GetInt64(0), now))
            {
                ids.Add(rows.GetInt64(0));
            }
        }

        return ids;
    }

    private static OutboxItem? ReadDeliverable(SqliteSession session, long id, DateTimeOffset now)
    {
        using var row = session.Query(
            $"""
            SELECT {EntryColumns}, o.attempts, {ConversationColumns}
            FROM outbox o JOIN log l ON l.feed = o.feed JOIN conversation c ON c.number = o.conversation
            WHERE o.id = $1 AND o.retry_at <= $2
            """,
            id,
            now.ToUnixTimeMilliseconds());
        return row.Read() ? new OutboxItem(id, ReadConversation(row, 11), ReadEntry(row), row.GetInt32(10)) : null;
    }
}
