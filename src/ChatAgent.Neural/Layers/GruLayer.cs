namespace ChatAgent.Neural;

/// <summary>One GRU layer over T steps, reset gate applied after the recurrent product.</summary>
/// <remarks>
/// r = σ(W_r x + b_r + U_r h' + c_r)          x  input at this step, shape (E)
/// z = σ(W_z x + b_z + U_z h' + c_z)          h' previous state, shape (H)
/// n = tanh(W_n x + b_n + r ⊙ (U_n h' + c_n))  h  new state, shape (H)
/// h = (1 − z) ⊙ n + z ⊙ h'
/// W is (3H, E), U is (3H, H), b and c are (3H), each in the order r, z, n, as PyTorch's nn.GRU keeps them.
/// Source: Cho et al. 2014, arXiv:1406.1078, section 2.3, which applies r before the product; applied after it, with a
/// second bias, the three recurrent products are one matrix product. W x runs once over the whole sequence, and so do all weight
/// gradients. Row-major, last index fastest. Not thread-safe: one instance per trainer.
/// </remarks>
public sealed class GruLayer : IRecurrentLayer
{
    private const int GateCount = 3;

    private readonly WorkerPool? _pool;
    private readonly LayerPacks _packs;

    /// <summary>Adds <c>{name}.weight_ih</c>, <c>.weight_hh</c>, <c>.bias_ih</c>, <c>.bias_hh</c>, all drawn evenly from ±1/√H.</summary>
    public GruLayer(ParameterSet parameters, string name, int inputs, int hidden, Random random, WorkerPool? pool = null)
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
    public RecurrentTape CreateTape(int maxSteps, int batch) => new(maxSteps, batch, Hidden, GateCount, recurrentSums: true, cells: false);

    /// <inheritdoc/>
    public void Freeze() => _packs.Freeze();

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<float> x, Span<float> state, RecurrentTape tape, int steps)
    {
        var (step, wide) = (tape.Batch * Hidden, tape.Batch * GateCount * Hidden);
        var gates = tape.Gates.AsSpan(0, steps * wide);
        Kernels.MatMul(x, false, _packs.Input(), gates, steps * tape.Batch, accumulate: false, _pool, B.Values);

        var u = _packs.Recurrent();
        state.CopyTo(tape.States);
        for (var t = 0; t < steps; t++)
        {
            var previous = tape.States.AsSpan(t * step, step);
            var recurrent = tape.Recurrent.AsSpan(t * wide, wide);
            Kernels.MatMul(previous, false, u, recurrent, tape.Batch, accumulate: false, _pool, C.Values);
            Kernels.GruGates(gates.Slice(t * wide, wide), recurrent, previous, tape.States.AsSpan((t + 1) * step, step), Hidden, _pool);
        }

        tape.States.AsSpan(steps * step, step).CopyTo(state);
    }

    /// <inheritdoc/>
    public void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> dOutputs, Span<float> dx, RecurrentTape tape, int steps)
    {
        var (step, wide, rows) = (tape.Batch * Hidden, tape.Batch * GateCount * Hidden, steps * tape.Batch);
        var dh = tape.DState.AsSpan();
        dh.Clear();
        var u = _packs.RecurrentBack();
        for (var t = steps - 1; t >= 0; t--)
        {
            var dRecurrent = tape.Recurrent.AsSpan(t * wide, wide);
            Kernels.Add(dOutputs.Slice(t * step, step), dh);
            Kernels.GruGatesBackward(tape.Gates.AsSpan(t * wide, wide), dRecurrent, tape.States.AsSpan(t * step, step), dh, Hidden, _pool);
            Kernels.MatMul(dRecurrent, false, u, dh, tape.Batch, accumulate: true, _pool);
        }

        var dGates = tape.Gates.AsSpan(0, steps * wide);
        var dSums = tape.Recurrent.AsSpan(0, steps * wide);
        Kernels.MatMul(dGates, true, x, false, W.Gradients, GateCount * Hidden, Inputs, rows, accumulate: true, _pool);
        Kernels.MatMul(dSums, true, tape.States.AsSpan(0, steps * step), false, U.Gradients, GateCount * Hidden, Hidden, rows, accumulate: true, _pool);
        Kernels.AddColumnSums(dGates, B.Gradients, _pool);
        Kernels.AddColumnSums(dSums, C.Gradients, _pool);
        if (!dx.IsEmpty)
        {
            Kernels.MatMul(dGates, false, W.Values, false, dx, rows, Inputs, GateCount * Hidden, accumulate: false, _pool);
        }
    }
}
