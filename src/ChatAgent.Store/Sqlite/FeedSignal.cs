namespace ChatAgent.Store.Sqlite;

/// <summary>Wakes those who wait for rows after a feed position. Thread-safe.</summary>
internal sealed class FeedSignal(long end)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _end = end;
    private int _waiting;

    /// <summary>How many wait now.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Completes once the end lies after <paramref name="position"/>.</summary>
    public async Task WaitAsync(long position, CancellationToken cancellationToken)
    {
        Task next;
        lock (_lock)
        {
            if (_end > position)
            {
                return;
            }

            next = _next.Task;
        }

        Interlocked.Increment(ref _waiting);
        try
        {
            await next.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>Moves the end forward, after the commit, and wakes all who wait.</summary>
    public void Advance(long newEnd)
    {
        TaskCompletionSource reached;
        lock (_lock)
        {
            if (newEnd <= _end)
            {
                return;
            }

            _end = newEnd;
            reached = _next;
            _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        reached.SetResult();
    }

    /// <summary>Wakes all who wait for the last time: the store closes.</summary>
    public void Close() => Advance(long.MaxValue);
}
