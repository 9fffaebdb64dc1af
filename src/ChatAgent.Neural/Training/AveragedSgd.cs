namespace ChatAgent.Neural;

/// <summary>Stochastic gradient descent whose result is the mean of all parameters since a step.</summary>
/// <remarks>
/// w ← w − α·(g + λ·w), and from <see cref="StartAveraging"/> on: n ← n + 1, a ← a + (w − a)/n
/// Evaluate and keep a, go on training w: <see cref="Swap"/> changes places. Source: Polyak and Juditsky 1992, doi:10.1137/0330046; when to start is the caller's,
/// as in Merity et al. 2018, arXiv:1708.02182, section 3 (when validation has stopped getting better). Not thread-safe.
/// </remarks>
public sealed class AveragedSgd : IOptimizer
{
    private readonly ParameterSet _parameters;
    private readonly Sgd _sgd;
    private readonly float[] _mean;
    private readonly float[] _averaged = new float[2];

    /// <param name="parameters">What is trained; must not grow afterwards.</param>
    /// <param name="weightDecay">λ, 0 or more.</param>
    /// <param name="averageFrom">Optimiser step from which it averages; negative waits for <see cref="StartAveraging"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">λ is negative or NaN.</exception>
    public AveragedSgd(ParameterSet parameters, float weightDecay = 0f, long averageFrom = -1)
    {
        (_parameters, _sgd, _mean, AverageFrom) = (parameters, new Sgd(parameters, weightDecay), new float[parameters.Length], averageFrom);
    }

    /// <inheritdoc/>
    public long Steps => _sgd.Steps;

    /// <summary>Optimiser step from which it averages; negative while it does not.</summary>
    public long AverageFrom
    {
        get => (long)_averaged[1] - 1;
        private set => _averaged[1] = value + 1;
    }

    /// <summary>There is a mean to swap in.</summary>
    public bool IsAveraging => _averaged[0] > 0f;

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, float[] Values)> State => [("optimizer.mean", _mean), ("optimizer.averaged", _averaged)];

    /// <summary>Averages from the next step on; a mean that has begun goes on.</summary>
    public void StartAveraging() => AverageFrom = AverageFrom < 0 ? Steps : AverageFrom;

    /// <inheritdoc/>
    public void Step(float learningRate)
    {
        _sgd.Step(learningRate);
        if (AverageFrom >= 0 && Steps > AverageFrom)
        {
            // The count is a float in the checkpoint: up to 2^24 steps are exact.
            _averaged[0]++;
            Kernels.Scale(1f - (1f / _averaged[0]), _mean, _parameters.Pool);
            Kernels.Axpy(1f / _averaged[0], _parameters.Values, _mean, _parameters.Pool);
        }
    }

    /// <summary>Exchanges the parameters and their mean, if there is one; a second call undoes it.</summary>
    public void Swap()
    {
        if (!IsAveraging)
        {
            return;
        }

        var values = _parameters.Values;
        for (var i = 0; i < values.Length; i++)
        {
            (values[i], _mean[i]) = (_mean[i], values[i]);
        }
    }

    /// <inheritdoc/>
    public void Resume(long steps) => _sgd.Resume(steps);
}
