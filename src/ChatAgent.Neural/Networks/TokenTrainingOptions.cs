namespace ChatAgent.Neural;

/// <summary>How a <see cref="TokenNetwork"/> is trained.</summary>
public sealed record TokenTrainingOptions
{
    /// <summary>What the progress display calls the run.</summary>
    public string Stage { get; init; } = "language model";

    /// <summary>Passes over the text, 1 or more.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Learning rate of the first epoch, above 0.</summary>
    public float LearningRate { get; init; } = 0.002f;

    /// <summary>Factor on the learning rate after each epoch, above 0 to 1.</summary>
    public float Decay { get; init; } = 1f;

    /// <summary>Epochs before the decay begins, 0 or more.</summary>
    public int DecayAfter { get; init; }

    /// <summary>Largest norm of all gradients together, above 0.</summary>
    public float Clip { get; init; } = 5f;

    /// <summary>Seeds the dropout masks.</summary>
    public int Seed { get; init; } = 1;
}
