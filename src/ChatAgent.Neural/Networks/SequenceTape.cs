namespace ChatAgent.Neural;

/// <summary>Buffers of a <see cref="SequenceClassifier"/> or <see cref="SequenceTagger"/> for a batch; the caller owns them and makes them once.</summary>
public sealed class SequenceTape
{
    private readonly Dropout? _words;
    private readonly float[] _one = [1f];

    internal SequenceTape(SequenceEncoder encoder, SequenceNetworkOptions options, int maxSteps, int batch, Random? random)
    {
        (MaxSteps, Batch) = (maxSteps, batch);
        var rows = checked(maxSteps * batch);
        Stack = encoder.Stack.CreateTape(maxSteps, batch, random);
        _words = random is null || options.WordDropout == 0f ? null : new Dropout(options.WordDropout, 1, random);
        (Lengths, FirstRows) = (new int[batch], new int[rows]);
        X = new float[checked(rows * options.Embedding)];
        DOutputs = random is null ? [] : new float[checked(rows * encoder.Stack.Outputs)];
    }

    /// <summary>T, the most steps of one sequence; longer ones are cut.</summary>
    public int MaxSteps { get; }

    /// <summary>B, the most sequences of one call.</summary>
    public int Batch { get; }

    /// <summary>Steps of the last call: its longest sequence.</summary>
    public int Steps { get; private set; }

    /// <summary>The recurrent stack's buffers: gates, outputs.</summary>
    public RecurrentStackTape Stack { get; }

    /// <summary>A classifier's attention, or null.</summary>
    public AttentionPoolingTape? Attention { get; internal init; }

    internal PoolingLayer? Pooling { get; init; }

    internal CrfTape? Crf { get; init; }

    internal Dropout? PooledDropout { get; init; }

    /// <summary>(B): steps of each sequence, 0 of rows that the last call did not use.</summary>
    internal int[] Lengths { get; }

    internal int[] FirstRows { get; }

    internal float[] X { get; }

    internal float[] DOutputs { get; }

    internal float[] Pooled { get; init; } = [];

    internal float[] DPooled { get; init; } = [];

    internal float[] Scores { get; init; } = [];

    internal int[] Labels { get; init; } = [];

    /// <summary>The places where chance enters, for a checkpoint.</summary>
    internal IEnumerable<Dropout> Dropouts =>
        Stack.Dropouts.Concat(Stack.RecurrentDropouts).Concat(new[] { _words, PooledDropout }.OfType<Dropout>());

    internal void Place(ReadOnlySpan<FeatureSequence> sequences)
    {
        if (sequences.Length > Batch)
        {
            throw new ArgumentException($"{sequences.Length} sequences, the tape takes {Batch}", nameof(sequences));
        }

        Array.Clear(Lengths);
        Steps = 1;
        for (var b = 0; b < sequences.Length; b++)
        {
            Lengths[b] = Math.Min(MaxSteps, sequences[b].Length);
            Steps = Math.Max(Steps, Lengths[b]);
        }
    }

    internal bool DropsWord(float share)
    {
        if (_words is null || share == 0f)
        {
            return false;
        }

        Span<float> drawn = stackalloc float[1];
        _words.Forward(_one, drawn);
        return drawn[0] == 0f;
    }
}
