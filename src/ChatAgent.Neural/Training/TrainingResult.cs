namespace ChatAgent.Neural;

/// <summary>How a training ended.</summary>
/// <param name="Loss">Mean loss of the last epoch.</param>
/// <param name="Validation">The best validation, or null where there was none.</param>
/// <param name="BestEpoch">The epoch whose parameters were kept, from 1.</param>
/// <param name="Epochs">Epochs that were run.</param>
/// <param name="UnitsPerSecond">Tokens, or what the task counts, per second of the whole run.</param>
public sealed record TrainingResult(double Loss, double? Validation, int BestEpoch, int Epochs, double UnitsPerSecond)
{
    /// <summary>What was wrong with the gradients at the end and what to change, or null.</summary>
    public string? Diagnosis { get; init; }

    /// <summary>The time limit ended it; a checkpoint, if one was asked for, goes on from there.</summary>
    public bool IsUnfinished { get; init; }
}
