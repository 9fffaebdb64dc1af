using System.Security.Cryptography;

namespace ChatAgent.Store.Sqlite;

/// <summary>Who holds what until when, in the memory of this process. Thread-safe.</summary>
/// <remarks>
/// A lease dies with its process, so that a killed host's conversations can be claimed the moment it is back. That no two turns answer the same inputs rests
/// on the handled sequence, which every commit compares on disk: the lease saves work, it does not carry the promise.
/// </remarks>
internal sealed class LeaseTable<TKey>
    where TKey : notnull
{
    private readonly Dictionary<TKey, (string Token, DateTimeOffset Ends)> _held = [];
    private readonly Lock _lock = new();
    private int _pruneAt = 1024;

    /// <summary>Takes what nobody holds, or whose lease has ended; null when it is held.</summary>
    public string? TryTake(TKey key, DateTimeOffset now, DateTimeOffset ends)
    {
        lock (_lock)
        {
            if (_held.TryGetValue(key, out var held) && held.Ends > now)
            {
                return null;
            }

            var token = RandomNumberGenerator.GetHexString(32, lowercase: true);
            _held[key] = (token, ends);
            if (_held.Count > _pruneAt)
            {
                foreach (var old in _held.Where(pair => pair.Value.Ends <= now).Select(pair => pair.Key).ToList())
                {
                    _held.Remove(old);
                }

                _pruneAt = Math.Max(1024, 2 * _held.Count);
            }

            return token;
        }
    }

    /// <summary>Somebody holds it and the lease has not ended.</summary>
    public bool IsHeld(TKey key, DateTimeOffset now)
    {
        lock (_lock)
        {
            return _held.TryGetValue(key, out var held) && held.Ends > now;
        }
    }

    /// <summary>The token is the last that was given for the key and was not released. A lease that ended but that nobody took since still counts.</summary>
    public bool IsHolder(TKey key, string token)
    {
        lock (_lock)
        {
            return _held.TryGetValue(key, out var held) && held.Token == token;
        }
    }

    /// <summary>Gives it back; with a token that another has replaced nothing happens.</summary>
    public void Release(TKey key, string? token = null)
    {
        lock (_lock)
        {
            if (_held.TryGetValue(key, out var held) && (token is null || held.Token == token))
            {
                _held.Remove(key);
            }
        }
    }
}
