using System.Text;
using System.Text.Json;
using ChatAgent.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace ChatAgent.Store;

/// <summary>Writes all of a database as JSON lines, for people and other programs. Reads one state of it, beside a running host.</summary>
/// <remarks>
/// One object a line, UTF-8, in this order; values that are JSON in the store are objects here, absent values are left out, instants are ISO 8601 UTC.
///
///     {"type":"conversation","id","channel","account","reference","createdAt","lastSequence","handledSequence","snapshot"}
///     {"type":"entry","conversation","sequence","feedPosition","audience","author","kind","text","payload","externalId","timestamp"}     in feed order
///     {"type":"document","collection","id","etag","keys","indexes","json"}
/// </remarks>
public static class StoreExporter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the export and returns how much it holds.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="StoreFormatException">It is another program's, a newer build's or damaged.</exception>
    public static Task<ExportCounts> ExportAsync(string file, Stream output, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"{file}: there is no such database.", file);
        }

        return Task.Run(
            () =>
            {
                try
                {
                    using var session = new SqliteSession(file, SqliteOpenMode.ReadOnly, TimeSpan.FromSeconds(5));
                    StoreSchema.ReadVersion(session, StoreSchema.Migrations.Count);
                    return session.InSnapshot(s => new ExportCounts(
                        WriteConversations(s, output, cancellationToken),
                        WriteEntries(s, output, cancellationToken),
                        WriteDocuments(s, output, cancellationToken)));
                }
                catch (SqliteException error)
                {
                    throw error.ToStoreException(file);
                }
            },
            cancellationToken);
    }

    private static int WriteConversations(SqliteSession session, Stream output, CancellationToken cancellationToken)
    {
        using var rows = session.Query(
            "SELECT id, channel, account, reference, created_at, last_sequence, handled_sequence, snapshot FROM conversation ORDER BY number");
        return WriteLines(rows, output, static (json, row) =>
        {
            json.WriteString("type", "conversation");
            json.WriteString("id", row.GetString(0));
            json.WriteString("channel", row.GetString(1));
            json.WriteString("account", row.GetString(2));
            WriteJson(json, "reference", row, 3);
            json.WriteString("createdAt", DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)));
            json.WriteNumber("lastSequence", row.GetInt64(5));
            json.WriteNumber("handledSequence", row.GetInt64(6));
            WriteJson(json, "snapshot", row, 7);
        }, cancellationToken);
    }

    private static int WriteEntries(SqliteSession session, Stream output, CancellationToken cancellationToken)
    {
        using var rows = session.Query(
            """
            SELECT c.id, l.sequence, l.feed, l.audience, l.author, l.kind, l.text, l.payload, l.external_id, l.timestamp
            FROM log l JOIN conversation c ON c.number = l.conversation ORDER BY l.feed
            """);
        return WriteLines(rows, output, static (json, row) =>
        {
            json.WriteString("type", "entry");
            json.WriteString("conversation", row.GetString(0));
            json.WriteNumber("sequence", row.GetInt64(1));
            json.WriteNumber("feedPosition", row.GetInt64(2));
            json.WriteString("audience", ((Audience)row.GetInt32(3)).ToString());
            json.WriteString("author", ((Author)row.GetInt32(4)).ToString());
            json.WriteString("kind", row.GetString(5));
            WriteText(json, "text", row, 6);
            WriteJson(json, "payload", row, 7);
            WriteText(json, "externalId", row, 8);
            json.WriteString("timestamp", DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(9)));
        }, cancellationToken);
    }

    private static int WriteDocuments(SqliteSession session, Stream output, CancellationToken cancellationToken)
    {
        using var rows = session.Query("SELECT collection, id, etag, keys, indexes, json FROM document ORDER BY collection, id");
        return WriteLines(rows, output, static (json, row) =>
        {
            json.WriteString("type", "document");
            json.WriteString("collection", row.GetString(0));
            json.WriteString("id", row.GetString(1));
            json.WriteString("etag", row.GetString(2));
            WriteJson(json, "keys", row, 3);
            WriteJson(json, "indexes", row, 4);
            WriteJson(json, "json", row, 5);
        }, cancellationToken);
    }

    private static int WriteLines(SqliteDataReader rows, Stream output, Action<Utf8JsonWriter, SqliteDataReader> write, CancellationToken cancellationToken)
    {
        using var json = new Utf8JsonWriter(output, Options);
        var count = 0;
        for (; rows.Read(); count++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            json.WriteStartObject();
            write(json, rows);
            json.WriteEndObject();
            json.Flush();
            output.WriteByte((byte)'\n');
            json.Reset();
        }

        return count;
    }

    private static void WriteText(Utf8JsonWriter json, string name, SqliteDataReader row, int column)
    {
        if (!row.IsDBNull(column))
        {
            json.WriteString(name, row.GetString(column));
        }
    }

    /// <summary>JSON as it is, without line breaks; what a caller stored that is no JSON, as a string.</summary>
    private static void WriteJson(Utf8JsonWriter json, string name, SqliteDataReader row, int column)
    {
        if (row.IsDBNull(column))
        {
            return;
        }

        var text = row.GetString(column);
        try
        {
            using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(text));
            json.WritePropertyName(name);
            document.RootElement.WriteTo(json);
        }
        catch (JsonException)
        {
            json.WriteString(name, text);
        }
    }
}
