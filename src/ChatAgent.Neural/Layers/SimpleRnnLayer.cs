namespace ChatAgent.Neural;

/// <summary>One plain recurrent layer over T steps.</summary>
/// <remarks>
/// h = tanh(W x + b + U h' + c)          x  input at this step, shape (E)      h' previous state, h new state, shape (H)
/// W is (H, E), U is (H, H), b and c are (H), as PyTorch's nn.RNN keeps them. Source: Elman 1990, doi:10.1207/s15516709cog1402_1.
/// Row-major, last index fastest. Not thread-safe: one instance per trainer.
/// </remarks>
public sealed class SimpleRnnLayer : IRecurrentLayer
{
    private readonly WorkerPool? _pool;
    private readonly LayerPacks _packs;

    /// <summary>Adds <c>{name}.weight_ih</c>, <c>.weight_hh</c>, <c>.bias_ih</c>, <c>.bias_hh</c>, all drawn evenly from ±1/√H.</summary>
    public SimpleRnnLayer(ParameterSet parameters, string name, int inputs, int hidden, Random random, WorkerPool? pool = null)
    {
        _pool = pool;
        (Inputs, Hidden) = (inputs, hidden);
        W = parameters.Add($"{name}.weight_ih", hidden, inputs);
        U = parameters.Add($"{name}.weight_hh", hidden, hidden);
        B = parameters.Add($"{name}.bias_ih", hidden);
        C = parameters.Add($"{name}.bias_hh", hidden);
        _packs = new LayerPacks(W, U, pool);
        foreach (var parameter in (Parameter[])[W, U, B, C])
        {
            parameter.FillUniform(random, 1f / MathF.Sqrt(hidden));
        }
    }

    /// <inheritdoc/>
    public int Inputs { get; }

    /// <inheritdoc/>
    public int Hidden { get; }

    /// <inheritdoc/>
    public int StateSize => Hidden;

    /// <inheritdoc/>
    public Parameter W { get; }

    /// <inheritdoc/>
    public Parameter U { get; }

    /// <inheritdoc/>
    public Parameter B { get; }

    /// <inheritdoc/>
    public Parameter C { get; }

    /// <inheritdoc/>
    public RecurrentTape CreateTape(int maxSteps, int batch) => new(maxSteps, batch, Hidden, gates: 1, recurrentSums: false, cells: false);

    /// <inheritdoc/>
    public void Freeze() => _packs.Freeze();

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<float> x, Span<float> state, RecurrentTape tape, int steps)
    {
        // The sums are made where the states will stand.
        var step = tape.Batch * Hidden;
        var sums = tape.States.AsSpan(step, steps * step);
        Kernels.MatMul(x, false, _packs.Input(), sums, steps * tape.Batch, accumulate: false, _pool, B.Values);
        Kernels.AddBias(sums, C.Values);

        var u = _packs.Recurrent();
        state.CopyTo(tape.States);
        for (var t = 0; t < steps; t++)
        {
            var h = sums.Slice(t * step, step);
            Kernels.MatMul(tape.States.AsSpan(t * step, step), false, u, h, tape.Batch, accumulate: true, _pool);
            Kernels.Tanh(h, h);
        }

        sums[((steps - 1) * step)..].CopyTo(state);
    }

    /// <inheritdoc/>
    public void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> dOutputs, Span<float> dx, RecurrentTape tape, int steps)
    {
        var (step, rows) = (tape.Batch * Hidden, steps * tape.Batch);
        var dh = tape.DState.AsSpan();
        dh.Clear();
        var u = _packs.RecurrentBack();
        for (var t = steps - 1; t >= 0; t--)
        {
            var dSum = tape.Gates.AsSpan(t * step, step);
            Kernels.Add(dOutputs.Slice(t * step, step), dh);
            Kernels.TanhBackward(tape.States.AsSpan((t + 1) * step, step), dh, dSum);
            Kernels.MatMul(dSum, false, u, dh, tape.Batch, accumulate: false, _pool);
        }

        var dSums = tape.Gates.AsSpan(0, steps * step);
        Kernels.MatMul(dSums, true, x, false, W.Gradients, Hidden, Inputs, rows, accumulate: true, _pool);
        Kernels.MatMul(dSums, true, tape.States.AsSpan(0, steps * step), false, U.Gradients, Hidden, Hidden, rows, accumulate: true, _pool);
        Kernels.AddColumnSums(dSums, B.Gradients, _pool);
        Kernels.AddColumnSums(dSums, C.Gradients, _pool);
        if (!dx.IsEmpty)
        {
            Kernels.MatMul(dSums, false, W.Values, false, dx, rows, Inputs, Hidden, accumulate: false, _pool);
        }
    }
}
