namespace ChatAgent.Neural;

/// <summary>What Backward of an <see cref="AttentionLayer"/> needs from Forward; the caller owns it and makes it once.</summary>
public sealed class AttentionTape
{
    private readonly float[] _weights;
    private readonly int _maxTargets;
    private readonly int _maxSources;

    /// <param name="keys">Keys that another tape made, shared; null of a tape that makes its own and can go back.</param>
    internal AttentionTape(AttentionLayer layer, int maxTargets, int maxSources, int batch, float[]? keys = null)
    {
        (_maxTargets, _maxSources) = (maxTargets, maxSources);
        _weights = new float[checked(batch * maxTargets * maxSources)];
        Keys = keys ?? new float[checked(maxSources * batch * layer.Hidden)];
        DKeys = keys is null ? new float[Keys.Length] : [];
        Queries = layer.Query is null ? [] : new float[checked(maxTargets * batch * layer.Hidden)];
        DQueries = new float[Queries.Length];
        (Sum, DSum, DWeights) = (new float[layer.Hidden], new float[layer.Hidden], new float[maxSources]);
    }

    /// <summary>(S, B, A).</summary>
    internal float[] Keys { get; }

    internal float[] DKeys { get; }

    /// <summary>(T, B, A) where additive.</summary>
    internal float[] Queries { get; }

    internal float[] DQueries { get; }

    internal float[] Sum { get; }

    internal float[] DSum { get; }

    internal float[] DWeights { get; }

    /// <summary>Where row <paramref name="b"/> looked at decoder step <paramref name="t"/>: one weight for each source step, of the last Forward.</summary>
    public ReadOnlySpan<float> Weights(int b, int t) => Of(b, t);

    internal Span<float> Of(int b, int t) => _weights.AsSpan(((b * _maxTargets) + t) * _maxSources, _maxSources);
}
