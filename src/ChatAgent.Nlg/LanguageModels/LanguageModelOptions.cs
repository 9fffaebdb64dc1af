using ChatAgent.Neural;

namespace ChatAgent.Nlg;

/// <summary>How a recurrent language model is made.</summary>
public sealed record LanguageModelOptions
{
    /// <summary>What a token is.</summary>
    public TextUnit Unit { get; init; }

    /// <summary>Most tokens known, 3 or more.</summary>
    public int MaximumVocabulary { get; init; } = 50_000;

    /// <summary>Least times that a known word or character is seen, 1 or more.</summary>
    public int MinimumCount { get; init; } = 1;

    /// <summary>Recurrent layers.</summary>
    public RecurrentCell Cell { get; init; }

    /// <summary>E.</summary>
    public int Embedding { get; init; } = 200;

    /// <summary>H.</summary>
    public int Hidden { get; init; } = 200;

    /// <summary>Layers.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>The output's weight is the embedding's.</summary>
    public bool Tied { get; init; }

    /// <summary>Share zeroed while training, 0 to below 1.</summary>
    public float Dropout { get; init; } = 0.2f;

    /// <summary>Share of the recurrent weights zeroed while training (Merity et al. 2018, arXiv:1708.02182, section 2), 0 to below 1.</summary>
    public float RecurrentDropout { get; init; }

    /// <summary>From the second layer on a layer's input is added to its output.</summary>
    public bool Residual { get; init; }

    /// <summary>One dropout mask for all steps of a chunk.</summary>
    public bool Variational { get; init; }

    /// <summary>How the parameters are moved.</summary>
    public LanguageModelOptimizer Optimizer { get; init; } = LanguageModelOptimizer.AdamW;

    /// <summary>Weight decay of AdamW, 0 or more.</summary>
    public float WeightDecay { get; init; } = 0.01f;

    /// <summary>Factor of the rate whenever validation has not become better, or of each epoch where there is none; above 0 to 1.</summary>
    public float Decay { get; init; } = 0.5f;

    /// <summary>Batch, steps, epochs (0 for as many as the length of the text asks for), rate, clip, seed, limits, checkpoint.</summary>
    public TrainingOptions Training { get; init; } = new() { Stage = "language model", Batch = 20, MaxSteps = 35, Epochs = 0, LearningRate = 0.002f, Clip = 5f };
}

/// <summary>How the parameters of a language model are moved.</summary>
public enum LanguageModelOptimizer
{
    /// <summary>Plain gradient descent.</summary>
    Sgd,

    /// <summary>Kingma and Ba 2015.</summary>
    Adam,

    /// <summary>Loshchilov and Hutter 2019.</summary>
    AdamW,

    /// <summary>Averaged gradient descent, Polyak and Juditsky 1992.</summary>
    Asgd,
}
