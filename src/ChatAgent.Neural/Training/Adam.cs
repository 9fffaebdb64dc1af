namespace ChatAgent.Neural;

/// <summary>Adam; weight decay, where asked for, goes into the gradient as an L2 penalty does: g ← g + λ w.</summary>
/// <remarks>The rest as in <see cref="AdamW"/>, whose decay does not. Source: Kingma and Ba 2015, arXiv:1412.6980, algorithm 1. Not thread-safe.</remarks>
public sealed class Adam : IOptimizer
{
    private readonly ParameterSet _parameters;
    private readonly float _decay;
    private readonly AdamW _adam;

    /// <summary>Sizes its two moments by the set, which must not grow afterwards.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public Adam(ParameterSet parameters, AdamWOptions? options = null)
    {
        (_parameters, _decay) = (parameters, options?.WeightDecay ?? 0f);
        _adam = new AdamW(parameters, (options ?? new AdamWOptions()) with { WeightDecay = Math.Min(0f, _decay) });
    }

    /// <inheritdoc/>
    public long Steps => _adam.Steps;

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, float[] Values)> State => _adam.State;

    /// <inheritdoc/>
    /// <remarks>With a decay the gradients are changed.</remarks>
    public void Step(float learningRate)
    {
        if (_decay > 0f)
        {
            Kernels.Axpy(_decay, _parameters.Values, _parameters.Gradients);
        }

        _adam.Step(learningRate);
    }

    /// <inheritdoc/>
    public void Resume(long steps) => _adam.Resume(steps);
}
