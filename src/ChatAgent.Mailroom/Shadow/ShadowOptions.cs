namespace ChatAgent.Mailroom;

/// <summary>When a kind may be done, and when no longer.</summary>
public sealed record ShadowOptions
{
    /// <summary>Marks of a kind before it may be switched on, 1 to 10,000.</summary>
    public int MinMarks { get; init; } = 30;

    /// <summary>Share of errors that is borne, 0 to 1: a kind whose errors are more than that with 95 % confidence is switched off.</summary>
    public double MaxErrorRate { get; init; } = 0.02;
}
