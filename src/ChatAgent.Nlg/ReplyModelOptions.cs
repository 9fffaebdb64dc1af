namespace ChatAgent.Nlg;

/// <summary>Sizes and training of a <see cref="ReplyModel"/>.</summary>
public sealed record ReplyModelOptions
{
    /// <summary>What pairs of this kind need: those of a bot, or those whose slots combine freely.</summary>
    public static ReplyModelOptions For(IReadOnlyList<ReplyPair> pairs) => !ReplyModelTrainer.CombinesFreely(pairs)
        ? new ReplyModelOptions()
        : pairs.Count >= ManyPairs
            ? new ReplyModelOptions { Open = true, Members = 2, Hidden = 192, Embedding = 64, Epochs = 12, LearningRate = 0.004f, MinimumCount = 5, KeptShare = 0.5, LeastPairs = 1 }
            : new ReplyModelOptions { Open = true, Members = 2, Hidden = 128, Embedding = 64, Epochs = 40, LearningRate = 0.004f, Dropout = 0.4f, MinimumCount = 2, LeastPairs = 1 };

    /// <summary>Pairs from which on a meaning has several texts, of which some can be left out.</summary>
    private const int ManyPairs = 15_000;

    /// <summary>Numbers per unit, 1 or more.</summary>
    public int Embedding { get; init; } = 96;

    /// <summary>Numbers of state, 1 or more.</summary>
    public int Hidden { get; init; } = 192;

    /// <summary>Recurrent layers, 1 or more.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Share zeroed of what goes into and comes out of each layer while training, 0 to below 1.</summary>
    public float Dropout { get; init; } = 0.2f;

    /// <summary>Passes over the pairs, 1 or more.</summary>
    public int Epochs { get; init; } = 36;

    /// <summary>Pairs that a pass shows of each act, language and style, 1 or more; fewer are shown up to three times, lest the frequent ones speak for the rare.</summary>
    public int LeastPairs { get; init; } = 6;

    /// <summary>Pairs of one step, 1 or more.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Learning rate of the first step, above 0; it falls evenly to a twentieth of that.</summary>
    public float LearningRate { get; init; } = 0.006f;

    /// <summary>Decoupled weight decay, 0 or more.</summary>
    public float WeightDecay { get; init; } = 0.01f;

    /// <summary>Largest norm of all gradients together, above 0.</summary>
    public float Clip { get; init; } = 5f;

    /// <summary>Slots combine freely and may be worded, as in a benchmark; a bot's acts have one set of slots each, whose values are copied.</summary>
    public bool Open { get; init; }

    /// <summary>Networks that speak as one, 1 to 8, each trained from another seed.</summary>
    public int Members { get; init; } = 1;

    /// <summary>How often a unit has to be seen to be learnt, 1 or more; texts with rarer ones are learnt around them.</summary>
    public int MinimumCount { get; init; } = 1;

    /// <summary>Share of the texts of one meaning that are learnt from, those that agree most, above 0 to 1; only where slots combine freely.</summary>
    public double KeptShare { get; init; } = 1.0;

    /// <summary>Threads, 1 or more; their number does not change the result.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Seed of the first parameters, the order of the pairs and the dropout.</summary>
    public int Seed { get; init; } = 1;
}
