using System.Globalization;
using Microsoft.Data.Sqlite;

namespace ChatAgent.Store.Sqlite;

/// <summary>Makes a new database, brings an older one forward and refuses a foreign, newer or damaged one.</summary>
/// <remarks>
/// The file says whose it is: <c>application_id</c> is "ChAg" and <c>user_version</c> the number of migrations that were applied, all in one transaction.
///
///     conversation    a row a conversation: the head, the snapshot, how far it was answered
///     log             a row an activity or event; its key is the feed position, never given twice (AUTOINCREMENT)
///     accepted        (channel, account, external id) for ever, whatever becomes of the log's row
///     outbox          rows to deliver, oldest first; a delivered one is deleted, a given up one moves to dead_letter
///     due             deadlines by conversation and name
///     document        with document_key (unique in the store) and document_index (shared)
///
/// Instants are milliseconds since 1970, UTC. <c>waiting_feed</c> is the feed position of the oldest unanswered input. A snapshot holds all rows up to
/// <c>snapshot_seen</c> (the last row when its turn was claimed) and the turn's own, <c>snapshot_first</c> to <c>snapshot_sequence</c>: what others appended
/// while the turn ran lies between and is still to be folded.
/// </remarks>
internal static class StoreSchema
{
    /// <summary>"ChAg" in ASCII.</summary>
    public const int ApplicationId = 0x43684167;

    /// <summary>Each script brings the database from version i to i + 1. Never edit one that was released: add another.</summary>
    public static IReadOnlyList<string> Migrations { get; } =
    [
        """
        CREATE TABLE conversation (
            number            INTEGER PRIMARY KEY,
            id                TEXT    NOT NULL UNIQUE,
            channel           TEXT    NOT NULL,
            account           TEXT    NOT NULL,
            reference         TEXT,
            created_at        INTEGER NOT NULL,
            last_sequence     INTEGER NOT NULL,
            last_feed         INTEGER NOT NULL,
            last_timestamp    INTEGER NOT NULL,
            handled_sequence  INTEGER NOT NULL DEFAULT 0,
            waiting_feed      INTEGER,
            snapshot          TEXT,
            snapshot_seen     INTEGER NOT NULL DEFAULT 0,
            snapshot_first    INTEGER NOT NULL DEFAULT 0,
            snapshot_sequence INTEGER NOT NULL DEFAULT 0
        );
        CREATE INDEX conversation_by_change ON conversation (last_feed);
        CREATE INDEX conversation_waiting ON conversation (waiting_feed) WHERE waiting_feed IS NOT NULL;

        CREATE TABLE log (
            feed         INTEGER PRIMARY KEY AUTOINCREMENT,
            conversation INTEGER NOT NULL REFERENCES conversation (number),
            sequence     INTEGER NOT NULL,
            audience     INTEGER NOT NULL,
            author       INTEGER NOT NULL,
            kind         TEXT    NOT NULL,
            text         TEXT,
            payload      TEXT,
            external_id  TEXT,
            timestamp    INTEGER NOT NULL,
            is_input     INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX log_by_sequence ON log (conversation, sequence);
        CREATE INDEX log_inputs ON log (conversation, sequence) WHERE is_input = 1;

        CREATE TABLE accepted (
            channel      TEXT    NOT NULL,
            account      TEXT    NOT NULL,
            external_id  TEXT    NOT NULL,
            conversation INTEGER NOT NULL REFERENCES conversation (number),
            sequence     INTEGER NOT NULL,
            PRIMARY KEY (channel, account, external_id)
        ) WITHOUT ROWID;

        CREATE TABLE outbox (
            id           INTEGER PRIMARY KEY AUTOINCREMENT,
            channel      TEXT    NOT NULL,
            conversation INTEGER NOT NULL REFERENCES conversation (number),
            feed         INTEGER NOT NULL REFERENCES log (feed),
            attempts     INTEGER NOT NULL DEFAULT 0,
            retry_at     INTEGER NOT NULL DEFAULT 0,
            reason       TEXT
        );
        CREATE INDEX outbox_by_conversation ON outbox (conversation, id);
        CREATE INDEX outbox_by_channel ON outbox (channel, id);

        CREATE TABLE dead_letter (
            id           INTEGER PRIMARY KEY,
            channel      TEXT    NOT NULL,
            conversation INTEGER NOT NULL REFERENCES conversation (number),
            feed         INTEGER NOT NULL REFERENCES log (feed),
            attempts     INTEGER NOT NULL,
            failed_at    INTEGER NOT NULL,
            reason       TEXT    NOT NULL
        );

        CREATE TABLE due (
            conversation INTEGER NOT NULL REFERENCES conversation (number),
            name         TEXT    NOT NULL,
            at           INTEGER NOT NULL,
            payload      TEXT,
            PRIMARY KEY (conversation, name)
        ) WITHOUT ROWID;
        CREATE INDEX due_by_time ON due (at);

        CREATE TABLE document (
            number     INTEGER PRIMARY KEY,
            collection TEXT NOT NULL,
            id         TEXT NOT NULL,
            json       TEXT NOT NULL,
            etag       TEXT NOT NULL,
            keys       TEXT NOT NULL,
            indexes    TEXT NOT NULL
        );
        CREATE UNIQUE INDEX document_by_id ON document (collection, id);

        CREATE TABLE document_key (
            key      TEXT PRIMARY KEY,
            document INTEGER NOT NULL REFERENCES document (number)
        ) WITHOUT ROWID;
        CREATE INDEX document_key_by_document ON document_key (document);

        CREATE TABLE document_index (
            collection TEXT    NOT NULL,
            value      TEXT    NOT NULL,
            id         TEXT    NOT NULL,
            document   INTEGER NOT NULL REFERENCES document (number),
            PRIMARY KEY (collection, value, id)
        ) WITHOUT ROWID;
        CREATE INDEX document_index_by_document ON document_index (document);
        """,
    ];

    /// <summary>Brings the database to the last of <paramref name="migrations"/>, in one transaction.</summary>
    /// <exception cref="StoreFormatException">It is another program's, or a newer build's. Nothing was changed.</exception>
    public static void Migrate(SqliteSession session, IReadOnlyList<string> migrations)
    {
        session.Run("BEGIN IMMEDIATE");
        try
        {
            var version = ReadVersion(session, migrations.Count);
            for (var next = version; next < migrations.Count; next++)
            {
                session.Run(migrations[next]);
            }

            if (version < migrations.Count)
            {
                session.Run(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}"));
                session.Run(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {migrations.Count}"));
            }

            session.Run("COMMIT");
        }
        catch
        {
            if (session.IsInTransaction)
            {
                session.Run("ROLLBACK");
            }

            throw;
        }
    }

    /// <summary>The version of the database, 0 for an empty one.</summary>
    /// <exception cref="StoreFormatException">It is another program's, or newer than <paramref name="newest"/>.</exception>
    public static int ReadVersion(SqliteSession session, int newest)
    {
        var application = session.Number("PRAGMA application_id") ?? 0;
        var version = session.Number("PRAGMA user_version") ?? 0;
        var tables = session.Number("SELECT count(*) FROM sqlite_master") ?? 0;
        if (application == 0 && version == 0 && tables == 0)
        {
            return 0;
        }

        if (application != ApplicationId)
        {
            throw new StoreFormatException(
                session.File,
                string.Create(CultureInfo.InvariantCulture, $"a database of another program (application id 0x{application:X8}, {tables} tables and indexes)"),
                string.Create(CultureInfo.InvariantCulture, $"a database of ChatAgent (application id 0x{ApplicationId:X8})"));
        }

        if (version < 1 || version > newest)
        {
            throw new StoreFormatException(
                session.File,
                string.Create(CultureInfo.InvariantCulture, $"schema version {version}"),
                string.Create(CultureInfo.InvariantCulture, $"1 to {newest}, which this build reads; upgrade ChatAgent"));
        }

        return (int)version;
    }

    /// <summary>Opens a session that writes: write-ahead log, flushed to the device at every commit.</summary>
    public static SqliteSession OpenWriter(SqliteStoreOptions options)
    {
        var session = new SqliteSession(options.File, SqliteOpenMode.ReadWriteCreate, options.BusyTimeout);
        try
        {
            // Read before anything is changed, so that a foreign file keeps its journal mode.
            ReadVersion(session, int.MaxValue);
            session.Run("PRAGMA journal_mode = WAL");
            session.Run("PRAGMA synchronous = FULL");
            session.Run("PRAGMA fullfsync = ON");            // macOS: fsync alone does not reach the platter
            session.Run("PRAGMA checkpoint_fullfsync = ON");
            session.Run("PRAGMA foreign_keys = ON");
            session.Run("PRAGMA journal_size_limit = 67108864");
            LimitSize(session, options.MaxFileBytes);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The file may not grow beyond this many bytes; null takes SQLite's own limit. Returns the limit in pages.</summary>
    public static long LimitSize(SqliteSession session, long? bytes)
    {
        var pageSize = session.Number("PRAGMA page_size") ?? 4096;
        var pages = bytes is { } limit ? Math.Max(1, limit / pageSize) : 1_073_741_823;
        session.Run(string.Create(CultureInfo.InvariantCulture, $"PRAGMA max_page_count = {pages}"));
        return pages;
    }
}
