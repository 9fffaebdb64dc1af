using ChatAgent.Store.Sqlite;

namespace ChatAgent.Store;

/// <summary>Turns: claimed in memory, committed against the handled sequence on disk; and the deadlines that start them.</summary>
public sealed partial class SqliteConversationStore
{
    /// <inheritdoc/>
    public async Task<TurnClaim?> ClaimAsync(string conversationId, TimeSpan lease, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lease, TimeSpan.Zero);
        var now = _time.GetUtcNow();
        if (_turns.TryTake(conversationId, now, now + lease) is not { } token)
        {
            return null;
        }

        // Read after the lease was taken: whoever held it before has committed, and this read sees that.
        TurnClaim? claim = null;
        try
        {
            claim = await _readers.ReadAsync(session => session.InSnapshot(s => ReadClaim(s, conversationId, token, now + lease)), cancellationToken);
            return claim;
        }
        finally
        {
            if (claim is null)
            {
                _turns.Release(conversationId, token);
            }
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListWaitingAsync(int limit, CancellationToken cancellationToken) =>
        _readers.ReadAsync<IReadOnlyList<string>>(
            session =>
            {
                var now = _time.GetUtcNow();
                var waiting = new List<string>();
                using var rows = session.Query("SELECT id FROM conversation WHERE waiting_feed IS NOT NULL ORDER BY waiting_feed");
                while (waiting.Count < limit && rows.Read())
                {
                    var id = rows.GetString(0);
                    if (!_turns.IsHeld(id, now))
                    {
                        waiting.Add(id);
                    }
                }

                return waiting;
            },
            cancellationToken);

    /// <inheritdoc/>
    public async Task<long> CommitTurnAsync(TurnClaim claim, TurnCommit commit, CancellationToken cancellationToken)
    {
        foreach (var entry in commit.Entries)
        {
            CheckEntry(entry);
        }

        CheckDocuments(commit.Documents);
        try
        {
            return await _writer.WriteAsync(session => CommitTurn(session, claim, commit), cancellationToken);
        }
        finally
        {
            _turns.Release(claim.Conversation.Id, claim.Lease);
        }
    }

    /// <inheritdoc/>
    public Task ReleaseAsync(TurnClaim claim, CancellationToken cancellationToken)
    {
        _turns.Release(claim.Conversation.Id, claim.Lease);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> FireDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        var until = now.ToUnixTimeMilliseconds();
        var next = await _readers.ReadAsync(session => session.Number("SELECT min(at) FROM due"), cancellationToken);
        return next is null || next > until
            ? []
            : await _writer.WriteAsync(session => FireDue(session, until, limit), cancellationToken);
    }

    private TurnClaim? ReadClaim(SqliteSession session, string conversationId, string token, DateTimeOffset ends)
    {
        if (FindConversation(session, conversationId) is not { } conversation)
        {
            return null;
        }

        List<LogEntry> inputs;
        using (var rows = session.Query(
            $"""
            SELECT {EntryColumns} FROM conversation c JOIN log l ON l.conversation = c.number
            WHERE c.id = $1 AND l.is_input = 1 AND l.sequence > c.handled_sequence ORDER BY l.sequence LIMIT $2
            """,
            conversationId,
            _options.MaxTurnInputs))
        {
            inputs = ReadEntries(rows);
        }

        return inputs.Count == 0
            ? null
            : new TurnClaim(conversation, inputs, ReadUnfolded(session, conversationId), token, ends);
    }

    private long CommitTurn(SqliteSession session, TurnClaim claim, TurnCommit commit)
    {
        var id = claim.Conversation.Id;
        if (!_turns.IsHolder(id, claim.Lease))
        {
            throw new StoreConflictException($"conversation {id}: the lease on the turn was lost.");
        }

        var head = Head.Find(session, id) ?? throw new StoreConflictException($"conversation {id}: it is gone.");
        if (head.HandledSequence != claim.Conversation.HandledSequence)
        {
            throw new StoreConflictException(
                $"conversation {id}: answered up to {head.HandledSequence} by another, up to {claim.Conversation.HandledSequence} when it was claimed.");
        }

        WriteDocuments(session, commit.Documents);
        var seen = claim.Conversation.LastSequence;
        var first = commit.Entries.Count == 0 ? 0 : head.LastSequence + 1;
        foreach (var entry in commit.Entries)
        {
            Append(session, head, entry, externalId: null);
        }

        foreach (var name in commit.CancelDue)
        {
            session.Execute("DELETE FROM due WHERE conversation = $1 AND name = $2", head.Number, name);
        }

        foreach (var due in commit.Due)
        {
            session.Execute(
                """
                INSERT INTO due (conversation, name, at, payload) VALUES ($1, $2, $3, $4)
                ON CONFLICT (conversation, name) DO UPDATE SET at = excluded.at, payload = excluded.payload
                """,
                head.Number,
                due.Name,
                Ceiling(due.At),
                due.Payload);
        }

        var handled = claim.Inputs[^1].Sequence;
        head.WaitingFeed = session.Number(
            "SELECT feed FROM log WHERE conversation = $1 AND is_input = 1 AND sequence > $2 ORDER BY sequence LIMIT 1",
            head.Number,
            handled);
        head.Save(session);
        session.Execute(
            """
            UPDATE conversation SET handled_sequence = $2, snapshot = $3, snapshot_seen = $4, snapshot_first = $5, snapshot_sequence = $6 WHERE number = $1
            """,
            head.Number,
            handled,
            commit.Snapshot,
            seen,
            first,
            first == 0 ? seen : head.LastSequence);
        return head.LastSequence;
    }

    private List<string> FireDue(SqliteSession session, long until, int limit)
    {
        var fired = new List<(string Conversation, long Number, string Name, string? Payload)>();
        using (var rows = session.Query(
            """
            SELECT c.id, c.number, d.name, d.payload FROM due d JOIN conversation c ON c.number = d.conversation
            WHERE d.at <= $1 ORDER BY d.at, d.conversation, d.name LIMIT $2
            """,
            until,
            limit))
        {
            while (rows.Read())
            {
                fired.Add((rows.GetString(0), rows.GetInt64(1), rows.GetString(2), TextOrNull(rows, 3)));
            }
        }

        foreach (var due in fired)
        {
            var head = Head.Find(session, due.Conversation)!;
            Append(
                session,
                head,
                new NewEntry { Audience = Audience.Bot, Author = Author.System, Kind = due.Name, Payload = due.Payload, IsInput = true },
                externalId: null);
            head.Save(session);
            session.Execute("DELETE FROM due WHERE conversation = $1 AND name = $2", due.Number, due.Name);
        }

        return [.. fired.Select(due => due.Conversation).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>A deadline within a millisecond comes at its end, never before.</summary>
    private static long Ceiling(DateTimeOffset at) => (at + TimeSpan.FromTicks(TimeSpan.TicksPerMillisecond - 1)).ToUnixTimeMilliseconds();
}
