namespace ChatAgent.Neural;

/// <summary>How far a training is; what every trainer reports through <see cref="IProgress{T}"/>.</summary>
/// <param name="Stage">What is being trained, for a person: "reply model, epoch 3 of 30".</param>
/// <param name="Fraction">Share of the whole that is done, 0 to 1.</param>
/// <param name="Speed">Units per second since the last report, or since the beginning where that is too short to tell.</param>
/// <param name="SpeedUnit">What is counted: "tokens/s".</param>
/// <param name="Loss">Mean loss per token (natural logarithm) or per example; null where nothing of the kind is measured.</param>
/// <param name="TimeLeft">Estimated from the share that is done; null before there is anything to estimate from.</param>
public sealed record TrainingProgress(string Stage, double Fraction, double Speed, string SpeedUnit, double? Loss, TimeSpan? TimeLeft)
{
    /// <summary>e to the loss, where that is a mean per predicted token.</summary>
    public double? Perplexity { get; init; }

    /// <summary>Gradient norms by layer; empty where nobody looked.</summary>
    public IReadOnlyList<LayerGradient> Gradients { get; init; } = [];

    /// <summary>What is wrong with the gradients and what to change, or null.</summary>
    public string? Diagnosis { get; init; }
}
