namespace ChatAgent.Neural;

/// <summary>Adam with decoupled weight decay.</summary>
/// <remarks>
/// m ← β₁ m + (1 − β₁) g              v ← β₂ v + (1 − β₂) g²
/// w ← (1 − α λ) w − α · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε)
/// Source: Loshchilov and Hutter 2019, arXiv:1711.05101; Kingma and Ba 2015, arXiv:1412.6980. Not thread-safe.
/// </remarks>
public sealed class AdamW : IOptimizer
{
    private readonly ParameterSet _parameters;
    private readonly AdamWOptions _options;
    private readonly float[] _m;
    private readonly float[] _v;

    /// <summary>Sizes its two moments by the set, which must not grow afterwards.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public AdamW(ParameterSet parameters, AdamWOptions? options = null)
    {
        _options = options ?? new AdamWOptions();
        if (!(_options is { Beta1: >= 0f and < 1f, Beta2: >= 0f and < 1f, Epsilon: > 0f, WeightDecay: >= 0f }))
        {
            throw new ArgumentOutOfRangeException(nameof(options), _options, "β₁ and β₂ 0 to below 1, ε above 0, λ 0 or more");
        }

        _parameters = parameters;
        _m = new float[parameters.Length];
        _v = new float[parameters.Length];
    }

    /// <inheritdoc/>
    public long Steps { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, float[] Values)> State => [("optimizer.m", _m), ("optimizer.v", _v)];

    /// <inheritdoc/>
    public void Step(float learningRate)
    {
        Steps++;
        var rate = learningRate / (1.0 - Math.Pow(_options.Beta1, Steps));
        var correction = 1.0 / Math.Sqrt(1.0 - Math.Pow(_options.Beta2, Steps));
        Kernels.AdamStep(
            _parameters.Values, _parameters.Gradients, _m, _v, _options.Beta1, _options.Beta2, (float)rate, (float)correction, _options.Epsilon,
            1f - (learningRate * _options.WeightDecay), _parameters.Pool);
    }

    /// <inheritdoc/>
    public void Resume(long steps) => Steps = steps;
}
