namespace ChatAgent.Neural;

/// <summary>Pools the steps of a sequence by learnt weights, which can be shown: which words counted.</summary>
/// <remarks>
/// k_t = tanh(W x_t + b)                   x_t outputs at a step, shape (D)     W  shape (A, D)     b  shape (A)
/// a   = softmax over t of v·k_t           v   shape (A)                        a  shape (n), n the sequence's steps
/// y   = Σ_t a_t x_t                       y   shape (D); zero of an empty sequence
/// Source: Yang et al. 2016, doi:10.18653/v1/N16-1174, equations 5 to 7. Not thread-safe while training; Forward is, with a tape for each thread.
/// </remarks>
public sealed class AttentionPooling
{
    private readonly WorkerPool? _pool;

    /// <summary>Adds <c>{name}.weight</c>, <c>{name}.bias</c> and <c>{name}.context</c>, drawn evenly from ±1/√D and ±1/√A, the bias zero.</summary>
    public AttentionPooling(ParameterSet parameters, string name, int width, int attention, Random random, WorkerPool? pool = null)
    {
        _pool = pool;
        (Width, Attention) = (width, attention);
        Weight = parameters.Add($"{name}.weight", attention, width);
        Bias = parameters.Add($"{name}.bias", attention);
        Context = parameters.Add($"{name}.context", attention);
        Weight.FillUniform(random, 1f / MathF.Sqrt(width));
        Context.FillUniform(random, 1f / MathF.Sqrt(attention));
    }

    /// <summary>D.</summary>
    public int Width { get; }

    /// <summary>A.</summary>
    public int Attention { get; }

    /// <summary>W.</summary>
    public Parameter Weight { get; }

    /// <summary>b.</summary>
    public Parameter Bias { get; }

    /// <summary>v.</summary>
    public Parameter Context { get; }

    /// <summary>Buffers for calls of at most that size.</summary>
    public AttentionPoolingTape CreateTape(int maxSteps, int batch) => new(maxSteps, batch, Attention);

    /// <summary>Pools.</summary>
    /// <param name="x">(T, B, D).</param>
    /// <param name="lengths">(B): steps of each row, 0 to T.</param>
    /// <param name="y">(B, D), set.</param>
    /// <param name="tape">Receives keys and weights.</param>
    public void Forward(ReadOnlySpan<float> x, ReadOnlySpan<int> lengths, Span<float> y, AttentionPoolingTape tape)
    {
        var (batch, rows) = (lengths.Length, x.Length / Width);
        var keys = tape.Keys.AsSpan(0, rows * Attention);
        Kernels.MatMul(x, false, Weight.Values, true, keys, rows, Attention, Width, accumulate: false, _pool, Bias.Values);
        Kernels.Tanh(keys, keys);
        y.Clear();
        for (var b = 0; b < batch; b++)
        {
            var weights = tape.Of(b)[..lengths[b]];
            for (var t = 0; t < weights.Length; t++)
            {
                weights[t] = Kernels.Dot(keys.Slice(((t * batch) + b) * Attention, Attention), Context.Values);
            }

            Kernels.Softmax(weights);
            for (var t = 0; t < weights.Length; t++)
            {
                Kernels.Axpy(weights[t], x.Slice(((t * batch) + b) * Width, Width), y.Slice(b * Width, Width));
            }
        }
    }

    /// <summary>Adds to the parameters' gradients and to that of the outputs.</summary>
    /// <param name="x">Forward's.</param>
    /// <param name="lengths">Forward's.</param>
    /// <param name="dy">(B, D).</param>
    /// <param name="dx">(T, B, D), added to; zero is added beyond a row's length.</param>
    /// <param name="tape">Forward's; its keys become their gradients.</param>
    public void Backward(ReadOnlySpan<float> x, ReadOnlySpan<int> lengths, ReadOnlySpan<float> dy, Span<float> dx, AttentionPoolingTape tape)
    {
        var (batch, rows) = (lengths.Length, x.Length / Width);
        var keys = tape.Keys.AsSpan(0, rows * Attention);
        var v = (ReadOnlySpan<float>)Context.Values;
        for (var b = 0; b < batch; b++)
        {
            var weights = tape.Of(b)[..lengths[b]];
            var d = dy.Slice(b * Width, Width);
            var dWeights = tape.DWeights.AsSpan(0, weights.Length);
            for (var t = 0; t < weights.Length; t++)
            {
                dWeights[t] = Kernels.Dot(d, x.Slice(((t * batch) + b) * Width, Width));
                Kernels.Axpy(weights[t], d, dx.Slice(((t * batch) + b) * Width, Width));
            }

            var mean = Kernels.Dot(weights, dWeights);
            for (var t = 0; t < rows / batch; t++)
            {
                var key = keys.Slice(((t * batch) + b) * Attention, Attention);
                if (t >= weights.Length)
                {
                    key.Clear();
                    continue;
                }

                var dScore = weights[t] * (dWeights[t] - mean);
                Kernels.Axpy(dScore, key, Context.Gradients);
                for (var i = 0; i < key.Length; i++)
                {
                    key[i] = dScore * v[i] * (1f - (key[i] * key[i]));
                }
            }
        }

        Kernels.MatMul(keys, true, x, false, Weight.Gradients, Attention, Width, rows, accumulate: true, _pool);
        Kernels.AddColumnSums(keys, Bias.Gradients, _pool);
        Kernels.MatMul(keys, false, Weight.Values, false, dx, rows, Width, Attention, accumulate: true, _pool);
    }
}
