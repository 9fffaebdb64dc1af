namespace ChatAgent.Neural;

/// <summary>Buffers of an <see cref="EncoderDecoder"/> for a batch of pairs; the caller owns them and makes them once.</summary>
public sealed class EncoderDecoderTape
{
    private float[] _dBoth = [];

    internal EncoderDecoderTape(int maxSources, int maxTargets, int batch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSources, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTargets, 1);
        (MaxSources, MaxTargets, Batch) = (maxSources, maxTargets, batch);
        (Sources, SourceLengths) = (new int[maxSources * batch], new int[batch]);
        (Inputs, Outputs) = (new int[maxTargets * batch], new int[maxTargets * batch]);
    }

    /// <summary>S, most steps of a source.</summary>
    public int MaxSources { get; }

    /// <summary>T, most steps of a target with its end.</summary>
    public int MaxTargets { get; }

    /// <summary>B.</summary>
    public int Batch { get; }

    /// <summary>Where each step looked.</summary>
    public AttentionTape Attention { get; init; } = null!;

    internal int SourceSteps { get; private set; } = 1;

    internal int TargetSteps { get; private set; } = 1;

    /// <summary>(S, B); 0 beyond a length.</summary>
    internal int[] Sources { get; }

    internal int[] SourceLengths { get; }

    /// <summary>(T, B): begin and all tokens but the last; the end beyond a length.</summary>
    internal int[] Inputs { get; }

    /// <summary>(T, B): all tokens and the end; −1 beyond a length.</summary>
    internal int[] Outputs { get; }

    internal RecurrentStackTape Encoder { get; init; } = null!;

    internal RecurrentStackTape Decoder { get; init; } = null!;

    internal PoolingLayer Last { get; init; } = null!;

    internal Dropout OutputDropout { get; init; } = null!;

    internal float[] Source { get; init; } = [];

    internal float[] Target { get; init; } = [];

    internal float[] DMemory { get; init; } = [];

    internal float[] DHidden { get; init; } = [];

    internal float[] Final { get; init; } = [];

    internal float[] DFinal => field ??= new float[Final.Length];

    /// <summary>First state of each layer, and cell of an LSTM, (B, H).</summary>
    internal float[][] First { get; init; } = [];

    internal float[] Contexts { get; init; } = [];

    internal float[] Both { get; init; } = [];

    internal float[] Combined { get; init; } = [];

    internal float[] Dropped { get; init; } = [];

    internal float[] Logits { get; init; } = [];

    internal IEnumerable<Dropout> Dropouts => Encoder.Dropouts.Concat(Decoder.Dropouts).Append(OutputDropout);

    internal Span<float> DBoth(int length)
    {
        _dBoth = _dBoth.Length < length ? new float[Both.Length] : _dBoth;
        return _dBoth.AsSpan(0, length);
    }

    /// <summary>Lays out a batch; rows that are not used are empty.</summary>
    /// <returns>Tokens to predict.</returns>
    internal int Place(ReadOnlySpan<int[]> sources, ReadOnlySpan<int[]> targets, int begin, int end)
    {
        if (sources.Length > Batch || sources.Length != targets.Length)
        {
            throw new ArgumentException($"{sources.Length} sources and {targets.Length} targets, the tape takes {Batch} of each", nameof(sources));
        }

        (SourceSteps, TargetSteps) = (1, 1);
        var count = 0;
        Array.Clear(SourceLengths);
        for (var b = 0; b < sources.Length; b++)
        {
            SourceLengths[b] = Math.Min(MaxSources, sources[b].Length);
            SourceSteps = Math.Max(SourceSteps, SourceLengths[b]);
            TargetSteps = Math.Max(TargetSteps, Math.Min(MaxTargets, targets[b].Length + 1));
        }

        Array.Clear(Sources);
        Inputs.AsSpan().Fill(end);
        Outputs.AsSpan().Fill(-1);
        for (var b = 0; b < sources.Length; b++)
        {
            for (var s = 0; s < SourceLengths[b]; s++)
            {
                Sources[(s * Batch) + b] = sources[b][s];
            }

            for (var t = 0; t < Math.Min(MaxTargets, targets[b].Length + 1); t++, count++)
            {
                Inputs[(t * Batch) + b] = t == 0 ? begin : targets[b][t - 1];
                Outputs[(t * Batch) + b] = t < targets[b].Length ? targets[b][t] : end;
            }
        }

        return count;
    }
}
