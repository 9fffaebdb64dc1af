using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ChatAgent.Store.Sqlite;

/// <summary>One connection with its prepared commands, kept by their text. Parameters are $1, $2, ... Not thread-safe: one user at a time.</summary>
internal sealed class SqliteSession : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);
    private readonly SqliteConnection _connection;

    static SqliteSession() => Batteries_V2.Init();

    /// <exception cref="SqliteException">The file cannot be opened in this mode.</exception>
    public SqliteSession(string file, SqliteOpenMode mode, TimeSpan busyTimeout)
    {
        File = file;
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = mode,
            Pooling = false,
            // SQLite's own busy handler waits in steps of milliseconds; the driver's, which comes after it, in steps of 150 ms: leave it no time.
            DefaultTimeout = 1,
        }.ToString());
        try
        {
            _connection.Open();
            Run($"PRAGMA busy_timeout = {(int)busyTimeout.TotalMilliseconds}");
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    public string File { get; }

    /// <summary>A transaction is open. SQLite itself ends one on some errors (full disk, I/O).</summary>
    public bool IsInTransaction => raw.sqlite3_get_autocommit(_connection.Handle) == 0;

    /// <summary>The row id of the last insert on this connection.</summary>
    public long LastInsertId => raw.sqlite3_last_insert_rowid(_connection.Handle);

    /// <summary>Runs a statement once, without keeping it: pragmas, schema, VACUUM.</summary>
    public void Run(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        // Rows are read to the end, so that a pragma that answers is finished with.
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
        }
    }

    /// <summary>Runs a prepared statement and returns the number of rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteNonQuery();

    /// <summary>Runs a prepared query. The reader must be disposed before the same text is used again.</summary>
    public SqliteDataReader Query(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteReader();

    /// <summary>The first column of the first row as a number, or null when there is no row or it holds NULL.</summary>
    public long? Number(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteScalar() is long number ? number : null;

    /// <summary>The first column of the first row as text, or null when there is no row or it holds NULL.</summary>
    public string? Text(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteScalar() as string;

    /// <summary>Runs the reads of <paramref name="read"/> against one state of the database.</summary>
    public T InSnapshot<T>(Func<SqliteSession, T> read)
    {
        Execute("BEGIN");
        try
        {
            return read(this);
        }
        finally
        {
            if (IsInTransaction)
            {
                Execute("COMMIT");
            }
        }
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }

        _connection.Dispose();
    }

    private SqliteCommand Bind(string sql, ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 1; i <= values.Length; i++)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
            }

            command.Prepare();
            _commands.Add(sql, command);
        }

        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] switch
            {
                null => DBNull.Value,
                // Neither this driver (it reads text up to a NUL) nor PostgreSQL keeps U+0000 in text.
                string text when text.Contains('\0', StringComparison.Ordinal) => text.Replace('\0', '\uFFFD'),
                var value => value,
            };
        }

        return command;
    }
}
