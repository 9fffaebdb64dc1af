using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace ChatAgent.Store.Sqlite;

/// <summary>The only connection that writes, on a thread of its own, with one flush to the device for all that waits (group commit).</summary>
/// <remarks>
/// Operations run in the order in which they came, each in a savepoint: one that throws is undone alone. Their callers go on after COMMIT has returned.
/// When the group as a whole fails (disk full, I/O), it is rolled back and each operation is tried once more in a transaction of its own, so that only
/// those fail that do not fit. An operation may therefore run twice; it must touch nothing but the database.
/// </remarks>
internal sealed class SqliteWriter : IAsyncDisposable
{
    private readonly Channel<Operation> _queue;
    private readonly SqliteSession _session;
    private readonly TimeSpan _window;
    private readonly int _maxGroupSize;
    private readonly Action<long> _afterCommit;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Takes the session over and starts the thread.</summary>
    /// <param name="session">Opened for writing; disposed of with the writer.</param>
    /// <param name="options">Window, group size, queue length.</param>
    /// <param name="afterCommit">Called with the feed's end on the writer's thread after each commit, before its callers go on.</param>
    public SqliteWriter(SqliteSession session, SqliteStoreOptions options, Action<long> afterCommit)
    {
        _session = session;
        _window = options.GroupCommitWindow;
        _maxGroupSize = options.MaxGroupSize;
        _afterCommit = afterCommit;
        _queue = Channel.CreateBounded<Operation>(new BoundedChannelOptions(options.MaxQueuedWrites) { SingleReader = true });
        new Thread(Run) { IsBackground = true, Name = "store writer" }.Start();
    }

    /// <summary>Runs the operation in the next group and returns its result after the commit.</summary>
    /// <param name="write">May throw: its changes are undone and the caller gets the exception.</param>
    /// <param name="cancellationToken">Gives up while the operation is queued; one that has begun is finished.</param>
    public Task<T> WriteAsync<T>(Func<SqliteSession, T> write, CancellationToken cancellationToken) =>
        EnqueueAsync(new Operation<T>(write, isAlone: false, cancellationToken), cancellationToken);

    /// <summary>Runs an operation outside any transaction, with nothing beside it (VACUUM, checkpoint).</summary>
    public Task<T> RunAloneAsync<T>(Func<SqliteSession, T> write, CancellationToken cancellationToken) =>
        EnqueueAsync(new Operation<T>(write, isAlone: true, cancellationToken), cancellationToken);

    /// <summary>Finishes what is queued, then closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _ended.Task;
    }

    private async Task<T> EnqueueAsync<T>(Operation<T> operation, CancellationToken cancellationToken)
    {
        try
        {
            await _queue.Writer.WriteAsync(operation, cancellationToken);
        }
        catch (ChannelClosedException closed)
        {
            throw new ObjectDisposedException("the store is closed", closed);
        }

        return await operation.Result;
    }

    private void Run()
    {
        try
        {
            var group = new List<Operation>(_maxGroupSize);
            while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                if (_window > TimeSpan.Zero)
                {
                    Thread.Sleep(_window);
                }

                Operation? alone = null;
                while (group.Count < _maxGroupSize && alone is null && _queue.Reader.TryRead(out var operation))
                {
                    if (!operation.TryBegin())
                    {
                        continue;
                    }

                    if (operation.IsAlone)
                    {
                        alone = operation;
                    }
                    else
                    {
                        group.Add(operation);
                    }
                }

                CommitGroup(group);
                group.Clear();
                if (alone is not null)
                {
                    RunAlone(alone);
                }
            }
        }
        finally
        {
            _session.Dispose();
            _ended.SetResult();
        }
    }

    private void CommitGroup(List<Operation> group)
    {
        if (group.Count == 0 || TryCommit(group) is not { } failure)
        {
            return;
        }

        if (group.Count == 1)
        {
            group[0].Fail(ForCaller(failure));
            return;
        }

        foreach (var operation in group)
        {
            if (TryCommit([operation]) is { } error)
            {
                operation.Fail(ForCaller(error));
            }
        }
    }

    /// <summary>Runs and commits; completes every caller. On a failure of the whole nothing is written, no caller was told, and the error comes back.</summary>
    private Exception? TryCommit(List<Operation> group)
    {
        long feedEnd;
        try
        {
            _session.Execute("BEGIN IMMEDIATE");
            foreach (var operation in group)
            {
                _session.Execute("SAVEPOINT operation");
                try
                {
                    operation.Execute(_session);
                    _session.Execute("RELEASE operation");
                }
                catch (Exception error) when (error is not SqliteException { SqliteErrorCode: not ConstraintViolated })
                {
                    operation.Refuse(error);
                    _session.Execute("ROLLBACK TO operation");
                    _session.Execute("RELEASE operation");
                }
            }

            feedEnd = _session.Number("SELECT max(feed) FROM log") ?? 0;
            _session.Execute("COMMIT");
        }
        catch (Exception error)
        {
            try
            {
                if (_session.IsInTransaction)
                {
                    _session.Execute("ROLLBACK");
                }
            }
            catch (SqliteException)
            {
                // SQLite has rolled back on its own.
            }

            return error;
        }

        _afterCommit(feedEnd);
        foreach (var operation in group)
        {
            operation.Complete();
        }

        return null;
    }

    private void RunAlone(Operation operation)
    {
        try
        {
            operation.Execute(_session);
            operation.Complete();
        }
        catch (Exception error)
        {
            operation.Fail(ForCaller(error));
        }
    }

    private Exception ForCaller(Exception error) => error is SqliteException sqlite ? sqlite.ToStoreException(_session.File) : error;

    private const int ConstraintViolated = 19;

    private abstract class Operation(bool isAlone, CancellationToken cancellationToken)
    {
        public bool IsAlone { get; } = isAlone;

        /// <summary>False when the caller gave up while it was queued.</summary>
        public bool TryBegin()
        {
            if (!cancellationToken.IsCancellationRequested)
            {
                return true;
            }

            Fail(new OperationCanceledException(cancellationToken));
            return false;
        }

        public abstract void Execute(SqliteSession session);

        /// <summary>Remembers why the operation was undone; the caller hears of it with the group's commit.</summary>
        public abstract void Refuse(Exception error);

        public abstract void Complete();

        public abstract void Fail(Exception error);
    }

    private sealed class Operation<T>(Func<SqliteSession, T> write, bool isAlone, CancellationToken cancellationToken) : Operation(isAlone, cancellationToken)
    {
        private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _value;
        private Exception? _refusal;

        public Task<T> Result => _result.Task;

        public override void Execute(SqliteSession session)
        {
            _refusal = null;
            _value = write(session);
        }

        public override void Refuse(Exception error) => _refusal = error;

        public override void Complete()
        {
            if (_refusal is not null)
            {
                Fail(_refusal);
            }
            else
            {
                _result.SetResult(_value!);
            }
        }

        public override void Fail(Exception error)
        {
            if (error is OperationCanceledException canceled)
            {
                _result.TrySetCanceled(canceled.CancellationToken);
            }
            else
            {
                _result.TrySetException(error);
            }
        }
    }
}
