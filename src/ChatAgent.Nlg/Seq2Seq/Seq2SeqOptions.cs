using ChatAgent.Neural;

namespace ChatAgent.Nlg;

/// <summary>How a <see cref="Seq2SeqModel"/> is made and trained.</summary>
public sealed record Seq2SeqOptions
{
    /// <summary>Steps of the source.</summary>
    public SequenceUnit SourceUnit { get; init; }

    /// <summary>Steps of the target.</summary>
    public SequenceUnit TargetUnit { get; init; }

    /// <summary>What the recurrent layers are.</summary>
    public RecurrentCell Cell { get; init; }

    /// <summary>How the source's steps are scored.</summary>
    public AttentionScore Attention { get; init; }

    /// <summary>Numbers per unit, 1 or more.</summary>
    public int Embedding { get; init; } = 64;

    /// <summary>Numbers of state, 1 or more.</summary>
    public int Hidden { get; init; } = 128;

    /// <summary>Layers of encoder and of decoder, 1 or more.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Share zeroed while training, 0 to below 1.</summary>
    public float Dropout { get; init; } = 0.1f;

    /// <summary>The output's weight is the target embedding's; needs both sizes equal.</summary>
    public bool Tied { get; init; }

    /// <summary>Times a unit must be seen to be known, 1 or more.</summary>
    public int MinimumCount { get; init; } = 1;

    /// <summary>Passes, rates and limits; a warm-up and a cosine down to nothing unless it brings a schedule.</summary>
    public TrainingOptions Training { get; init; } = new() { Stage = "seq2seq", Epochs = 12, Batch = 64, LearningRate = 0.004f, Clip = 1f, MaxSteps = 400 };
}
