using ChatAgent.Neural;

namespace ChatAgent.Nlu;

/// <summary>How a <see cref="TextClassifier"/> or a <see cref="SlotTagger"/> is trained.</summary>
public sealed record SequenceTrainingOptions
{
    /// <summary>Recurrent layers.</summary>
    public RecurrentCell Cell { get; init; }

    /// <summary>E.</summary>
    public int Embedding { get; init; } = 100;

    /// <summary>H of each direction.</summary>
    public int Hidden { get; init; } = 100;

    /// <summary>Layers.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Both directions.</summary>
    public bool Bidirectional { get; init; } = true;

    /// <summary>From all steps to one vector, of classifiers.</summary>
    public SequencePooling Pooling { get; init; } = SequencePooling.Attention;

    /// <summary>Share zeroed while training.</summary>
    public float Dropout { get; init; } = 0.5f;

    /// <summary>Passes over the rows, 1 or more.</summary>
    public int Epochs { get; init; } = 12;

    /// <summary>Rows of one step, 1 or more.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Highest learning rate.</summary>
    public float LearningRate { get; init; } = 0.003f;

    /// <summary>Of every draw.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The training stops after this long.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <param name="stage">For the progress display.</param>
    /// <param name="rows">Trained on: few rows leave no steps to warm up in.</param>
    internal TrainingOptions ToTraining(string stage, int rows) => new()
    {
        Stage = stage, Epochs = Epochs, Batch = Batch, LearningRate = LearningRate, Seed = Seed, TimeLimit = TimeLimit, MaxSteps = 128, Patience = Math.Max(4, Epochs / 2),
        Schedule = new WarmUpSchedule(Math.Clamp((rows + Batch - 1) / Batch * Epochs / 10, 1, 50), new CosineSchedule(Epochs)),
    };
}
