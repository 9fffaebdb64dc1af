namespace ChatAgent.Neural;

/// <summary>Threads that wait, spinning for a moment and then asleep, for the parts of one kernel at a time.</summary>
/// <remarks>
/// A kernel splits its output, never a sum, over the parts, so results do not depend on the number of threads. One caller at a
/// time is served; a second one that finds the pool busy runs its parts itself. Thread-safe.
/// </remarks>
public sealed unsafe class WorkerPool : IDisposable
{
    private const int SpinsBeforeSleep = 300;

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim[] _wake;
    private readonly int[] _asleep;
    private delegate*<void*, int, int, void> _body;
    private void* _context;
    private int _parts;
    private int _generation;
    private int _pending;
    private int _busy;
    private volatile bool _disposed;

    /// <param name="threads">Threads that work together, the caller's included; 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than one thread.</exception>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _threads = new Thread[threads - 1];
        _wake = new SemaphoreSlim[threads - 1];
        _asleep = new int[threads - 1];
        for (var i = 0; i < _threads.Length; i++)
        {
            var index = i;
            _wake[i] = new SemaphoreSlim(0);
            _threads[i] = new Thread(() => Work(index)) { IsBackground = true, Name = $"neural {i + 1}" };
            _threads[i].Start();
        }
    }

    /// <summary>The pool of one: everything runs on the caller's thread.</summary>
    public static WorkerPool Inline { get; } = new(1);

    /// <summary>Threads that work together, the caller's included.</summary>
    public int Threads { get; }

    /// <summary>Ends the threads; parts asked for afterwards run on the caller's thread.</summary>
    public void Dispose()
    {
        if (_disposed || _threads.Length == 0)
        {
            return;
        }

        while (Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            Thread.Yield();
        }

        _disposed = true;
        for (var i = 0; i < _threads.Length; i++)
        {
            _wake[i].Release();
            _threads[i].Join();
            _wake[i].Dispose();
        }
    }

    /// <summary>Calls <paramref name="body"/> with (context, part, parts) for every part and returns when all are done.</summary>
    internal void Run(delegate*<void*, int, int, void> body, void* context)
    {
        if (Threads == 1 || _disposed || Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            body(context, 0, 1);
            return;
        }

        _body = body;
        _context = context;
        _parts = Threads;
        Volatile.Write(ref _pending, _threads.Length);
        Interlocked.Increment(ref _generation);
        for (var i = 0; i < _threads.Length; i++)
        {
            if (Interlocked.CompareExchange(ref _asleep[i], 0, 1) == 1)
            {
                _wake[i].Release();
            }
        }

        body(context, 0, Threads);
        for (var spins = 0; Volatile.Read(ref _pending) != 0; spins++)
        {
            Pause(spins);
        }

        Volatile.Write(ref _busy, 0);
    }

    private static void Pause(int spins)
    {
        // On a machine with more runnable threads than cores the one that is waited for needs this core.
        if (spins % 64 == 63)
        {
            Thread.Yield();
        }
        else
        {
            Thread.SpinWait(8);
        }
    }

    private void Work(int index)
    {
        var seen = 0;
        while (!_disposed)
        {
            var spins = 0;
            while (Volatile.Read(ref _generation) == seen && !_disposed)
            {
                if (++spins < SpinsBeforeSleep)
                {
                    Pause(spins);
                    continue;
                }

                Interlocked.Exchange(ref _asleep[index], 1);
                if (Volatile.Read(ref _generation) == seen && !_disposed)
                {
                    _wake[index].Wait();
                }
                else if (Interlocked.CompareExchange(ref _asleep[index], 0, 1) == 0)
                {
                    _wake[index].Wait();   // the caller saw us asleep between the two lines: take its token
                }

                spins = 0;
            }

            if (_disposed)
            {
                return;
            }

            seen = Volatile.Read(ref _generation);
            _body(_context, index + 1, _parts);
            Interlocked.Decrement(ref _pending);
        }
    }
}
