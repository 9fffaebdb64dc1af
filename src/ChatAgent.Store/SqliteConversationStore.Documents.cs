using System.Security.Cryptography;
using ChatAgent.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace ChatAgent.Store;

/// <summary>Documents with ETag, unique keys and index values.</summary>
public sealed partial class SqliteConversationStore
{
    private const string DocumentColumns = "d.collection, d.id, d.json, d.etag, d.keys, d.indexes";

    /// <inheritdoc/>
    public Task<Document?> FindDocumentAsync(string collection, string id, CancellationToken cancellationToken) =>
        _readers.ReadAsync(
            session =>
            {
                using var rows = session.Query($"SELECT {DocumentColumns} FROM document d WHERE d.collection = $1 AND d.id = $2", collection, id);
                return rows.Read() ? ReadDocument(rows) : null;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<Document?> FindDocumentByKeyAsync(string key, CancellationToken cancellationToken) =>
        _readers.ReadAsync(
            session =>
            {
                using var rows = session.Query(
                    $"SELECT {DocumentColumns} FROM document_key k JOIN document d ON d.number = k.document WHERE k.key = $1",
                    key);
                return rows.Read() ? ReadDocument(rows) : null;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Document>> ListDocumentsAsync(
        string collection,
        string? index,
        string? afterId,
        int limit,
        CancellationToken cancellationToken) =>
        _readers.ReadAsync<IReadOnlyList<Document>>(
            session =>
            {
                // SQLite compares UTF-8 bytes: code point order, which is .NET's ordinal order for all but the supplementary planes.
                using var rows = index is null
                    ? session.Query(
                        $"SELECT {DocumentColumns} FROM document d WHERE d.collection = $1 AND d.id > $2 ORDER BY d.id LIMIT $3",
                        collection,
                        afterId ?? "",
                        limit)
                    : session.Query(
                        $"""
                        SELECT {DocumentColumns} FROM document_index i JOIN document d ON d.number = i.document
                        WHERE i.collection = $1 AND i.value = $2 AND i.id > $3 ORDER BY i.id LIMIT $4
                        """,
                        collection,
                        index,
                        afterId ?? "",
                        limit);
                var documents = new List<Document>();
                while (rows.Read())
                {
                    documents.Add(ReadDocument(rows));
                }

                return documents;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task WriteDocumentsAsync(IReadOnlyList<DocumentWrite> documents, CancellationToken cancellationToken)
    {
        CheckDocuments(documents);
        return _writer.WriteAsync(
            session =>
            {
                WriteDocuments(session, documents);
                return documents.Count;
            },
            cancellationToken);
    }

    /// <summary>Checks all ETags and frees all old keys first, so that documents of one write may hand keys to each other in any order.</summary>
    private static void WriteDocuments(SqliteSession session, IReadOnlyList<DocumentWrite> documents)
    {
        foreach (var write in documents)
        {
            var found = FindStored(session, write);
            if (write.ExpectedETag is { } expected && expected != (found?.ETag ?? ""))
            {
                throw new StoreConflictException(
                    $"document {write.Collection}/{write.Id}: ETag \"{found?.ETag}\" is stored, \"{expected}\" was expected (empty: no document).");
            }

            if (found is { } stored)
            {
                session.Execute("DELETE FROM document_key WHERE document = $1", stored.Number);
                session.Execute("DELETE FROM document_index WHERE document = $1", stored.Number);
                if (write.Json is null)
                {
                    session.Execute("DELETE FROM document WHERE number = $1", stored.Number);
                }
            }
        }

        foreach (var write in documents)
        {
            if (write.Json is not null)
            {
                Store(session, write, write.Json);
            }
        }
    }

    private static void Store(SqliteSession session, DocumentWrite write, string json)
    {
        session.Execute(
            """
            INSERT INTO document (collection, id, json, etag, keys, indexes) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (collection, id) DO UPDATE SET json = excluded.json, etag = excluded.etag, keys = excluded.keys, indexes = excluded.indexes
            """,
            write.Collection,
            write.Id,
            json,
            RandomNumberGenerator.GetHexString(16, lowercase: true),
            ToJson(write.Keys),
            ToJson(write.Indexes));
        var number = FindStored(session, write)!.Value.Number;
        foreach (var key in write.Keys)
        {
            if (session.Execute("INSERT INTO document_key (key, document) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING", key, number) == 0)
            {
                throw new StoreConflictException($"document {write.Collection}/{write.Id}: the key \"{key}\" is taken.") { TakenKey = key };
            }
        }

        foreach (var value in write.Indexes)
        {
            session.Execute(
                "INSERT INTO document_index (collection, value, id, document) VALUES ($1, $2, $3, $4)",
                write.Collection,
                value,
                write.Id,
                number);
        }
    }

    private static (long Number, string ETag)? FindStored(SqliteSession session, DocumentWrite write)
    {
        using var row = session.Query("SELECT number, etag FROM document WHERE collection = $1 AND id = $2", write.Collection, write.Id);
        return row.Read() ? (row.GetInt64(0), row.GetString(1)) : null;
    }

    private static void CheckDocuments(IReadOnlyList<DocumentWrite> documents)
    {
        var seen = new HashSet<(string, string)>();
        foreach (var write in documents)
        {
            CheckId(write.Collection, nameof(write.Collection));
            CheckId(write.Id, nameof(write.Id));
            if (!seen.Add((write.Collection, write.Id)))
            {
                throw new ArgumentException($"document {write.Collection}/{write.Id} is written twice in one commit.", nameof(documents));
            }

            CheckValues(write, write.Keys, "key");
            CheckValues(write, write.Indexes, "index value");
        }
    }

    private static void CheckValues(DocumentWrite write, IReadOnlyList<string> values, string what)
    {
        foreach (var value in values)
        {
            CheckId(value, what);
        }

        if (values.Count > 1 && values.Distinct(StringComparer.Ordinal).Count() != values.Count)
        {
            throw new ArgumentException($"document {write.Collection}/{write.Id} names the same {what} twice.", nameof(values));
        }
    }

    private static Document ReadDocument(SqliteDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        row.GetString(2),
        row.GetString(3),
        FromJson(row.GetString(4)),
        FromJson(row.GetString(5)));
}
