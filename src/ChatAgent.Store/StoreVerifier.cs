using System.Globalization;
using ChatAgent.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace ChatAgent.Store;

/// <summary>Checks the six promises on a database as it lies on disk. Reads one state of it, beside a running host.</summary>
public static class StoreVerifier
{
    private const int MaxFindingsPerCheck = 100;

    /// <summary>Each query returns one row a finding, of one column: what is wrong.</summary>
    private static readonly (string Check, string Sql)[] Checks =
    [
        ("sequences",
            """
            SELECT 'conversation ' || id || ': last sequence ' || last_sequence || ', its log ends at ' || coalesce(
                (SELECT max(sequence) FROM log WHERE conversation = c.number), 0)
            FROM conversation c
            WHERE last_sequence IS NOT coalesce((SELECT max(sequence) FROM log WHERE conversation = c.number), 0)
            """),
        ("sequences",
            """
            SELECT 'conversation ' || c.id || ': two rows have sequence ' || sequence
            FROM log JOIN conversation c ON c.number = conversation GROUP BY conversation, sequence HAVING count(*) > 1
            """),
        ("sequences", "SELECT 'feed ' || feed || ': sequence ' || sequence || ', 1 and more was expected' FROM log WHERE sequence < 1"),
        ("sequences",
            """
            SELECT 'conversation ' || c.id || ', sequence ' || w.sequence || ': timestamp ' || w.timestamp || ' does not lie after ' || w.before
            FROM (SELECT conversation, sequence, timestamp, lag(timestamp) OVER (PARTITION BY conversation ORDER BY sequence) AS before FROM log) w
            JOIN conversation c ON c.number = w.conversation
            WHERE w.timestamp <= w.before
            """),
        ("feed",
            """
            SELECT 'conversation ' || c.id || ', sequence ' || w.sequence || ': feed position ' || w.feed || ' does not lie after ' || w.before
            FROM (SELECT conversation, sequence, feed, lag(feed) OVER (PARTITION BY conversation ORDER BY sequence) AS before FROM log) w
            JOIN conversation c ON c.number = w.conversation
            WHERE w.feed <= w.before
            """),
        ("feed",
            """
            SELECT 'conversation ' || id || ': last feed position ' || last_feed || ', its log ends at ' || coalesce(
                (SELECT max(feed) FROM log WHERE conversation = c.number), 0)
            FROM conversation c
            WHERE last_feed IS NOT coalesce((SELECT max(feed) FROM log WHERE conversation = c.number), 0)
            """),
        ("feed",
            """
            SELECT 'the feed ends at ' || (SELECT max(feed) FROM log) || ', the counter stands at ' || coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'log'), 'nothing')
            WHERE (SELECT max(feed) FROM log) > coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'log'), 0)
            """),
        ("retries",
            """
            SELECT 'client id of channel ' || a.channel || ' points to conversation ' || a.conversation || ', sequence ' || a.sequence || ', which is not there or has another id'
            FROM accepted a LEFT JOIN log l ON l.conversation = a.conversation AND l.sequence = a.sequence
            WHERE l.external_id IS NOT a.external_id
            """),
        ("retries",
            """
            SELECT 'conversation ' || c.id || ', sequence ' || l.sequence || ': ' || count(a.sequence) || ' entries for its client id, one was expected'
            FROM log l JOIN conversation c ON c.number = l.conversation LEFT JOIN accepted a ON a.conversation = l.conversation AND a.sequence = l.sequence
            WHERE l.external_id IS NOT NULL GROUP BY l.feed HAVING count(a.sequence) <> 1
            """),
        ("handled",
            """
            SELECT 'conversation ' || id || ': answered up to ' || handled_sequence || ', which is no input of its log'
            FROM conversation c
            WHERE handled_sequence <> 0
                AND NOT EXISTS (SELECT 1 FROM log WHERE conversation = c.number AND sequence = c.handled_sequence AND is_input = 1)
            """),
        ("handled",
            """
            SELECT 'conversation ' || id || ': oldest unanswered input at feed position ' || coalesce(waiting_feed, 'none') || ', the log says ' || coalesce(
                (SELECT min(feed) FROM log WHERE conversation = c.number AND is_input = 1 AND sequence > c.handled_sequence), 'none')
            FROM conversation c
            WHERE waiting_feed IS NOT (SELECT min(feed) FROM log WHERE conversation = c.number AND is_input = 1 AND sequence > c.handled_sequence)
            """),
        ("snapshots",
            """
            SELECT 'conversation ' || id || ': snapshot of sequence ' || snapshot_sequence || ' (seen ' || snapshot_seen || ', own from ' || snapshot_first
                || '), the log ends at ' || last_sequence || ' and is answered up to ' || handled_sequence
            FROM conversation
            WHERE snapshot_sequence > last_sequence OR snapshot_seen > snapshot_sequence OR handled_sequence > snapshot_seen
                OR (snapshot_first <> 0 AND NOT snapshot_first BETWEEN snapshot_seen + 1 AND snapshot_sequence)
                OR (snapshot IS NULL) <> (snapshot_sequence = 0)
            """),
        ("snapshots", "SELECT 'conversation ' || id || ': the snapshot is not JSON' FROM conversation WHERE snapshot IS NOT NULL AND NOT json_valid(snapshot)"),
        ("outbox",
            """
            SELECT 'outbox row ' || o.id || ': feed position ' || o.feed || ' of conversation ' || o.conversation || ' on ' || o.channel || ' is not there or is another''s'
            FROM (SELECT id, channel, conversation, feed FROM outbox UNION ALL SELECT id, channel, conversation, feed FROM dead_letter) o
            LEFT JOIN log l ON l.feed = o.feed LEFT JOIN conversation c ON c.number = o.conversation
            WHERE l.conversation IS NOT o.conversation OR c.channel IS NOT o.channel
            """),
        ("outbox",
            """
            SELECT 'feed position ' || feed || ': ' || count(*) || ' rows in the outbox and the dead letters, one was expected'
            FROM (SELECT feed FROM outbox UNION ALL SELECT feed FROM dead_letter) GROUP BY feed HAVING count(*) > 1
            """),
        ("documents", "SELECT 'document ' || collection || '/' || id || ': not JSON' FROM document WHERE NOT json_valid(json)"),
        ("documents",
            """
            SELECT 'document ' || d.collection || '/' || d.id || ': key ' || j.value || ' is not held'
            FROM document d, json_each(d.keys) j LEFT JOIN document_key k ON k.key = j.value AND k.document = d.number WHERE k.key IS NULL
            """),
        ("documents",
            """
            SELECT 'key ' || k.key || ' is held for document ' || k.document || ', which does not name it'
            FROM document_key k LEFT JOIN document d ON d.number = k.document
            WHERE d.number IS NULL OR NOT EXISTS (SELECT 1 FROM json_each(d.keys) j WHERE j.value = k.key)
            """),
        ("documents",
            """
            SELECT 'document ' || d.collection || '/' || d.id || ': not found by index value ' || j.value
            FROM document d, json_each(d.indexes) j LEFT JOIN document_index i
                ON i.collection = d.collection AND i.value = j.value AND i.id = d.id AND i.document = d.number
            WHERE i.value IS NULL
            """),
        ("documents",
            """
            SELECT 'index value ' || i.value || ' leads to document ' || i.collection || '/' || i.id || ', which does not name it'
            FROM document_index i LEFT JOIN document d ON d.number = i.document AND d.collection = i.collection AND d.id = i.id
            WHERE d.number IS NULL OR NOT EXISTS (SELECT 1 FROM json_each(d.indexes) j WHERE j.value = i.value)
            """),
    ];

    /// <summary>Checks the database; an empty list is a sound one. At most 100 findings a check.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="StoreFormatException">It is another program's, a newer build's, or too damaged to be read at all.</exception>
    public static Task<IReadOnlyList<StoreFinding>> VerifyAsync(string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"{file}: there is no such database.", file);
        }

        return Task.Run<IReadOnlyList<StoreFinding>>(() => Verify(file, cancellationToken), cancellationToken);
    }

    private static List<StoreFinding> Verify(string file, CancellationToken cancellationToken)
    {
        try
        {
            using var session = new SqliteSession(file, SqliteOpenMode.ReadOnly, TimeSpan.FromSeconds(5));
            var version = StoreSchema.ReadVersion(session, StoreSchema.Migrations.Count);
            return version == 0
                ? throw new StoreFormatException(file, "an empty database", "a database of ChatAgent")
                : session.InSnapshot(s => Verify(s, cancellationToken));
        }
        catch (SqliteException error)
        {
            throw error.ToStoreException(file);
        }
    }

    private static List<StoreFinding> Verify(SqliteSession session, CancellationToken cancellationToken)
    {
        var findings = new List<StoreFinding>();
        using (var rows = session.Query("PRAGMA integrity_check"))
        {
            while (rows.Read())
            {
                if (rows.GetString(0) != "ok")
                {
                    findings.Add(new StoreFinding("file", rows.GetString(0)));
                }
            }
        }

        using (var rows = session.Query("PRAGMA foreign_key_check"))
        {
            while (rows.Read() && findings.Count < 2 * MaxFindingsPerCheck)
            {
                findings.Add(new StoreFinding(
                    "references",
                    string.Create(CultureInfo.InvariantCulture, $"a row of {rows.GetString(0)} points to a row of {rows.GetString(2)} that is not there")));
            }
        }

        foreach (var (check, sql) in Checks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var rows = session.Query(sql);
            for (var i = 0; i < MaxFindingsPerCheck && rows.Read(); i++)
            {
                findings.Add(new StoreFinding(check, rows.GetString(0)));
            }
        }

        return findings;
    }
}
