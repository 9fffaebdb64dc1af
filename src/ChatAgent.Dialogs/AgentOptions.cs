namespace ChatAgent.Dialogs;

/// <summary>How the agent works.</summary>
public sealed record AgentOptions
{
    /// <summary>Channels to which replies are sent; on all others the client fetches them ("directline", "terminal").</summary>
    public IReadOnlySet<string> PushChannels { get; init; } = new HashSet<string>(StringComparer.Ordinal) { "emulator", "email" };

    /// <summary>Conversations answered at the same time, 1 to 64.</summary>
    public int Parallelism { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 64);

    /// <summary>How long one run of a turn may take before another may claim it, 1 second to 10 minutes.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Runs of one turn when others keep coming first, 1 to 20.</summary>
    public int MaxRuns { get; init; } = 5;

    /// <summary>Turns that may fail in a row before a person is called instead, 1 to 20.</summary>
    public int FailuresBeforeHandover { get; init; } = 3;

    /// <summary>How often waiting conversations and due times are looked for, 50 ms to 5 minutes.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Characters of one message that are read, 100 to 100,000; what follows is stored and not understood.</summary>
    public int MaxCharactersRead { get; init; } = 4_000;

    internal void Check()
    {
        Require(Parallelism is >= 1 and <= 64, nameof(Parallelism), Parallelism, "1 to 64");
        Require(Lease >= TimeSpan.FromSeconds(1) && Lease <= TimeSpan.FromMinutes(10), nameof(Lease), Lease, "1 second to 10 minutes");
        Require(MaxRuns is >= 1 and <= 20, nameof(MaxRuns), MaxRuns, "1 to 20");
        Require(FailuresBeforeHandover is >= 1 and <= 20, nameof(FailuresBeforeHandover), FailuresBeforeHandover, "1 to 20");
        Require(SweepInterval >= TimeSpan.FromMilliseconds(50) && SweepInterval <= TimeSpan.FromMinutes(5), nameof(SweepInterval), SweepInterval, "50 ms to 5 minutes");
        Require(MaxCharactersRead is >= 100 and <= 100_000, nameof(MaxCharactersRead), MaxCharactersRead, "100 to 100,000");
    }

    private static void Require(bool holds, string name, object? value, string allowed)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {allowed}.");
        }
    }
}
