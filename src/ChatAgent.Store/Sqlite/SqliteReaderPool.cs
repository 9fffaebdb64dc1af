using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace ChatAgent.Store.Sqlite;

/// <summary>A bounded number of read-only connections. In WAL mode they never wait for the writer, nor it for them.</summary>
internal sealed class SqliteReaderPool(string file, int size, TimeSpan busyTimeout) : IAsyncDisposable
{
    private readonly ConcurrentBag<SqliteSession> _idle = [];
    private readonly SemaphoreSlim _free = new(size);
    private volatile bool _isDisposed;

    /// <summary>Runs a read on a connection of the pool; waits for one when all are in use.</summary>
    public async Task<T> ReadAsync<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_idle.TryTake(out var session))
            {
                session = new SqliteSession(file, SqliteOpenMode.ReadOnly, busyTimeout);
            }

            try
            {
                return read(session);
            }
            finally
            {
                _idle.Add(session);
            }
        }
        catch (SqliteException error)
        {
            throw error.ToStoreException(file);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Waits for the reads that run, then closes all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        for (var i = 0; i < size; i++)
        {
            await _free.WaitAsync();
        }

        while (_idle.TryTake(out var session))
        {
            session.Dispose();
        }

        // Readers that come late find the pool disposed of, not the semaphore.
        _free.Release(size);
    }
}
