namespace ChatAgent.Neural;

/// <summary>Buffers of a <see cref="CrfLayer"/> for batches of at most that size; the caller owns them and makes them once.</summary>
public sealed class CrfTape
{
    private readonly int _labels;
    private readonly double[] _alpha;

    internal CrfTape(int maxSteps, int batch, int labels)
    {
        _labels = labels;
        ModelTooLargeException.ThrowIfTooLarge("steps × batch × labels of a CRF", 4, maxSteps, batch, labels);
        var (row, all) = (checked(batch * labels), checked(maxSteps * batch * labels));
        (_alpha, AlphaExp, Marginals, AlphaShift) = (new double[all], new float[all], new float[all], new double[maxSteps * batch]);
        (Beta, AheadAll, BetaShift, LogSums) = (new double[row], new double[row], new double[batch], new double[batch]);
        (Previous, Sums, Ahead) = (new float[row], new float[row], new double[labels]);
        (Ways, ExpWays, Pairs, RarePairs) = (new float[labels * labels], new float[labels * labels], new float[labels * labels], new float[labels * labels]);
        Back = new int[checked(maxSteps * labels)];
    }

    /// <summary>(T, B, L): the largest term of each row set aside, the exponentials of the rest.</summary>
    internal float[] AlphaExp { get; }

    /// <summary>(T, B): what was set aside.</summary>
    internal double[] AlphaShift { get; }

    /// <summary>(T, B, L).</summary>
    internal float[] Marginals { get; }

    /// <summary>(B, L): β of the step at hand.</summary>
    internal double[] Beta { get; }

    /// <summary>(B, L): scores and β of the step after it.</summary>
    internal double[] AheadAll { get; }

    internal double[] Ahead { get; }

    internal double[] BetaShift { get; }

    /// <summary>(B): ln of the sum over all label sequences.</summary>
    internal double[] LogSums { get; }

    internal float[] Previous { get; }

    internal float[] Sums { get; }

    /// <summary>(L, L): transitions, negative infinity where forbidden, and their exponentials.</summary>
    internal float[] Ways { get; }

    internal float[] ExpWays { get; }

    internal PackedMatrix PackedWays { get; } = new();

    /// <summary>(L, L): expected transitions but for the factor exp A, and those that had to be summed apart.</summary>
    internal float[] Pairs { get; }

    internal float[] RarePairs { get; }

    /// <summary>(T, L): where the best way into a label came from.</summary>
    internal int[] Back { get; }

    internal Span<double> Alpha(int t, int b, int batch) => _alpha.AsSpan(((t * batch) + b) * _labels, _labels);
}
