namespace ChatAgent.Neural;

/// <summary>Plain stochastic gradient descent: w ← w − α·(g + λ·w).</summary>
public sealed class Sgd : IOptimizer
{
    private readonly ParameterSet _parameters;
    private readonly float _weightDecay;

    /// <param name="parameters">What is trained.</param>
    /// <param name="weightDecay">λ, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">λ is negative or NaN.</exception>
    public Sgd(ParameterSet parameters, float weightDecay = 0f)
    {
        if (!(weightDecay >= 0f))
        {
            throw new ArgumentOutOfRangeException(nameof(weightDecay), weightDecay, "0 or more");
        }

        (_parameters, _weightDecay) = (parameters, weightDecay);
    }

    /// <inheritdoc/>
    public long Steps { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, float[] Values)> State => [];

    /// <inheritdoc/>
    public void Step(float learningRate)
    {
        if (_weightDecay > 0f)
        {
            Kernels.Scale(1f - (learningRate * _weightDecay), _parameters.Values, _parameters.Pool);
        }

        Kernels.Axpy(-learningRate, _parameters.Gradients, _parameters.Values, _parameters.Pool);
        Steps++;
    }

    /// <inheritdoc/>
    public void Resume(long steps) => Steps = steps;
}
