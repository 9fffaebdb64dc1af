namespace ChatAgent.Neural;

/// <summary>One LSTM layer over T steps whose cell forgets exactly as much as it takes in.</summary>
/// <remarks>
/// i = σ(W_i x + b_i + U_i h' + d_i)          x   input at this step, shape (E)
/// g = tanh(W_g x + b_g + U_g h' + d_g)       h'  previous state, shape (H)
/// o = σ(W_o x + b_o + U_o h' + d_o)          c'  previous cell, shape (H)
/// c = (1 − i) ⊙ c' + i ⊙ g                   c   new cell, shape (H)
/// h = o ⊙ tanh(c)                            h   new state, shape (H)
/// W is (3H, E), U is (3H, H), b and d are (3H), each in the order i, g, o; b_i begins around −1, so that the cell remembers from the start.
/// Source: Greff et al. 2017, arXiv:1503.04069, section III, "CIFG". Row-major, last index fastest. Not thread-safe: one instance per trainer.
/// </remarks>
public sealed class CoupledLstmLayer : IRecurrentLayer
{
    private const int GateCount = 3;

    private readonly WorkerPool? _pool;
    private readonly LayerPacks _packs;

    /// <summary>Adds <c>{name}.weight_ih</c>, <c>.weight_hh</c>, <c>.bias_ih</c>, <c>.bias_hh</c>, drawn evenly from ±1/√H.</summary>
    public CoupledLstmLayer(ParameterSet parameters, string name, int inputs, int hidden, Random random, WorkerPool? pool = null)
    {
        _pool = pool;
        (Inputs, Hidden) = (inputs, hidden);
        W = parameters.Add($"{name}.weight_ih", GateCount * hidden, inputs);
        U = parameters.Add($"{name}.weight_hh", GateCount * hidden, hidden);
        B = parameters.Add($"{name}.bias_ih", GateCount * hidden);
        C = parameters.Add($"{name}.bias_hh", GateCount * hidden);
        _packs = new LayerPacks(W, U, pool);
        foreach (var parameter in (Parameter[])[W, U, B, C])
        {
            parameter.FillUniform(random, 1f / MathF.Sqrt(hidden));
        }

        foreach (ref var take in B.Values[..hidden])
        {
            take -= 1f;
        }
    }

    /// <inheritdoc/>
    public int Inputs { get; }

    /// <inheritdoc/>
    public int Hidden { get; }

    /// <inheritdoc/>
    public int StateSize => 2 * Hidden;

    /// <inheritdoc/>
    public Parameter W { get; }

    /// <inheritdoc/>
    public Parameter U { get; }

    /// <inheritdoc/>
    public Parameter B { get; }

    /// <inheritdoc/>
    /// <remarks>d of the equations.</remarks>
    public Parameter C { get; }

    /// <inheritdoc/>
    public RecurrentTape CreateTape(int maxSteps, int batch) => new(maxSteps, batch, Hidden, GateCount, recurrentSums: false, cells: true);

    /// <inheritdoc/>
    public void Freeze() => _packs.Freeze();

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<float> x, Span<float> state, RecurrentTape tape, int steps)
    {
        var (step, wide) = (tape.Batch * Hidden, tape.Batch * GateCount * Hidden);
        var gates = tape.Gates.AsSpan(0, steps * wide);
        Kernels.MatMul(x, false, _packs.Input(), gates, steps * tape.Batch, accumulate: false, _pool, B.Values);
        Kernels.AddBias(gates, C.Values);

        var u = _packs.Recurrent();
        state[..step].CopyTo(tape.States);
        state[step..].CopyTo(tape.Cells);
        for (var t = 0; t < steps; t++)
        {
            var sums = gates.Slice(t * wide, wide);
            Kernels.MatMul(tape.States.AsSpan(t * step, step), false, u, sums, tape.Batch, accumulate: true, _pool);
            Kernels.CoupledGates(sums, tape.Cells.AsSpan(t * step, step), tape.Cells.AsSpan((t + 1) * step, step), tape.States.AsSpan((t + 1) * step, step), Hidden);
        }

        tape.States.AsSpan(steps * step, step).CopyTo(state);
        tape.Cells.AsSpan(steps * step, step).CopyTo(state[step..]);
    }

    /// <inheritdoc/>
    public void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> dOutputs, Span<float> dx, RecurrentTape tape, int steps)
    {
        var (step, wide, rows) = (tape.Batch * Hidden, tape.Batch * GateCount * Hidden, steps * tape.Batch);
        var dh = tape.DState.AsSpan();
        dh.Clear();
        tape.DCell.AsSpan().Clear();
        var u = _packs.RecurrentBack();
        for (var t = steps - 1; t >= 0; t--)
        {
            var dSums = tape.Gates.AsSpan(t * wide, wide);
            Kernels.Add(dOutputs.Slice(t * step, step), dh);
            Kernels.CoupledGatesBackward(dSums, tape.Cells.AsSpan(t * step, step), tape.Cells.AsSpan((t + 1) * step, step), dh, tape.DCell, Hidden);
            Kernels.MatMul(dSums, false, u, dh, tape.Batch, accumulate: false, _pool);
        }

        var dGates = tape.Gates.AsSpan(0, steps * wide);
        Kernels.MatMul(dGates, true, x, false, W.Gradients, GateCount * Hidden, Inputs, rows, accumulate: true, _pool);
        Kernels.MatMul(dGates, true, tape.States.AsSpan(0, steps * step), false, U.Gradients, GateCount * Hidden, Hidden, rows, accumulate: true, _pool);
        Kernels.AddColumnSums(dGates, B.Gradients, _pool);
        Kernels.AddColumnSums(dGates, C.Gradients, _pool);
        if (!dx.IsEmpty)
        {
            Kernels.MatMul(dGates, false, W.Values, false, dx, rows, Inputs, GateCount * Hidden, accumulate: false, _pool);
        }
    }
}
