namespace ChatAgent.Nlu.Embeddings;

/// <summary>How word vectors are trained.</summary>
/// <remarks>With one thread the same text, options and seed give the same bits. With several, skip-gram, CBOW, fastText and GloVe write to shared rows without locks and differ from run to run;
/// Svd gives the same bits on any number of threads.</remarks>
public sealed record EmbeddingOptions
{
    /// <summary>The method.</summary>
    public EmbeddingMethod Method { get; init; } = EmbeddingMethod.FastText;

    /// <summary>D, numbers of a vector, 1 to 2,000.</summary>
    public int Dimensions { get; init; } = 100;

    /// <summary>Words to each side that count as neighbours, 1 to 50; the prediction methods draw the reach anew for every word. Null: 5, for counts (GloVe, SVD) 8.</summary>
    public int? Window { get; init; }

    /// <summary>Words seen less often have no vector of their own, 1 or more.</summary>
    public int MinimumCount { get; init; } = 5;

    /// <summary>Wrong words for each right one, 1 to 50.</summary>
    public int Negatives { get; init; } = 5;

    /// <summary>Passes over the text, or for GloVe over the counts, 1 to 1,000. Null: 5, for GloVe 20.</summary>
    public int? Epochs { get; init; }

    /// <summary>First learning rate, falling to 0; above 0, at most 1. Null: 0.05.</summary>
    public float? LearningRate { get; init; }

    /// <summary>Words above this share of the text are passed over at random, the more the more frequent; 0 keeps all.</summary>
    public double Subsample { get; init; } = 1e-4;

    /// <summary>Shortest character n-gram, 1 or more.</summary>
    public int MinimumGram { get; init; } = 3;

    /// <summary>Longest character n-gram, at least the shortest.</summary>
    public int MaximumGram { get; init; } = 6;

    /// <summary>Cells that n-grams are hashed into; two in one cell share a vector.</summary>
    public int Buckets { get; init; } = 2_000_000;

    /// <summary>Threads, 1 to 256.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Seed of all chance.</summary>
    public int Seed { get; init; } = 1;

    internal int ReachOfWindow => Window ?? (Method is EmbeddingMethod.Glove or EmbeddingMethod.Svd ? 8 : 5);

    internal int Passes => Epochs ?? (Method == EmbeddingMethod.Glove ? 20 : 5);

    internal float FirstRate => LearningRate ?? 0.05f;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the option, its value and its range.</exception>
    public void Require()
    {
        Check(Dimensions, 1, 2000, nameof(Dimensions));
        Check(ReachOfWindow, 1, 50, nameof(Window));
        Check(MinimumCount, 1, int.MaxValue, nameof(MinimumCount));
        Check(Negatives, 1, 50, nameof(Negatives));
        Check(Passes, 1, 1000, nameof(Epochs));
        Check(FirstRate, 1e-6, 1, nameof(LearningRate));
        Check(Subsample, 0, 1, nameof(Subsample));
        Check(MinimumGram, 1, 30, nameof(MinimumGram));
        Check(MaximumGram, MinimumGram, 30, nameof(MaximumGram));
        Check(Buckets, 1, int.MaxValue, nameof(Buckets));
        Check(Threads, 1, 256, nameof(Threads));
    }

    private static void Check(double value, double least, double most, string name)
    {
        if (!(value >= least && value <= most))
        {
            throw new ArgumentOutOfRangeException(name, value, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"expected {least} to {most}"));
        }
    }
}
