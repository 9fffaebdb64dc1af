namespace ChatAgent.Neural;

/// <summary>What Backward of an <see cref="AttentionPooling"/> needs from Forward; the caller owns it and makes it once.</summary>
public sealed class AttentionPoolingTape
{
    private readonly int _maxSteps;
    private readonly float[] _weights;

    internal AttentionPoolingTape(int maxSteps, int batch, int attention)
    {
        _maxSteps = maxSteps;
        _weights = new float[checked(maxSteps * batch)];
        Keys = new float[checked(maxSteps * batch * attention)];
        DWeights = new float[maxSteps];
    }

    /// <summary>(T, B, A).</summary>
    internal float[] Keys { get; }

    /// <summary>(T).</summary>
    internal float[] DWeights { get; }

    /// <summary>How much each step of row <paramref name="b"/> counted in the last Forward; the first n of them sum to 1, n being its length.</summary>
    public ReadOnlySpan<float> Weights(int b) => Of(b);

    internal Span<float> Of(int b) => _weights.AsSpan(b * _maxSteps, _maxSteps);
}
