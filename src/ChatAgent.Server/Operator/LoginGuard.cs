namespace ChatAgent.Server.Operator;

/// <summary>Slows down the guessing of passwords: after some failures a name is locked for the address that failed, and an address for all names; each further failure doubles the wait.</summary>
/// <remarks>
/// A name is locked only for the address that guessed, so that nobody can shut a colleague out from elsewhere. Kept in memory: a restart forgets, and costs a
/// guesser more than it gives. Thread-safe.
/// </remarks>
internal sealed class LoginGuard(TimeProvider time)
{
    private const int FailuresOfName = 5;
    private const int FailuresOfAddress = 20;
    private const int MaxEntries = 10_000;
    private static readonly TimeSpan FirstLock = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestLock = TimeSpan.FromMinutes(15);

    /// <summary>Failures are forgotten this long after the last.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Attempts> _attempts = new(StringComparer.Ordinal);

    /// <summary>
    /// Lets an attempt begin, or says how long this address must wait before it may try this name. An attempt counts as failed from here on, before the slow
    /// hash, so that a burst in parallel gets no more tries than one after another; <see cref="Succeed"/> takes it back.
    /// </summary>
    /// <returns>Null when the attempt may go on.</returns>
    public TimeSpan? Begin(string name, string address)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var until = Max(Find(NameKey(name, address))?.LockedUntil, Find(AddressKey(address))?.LockedUntil);
            if (until > now)
            {
                return until - now;
            }

            Forget();
            Count(NameKey(name, address), FailuresOfName);
            Count(AddressKey(address), FailuresOfAddress);
            return null;
        }
    }

    /// <summary>The attempt was right: the name's failures are forgotten, and the address is not charged for it.</summary>
    public void Succeed(string name, string address)
    {
        lock (_gate)
        {
            _attempts.Remove(NameKey(name, address));
            if (Find(AddressKey(address)) is { } attempts)
            {
                var failures = Math.Max(0, attempts.Failures - 1);
                _attempts[AddressKey(address)] = attempts with { Failures = failures, LockedUntil = failures < FailuresOfAddress ? attempts.LastAt : attempts.LockedUntil };
            }
        }
    }

    private void Count(string key, int allowed)
    {
        var now = time.GetUtcNow();
        var failures = (Find(key) is { } before && now - before.LastAt < Memory ? before.Failures : 0) + 1;
        var over = failures - allowed;
        var wait = over < 0 ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Min(LongestLock.Ticks, FirstLock.Ticks << Math.Min(over, 10)));
        _attempts[key] = new Attempts(failures, now, now + wait);
    }

    private void Forget()
    {
        if (_attempts.Count < MaxEntries)
        {
            return;
        }

        // The oldest half goes: a flood of names costs memory to nobody.
        foreach (var key in _attempts.OrderBy(entry => entry.Value.LastAt).Take(MaxEntries / 2).Select(entry => entry.Key).ToList())
        {
            _attempts.Remove(key);
        }
    }

    private Attempts? Find(string key) => _attempts.GetValueOrDefault(key);

    private static DateTimeOffset Max(DateTimeOffset? first, DateTimeOffset? second) =>
        (first ?? DateTimeOffset.MinValue) > (second ?? DateTimeOffset.MinValue) ? first!.Value : second ?? DateTimeOffset.MinValue;

    private static string NameKey(string name, string address) => $"{address}\n{name.Trim().ToLowerInvariant()}";

    private static string AddressKey(string address) => $"{address}\n\n";

    private sealed record Attempts(int Failures, DateTimeOffset LastAt, DateTimeOffset LockedUntil);
}
