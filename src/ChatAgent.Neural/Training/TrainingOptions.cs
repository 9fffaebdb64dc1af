namespace ChatAgent.Neural;

/// <summary>How a <see cref="TrainingLoop"/> trains, whatever it trains.</summary>
public sealed record TrainingOptions
{
    /// <summary>What the progress display calls the run.</summary>
    public string Stage { get; init; } = "training";

    /// <summary>Passes over the data, 1 or more.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Sequences of one batch, 1 or more; read by the trainers that make batches of sequences.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Most steps of one sequence, 1 or more; longer ones are cut. Read as <see cref="Batch"/> is.</summary>
    public int MaxSteps { get; init; } = 128;

    /// <summary>Learning rate before the schedule, above 0.</summary>
    public float LearningRate { get; init; } = 0.002f;

    /// <summary>What the rate is multiplied with as training goes on; null leaves it.</summary>
    public LearningRateSchedule? Schedule { get; init; }

    /// <summary>Largest norm of all gradients together, above 0.</summary>
    public float Clip { get; init; } = 5f;

    /// <summary>Batches whose gradients are averaged for one optimiser step, 1 or more.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>Epochs without a better validation before the run stops, 1 or more; 0 never stops early. The best parameters are kept in any case.</summary>
    public int Patience { get; init; }

    /// <summary>File that is written after every <see cref="CheckpointEvery"/> optimiser steps and every epoch, and from which a stopped run goes on bit for bit; null for none.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>Optimiser steps between two checkpoints within an epoch; 0 writes them at the end of epochs only.</summary>
    public int CheckpointEvery { get; init; }

    /// <summary>The run stops between two steps when it has taken this long, and writes its checkpoint; null for no limit. Where it stops depends on the machine.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Seeds order and dropout masks.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    internal static void Require(TrainingOptions options)
    {
        if (options is not { Epochs: >= 1, Batch: >= 1, MaxSteps: >= 1, LearningRate: > 0f, Clip: > 0f, Accumulate: >= 1, Patience: >= 0, CheckpointEvery: >= 0 })
        {
            throw new ArgumentOutOfRangeException(nameof(options), options, "epochs, batch, steps and accumulate at least 1, rate and clip above 0, patience and steps between checkpoints 0 or more");
        }
    }
}
