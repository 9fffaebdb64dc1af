namespace ChatAgent.Neural;

/// <summary>One GRU layer over T steps, reset gate applied before the recurrent product, as first published.</summary>
/// <remarks>
/// r = σ(W_r x + b_r + U_r h' + c_r)            x  input at this step, shape (E)
/// z = σ(W_z x + b_z + U_z h' + c_z)            h' previous state, shape (H)
/// n = tanh(W_n x + b_n + U_n (r ⊙ h') + c_n)   h  new state, shape (H)
/// h = (1 − z) ⊙ n + z ⊙ h'
/// W is (3H, E), U is (3H, H), b and c are (3H), each in the order r, z, n. Two products wait for each other at every step, where <see cref="GruLayer"/> has one.
/// Source: Cho et al. 2014, arXiv:1406.1078, section 2.3 (with z and 1 − z exchanged, as PyTorch has them). Row-major, last index fastest.
/// Not thread-safe: one instance per trainer.
/// </remarks>
public sealed class GruResetFirstLayer : IRecurrentLayer
{
    private const int GateCount = 3;

    private readonly WorkerPool? _pool;
    private readonly LayerPacks _packs;
    private readonly PackedMatrix _ofGates = new();
    private readonly PackedMatrix _ofNew = new();
    private bool _frozen;

    /// <summary>Adds <c>{name}.weight_ih</c>, <c>.weight_hh</c>, <c>.bias_ih</c>, <c>.bias_hh</c>, all drawn evenly from ±1/√H.</summary>
    public GruResetFirstLayer(ParameterSet parameters, string name, int inputs, int hidden, Random random, WorkerPool? pool = null)
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
    public RecurrentTape CreateTape(int maxSteps, int batch) => new(maxSteps, batch, Hidden, GateCount, recurrentSums: true, cells: true);

    /// <inheritdoc/>
    public void Freeze()
    {
        _packs.Freeze();
        Pack(transposed: true);
        _frozen = true;
    }

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<float> x, Span<float> state, RecurrentTape tape, int steps)
    {
        var (step, wide) = (tape.Batch * Hidden, tape.Batch * GateCount * Hidden);
        var gates = tape.Gates.AsSpan(0, steps * wide);
        Kernels.MatMul(x, false, _packs.Input(), gates, steps * tape.Batch, accumulate: false, _pool, B.Values);
        if (!_frozen)
        {
            Pack(transposed: true);
        }

        // Recurrent holds r ⊙ h' of all steps, then the sums of r and z of the step at hand; DCell the sum of n.
        var sums = tape.Recurrent.AsSpan(tape.MaxSteps * step, 2 * step);
        state.CopyTo(tape.States);
        for (var t = 0; t < steps; t++)
        {
            var previous = tape.States.AsSpan(t * step, step);
            var reset = tape.Recurrent.AsSpan(t * step, step);
            Kernels.MatMul(previous, false, _ofGates, sums, tape.Batch, accumulate: false, _pool, C.Values[..(2 * Hidden)]);
            Kernels.ResetFirstGates(gates.Slice(t * wide, wide), sums, previous, reset, Hidden);
            Kernels.MatMul(reset, false, _ofNew, tape.DCell, tape.Batch, accumulate: false, _pool, C.Values[(2 * Hidden)..]);
            Kernels.ResetFirstState(gates.Slice(t * wide, wide), tape.DCell, previous, tape.States.AsSpan((t + 1) * step, step), Hidden);
        }

        tape.States.AsSpan(steps * step, step).CopyTo(state);
    }

    /// <inheritdoc/>
    public void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> dOutputs, Span<float> dx, RecurrentTape tape, int steps)
    {
        var (step, wide, rows) = (tape.Batch * Hidden, tape.Batch * GateCount * Hidden, steps * tape.Batch);
        var dh = tape.DState.AsSpan();
        dh.Clear();
        Pack(transposed: false);
        for (var t = steps - 1; t >= 0; t--)
        {
            // The gradients of the sums are kept apart for the products: of n in Cells, of r and z in Recurrent behind r ⊙ h'.
            var gates = tape.Gates.AsSpan(t * wide, wide);
            var previous = tape.States.AsSpan(t * step, step);
            var dNew = tape.Cells.AsSpan(t * step, step);
            var dRecurrent = tape.Recurrent.AsSpan((tape.MaxSteps + (2 * t)) * step, 2 * step);
            Kernels.Add(dOutputs.Slice(t * step, step), dh);
            Kernels.ResetFirstStateBackward(gates, previous, dNew, dh, Hidden);
            Kernels.MatMul(dNew, false, _ofNew, tape.DCell, tape.Batch, accumulate: false, _pool);
            Kernels.ResetFirstGatesBackward(gates, previous, tape.DCell, dRecurrent, dh, Hidden);
            Kernels.MatMul(dRecurrent, false, _ofGates, dh, tape.Batch, accumulate: true, _pool);
        }

        var dGates = tape.Gates.AsSpan(0, steps * wide);
        var split = 2 * Hidden * Hidden;
        Kernels.MatMul(dGates, true, x, false, W.Gradients, GateCount * Hidden, Inputs, rows, accumulate: true, _pool);
        Kernels.MatMul(
            tape.Recurrent.AsSpan(tape.MaxSteps * step, 2 * steps * step), true, tape.States.AsSpan(0, steps * step), false, U.Gradients[..split], 2 * Hidden, Hidden, rows, accumulate: true, _pool);
        Kernels.MatMul(tape.Cells.AsSpan(0, steps * step), true, tape.Recurrent.AsSpan(0, steps * step), false, U.Gradients[split..], Hidden, Hidden, rows, accumulate: true, _pool);
        Kernels.AddColumnSums(dGates, B.Gradients, _pool);
        Kernels.AddColumnSums(dGates, C.Gradients, _pool);
        if (!dx.IsEmpty)
        {
            Kernels.MatMul(dGates, false, W.Values, false, dx, rows, Inputs, GateCount * Hidden, accumulate: false, _pool);
        }
    }

    private void Pack(bool transposed)
    {
        _frozen = false;
        var split = 2 * Hidden * Hidden;
        _ofGates.Pack(U.Values[..split], transposed ? Hidden : 2 * Hidden, transposed ? 2 * Hidden : Hidden, transposed, _pool);
        _ofNew.Pack(U.Values[split..], Hidden, Hidden, transposed, _pool);
    }
}
