namespace ChatAgent.Neural;

/// <summary>An affine map of each row.</summary>
/// <remarks>
/// Y = X Wᵀ + b          X  shape (M, K)      W  weight, shape (N, K)      b  bias, shape (N)      Y  shape (M, N)
/// Not thread-safe: one instance per trainer.
/// </remarks>
public sealed class LinearLayer
{
    private readonly WorkerPool? _pool;

    /// <summary>Adds <c>{name}.weight</c> and <c>{name}.bias</c>, the weight drawn evenly from ±1/√K, the bias zero.</summary>
    public LinearLayer(ParameterSet parameters, string name, int inputs, int outputs, Random random, WorkerPool? pool = null)
    {
        _pool = pool;
        Weight = parameters.Add($"{name}.weight", outputs, inputs);
        Weight.FillUniform(random, 1f / MathF.Sqrt(inputs));
        Bias = parameters.Add($"{name}.bias", outputs);
    }

    /// <summary>Shares a weight that another layer owns (N×K): an output tied to the embedding. Adds <c>{name}.bias</c>.</summary>
    public LinearLayer(ParameterSet parameters, string name, Parameter weight, WorkerPool? pool = null)
    {
        _pool = pool;
        Weight = weight;
        Bias = parameters.Add($"{name}.bias", weight.Shape[0]);
    }

    /// <summary>N×K.</summary>
    public Parameter Weight { get; }

    /// <summary>N.</summary>
    public Parameter Bias { get; }

    /// <summary>K.</summary>
    public int Inputs => Weight.Shape[1];

    /// <summary>N.</summary>
    public int Outputs => Weight.Shape[0];

    /// <summary>Maps each row of <paramref name="x"/> (M×K) to a row of <paramref name="y"/> (M×N).</summary>
    public void Forward(ReadOnlySpan<float> x, Span<float> y)
    {
        Kernels.MatMul(x, false, Weight.Values, true, y, x.Length / Inputs, Outputs, Inputs, accumulate: false, _pool, Bias.Values);
    }

    /// <summary>Adds to the gradients of weight and bias and, unless <paramref name="dx"/> is empty, sets it.</summary>
    /// <param name="x">The rows given to Forward, (M, K).</param>
    /// <param name="dy">Gradient of Forward's result, (M, N).</param>
    /// <param name="dx">Gradient of <paramref name="x"/>, (M, K), or empty.</param>
    public void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx)
    {
        var rows = x.Length / Inputs;
        Kernels.MatMul(dy, true, x, false, Weight.Gradients, Outputs, Inputs, rows, accumulate: true, _pool);
        Kernels.AddColumnSums(dy, Bias.Gradients, _pool);
        if (!dx.IsEmpty)
        {
            Kernels.MatMul(dy, false, Weight.Values, false, dx, rows, Inputs, Outputs, accumulate: false, _pool);
        }
    }
}
