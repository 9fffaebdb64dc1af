namespace ChatAgent.Appointments;

/// <summary>How one-time codes live.</summary>
public sealed record OneTimeCodeOptions
{
    /// <summary>At least 16 bytes that only this house knows: six digits hashed without a key could be guessed from the disk.</summary>
    public required byte[] Key { get; init; }

    /// <summary>How long a code is good, 1 minute to 1 day.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Wrong codes before a person is called, 1 to 10.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>Codes for one RUT in an hour, over all conversations, 1 to 100.</summary>
    public int MaxRequestsPerHour { get; init; } = 5;

    internal void Check()
    {
        Require(Key.Length >= 16, nameof(Key), $"{Key.Length} bytes", "at least 16 bytes");
        Require(Lifetime >= TimeSpan.FromMinutes(1) && Lifetime <= TimeSpan.FromDays(1), nameof(Lifetime), Lifetime, "1 minute to 1 day");
        Require(MaxAttempts is >= 1 and <= 10, nameof(MaxAttempts), MaxAttempts, "1 to 10");
        Require(MaxRequestsPerHour is >= 1 and <= 100, nameof(MaxRequestsPerHour), MaxRequestsPerHour, "1 to 100");
    }

    private static void Require(bool holds, string name, object? value, string allowed)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {allowed}.");
        }
    }
}
