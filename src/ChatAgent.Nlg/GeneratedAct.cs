namespace ChatAgent.Nlg;

/// <summary>How one act was worded.</summary>
public sealed record GeneratedAct
{
    public required DialogAct Act { get; init; }

    public required string Text { get; init; }

    public required WordingSource Source { get; init; }

    /// <summary>Length-normalised log-probability of the chosen hypothesis (natural logarithm), 0 for a written wording.</summary>
    public double Score { get; init; }

    /// <summary>Hypotheses that were refused before the chosen one, best first.</summary>
    public IReadOnlyList<RefusedHypothesis> Refused { get; init; } = [];

    /// <summary>The final beam, best first, the chosen one included; filled when an explanation was asked for.</summary>
    public IReadOnlyList<BeamEntry> Beam { get; init; } = [];

    /// <summary>The taught text of the act that has most in common with the chosen one; filled when an explanation was asked for and the model chose the words.</summary>
    public TaughtText? Nearest { get; init; }
}
