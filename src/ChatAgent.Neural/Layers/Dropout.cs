namespace ChatAgent.Neural;

/// <summary>Zeroes a share of the numbers while training and scales the rest up so that their mean stays (inverted dropout).</summary>
/// <remarks>
/// y = x ⊙ m, m = 0 with probability p, else 1/(1 − p). The mask comes from SplitMix64 (Steele, Lea and Flood 2014), whose whole state is
/// one number, so that a run resumes bit for bit. Source: Srivastava et al. 2014, JMLR 15; one mask for all steps of a sequence (variational)
/// after Gal and Ghahramani 2016, arXiv:1512.05287. Not thread-safe.
/// </remarks>
public sealed class Dropout
{
    private readonly float[] _mask;
    private readonly int _period;
    private ulong _state;

    /// <param name="probability">Share that is zeroed, 0 (nothing happens) to below 1.</param>
    /// <param name="capacity">Most numbers of one call.</param>
    /// <param name="random">Gives the seed.</param>
    /// <param name="period">Numbers after which the mask repeats, B times the width for one mask over all steps; 0 draws each number anew.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is outside its range.</exception>
    public Dropout(float probability, int capacity, Random random, int period = 0)
    {
        if (!(probability is >= 0f and < 1f))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "0 to below 1");
        }

        Probability = probability;
        _period = period;
        _mask = probability > 0f ? new float[period > 0 ? Math.Min(period, capacity) : capacity] : [];
        _state = (ulong)random.NextInt64();
    }

    /// <summary>Share that is zeroed.</summary>
    public float Probability { get; }

    /// <summary>State of the generator, for a checkpoint.</summary>
    public ulong State
    {
        get => _state;
        set => _state = value;
    }

    /// <summary>y = x ⊙ m with a new mask; <paramref name="y"/> may be <paramref name="x"/>.</summary>
    public void Forward(ReadOnlySpan<float> x, Span<float> y)
    {
        if (Probability == 0f)
        {
            x.CopyTo(y);
            return;
        }

        var mask = _mask.AsSpan(0, Drawn(x.Length));
        var keep = 1f / (1f - Probability);
        var threshold = (uint)(Probability * 4294967296.0);
        var i = 0;
        for (; i < mask.Length - 1; i += 2)
        {
            var bits = Next();
            mask[i] = (uint)bits < threshold ? 0f : keep;
            mask[i + 1] = (uint)(bits >> 32) < threshold ? 0f : keep;
        }

        if (i < mask.Length)
        {
            mask[i] = (uint)Next() < threshold ? 0f : keep;
        }

        Apply(x, y);
    }

    /// <summary>dx = dy ⊙ m with the mask of the last Forward; <paramref name="dx"/> may be <paramref name="dy"/>.</summary>
    public void Backward(ReadOnlySpan<float> dy, Span<float> dx)
    {
        if (Probability == 0f)
        {
            dy.CopyTo(dx);
            return;
        }

        Apply(dy, dx);
    }

    private int Drawn(int length) => _period > 0 ? Math.Min(_period, length) : length;

    private void Apply(ReadOnlySpan<float> x, Span<float> y)
    {
        for (var start = 0; start < x.Length; start += Drawn(x.Length))
        {
            var part = Math.Min(Drawn(x.Length), x.Length - start);
            Kernels.Multiply(x.Slice(start, part), _mask.AsSpan(0, part), y.Slice(start, part));
        }
    }

    private ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
