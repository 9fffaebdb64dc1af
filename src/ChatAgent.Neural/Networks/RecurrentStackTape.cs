namespace ChatAgent.Neural;

/// <summary>Buffers of a <see cref="RecurrentStack"/> for T steps of a batch B, and the state that is carried from call to call; the caller owns it.</summary>
public sealed class RecurrentStackTape
{
    private readonly RecurrentStack _stack;
    private readonly float[][] _inputs;
    private readonly WeightDropout[] _weightDropouts;

    internal RecurrentStackTape(RecurrentStack stack, int maxSteps, int batch, Random? random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSteps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        var options = stack.Options;
        (_stack, MaxSteps, Batch) = (stack, maxSteps, batch);
        ModelTooLargeException.ThrowIfTooLarge("steps × batch × width × layers of a recurrent stack", 1, maxSteps, batch, Math.Max(options.Inputs, options.Outputs), options.Layers + 1);
        var rows = checked(maxSteps * batch);
        int[] widths = [options.Inputs, .. stack.Layers.Select(_ => options.Outputs)];
        Tapes = [.. stack.Layers.Select(layer => layer.CreateTape(maxSteps, batch))];
        BackwardTapes = [.. stack.Backwards.Select(layer => layer.CreateTape(maxSteps, batch))];
        States = [.. stack.Layers.Select(layer => new float[batch * layer.StateSize])];
        BackwardState = new float[stack.Backwards.Select(layer => batch * layer.StateSize).FirstOrDefault()];
        _inputs = [.. widths.Select(width => new float[checked(rows * width)])];
        float[] shares = [options.InputDropout, .. Enumerable.Repeat(options.LayerDropout, options.Layers - 1), options.OutputDropout];
        var seeds = random ?? new Random(0);
        Dropouts = [.. widths.Select((width, i) => new Dropout(random is null ? 0f : shares[i], rows * width, seeds, options.Variational ? batch * width : 0))];
        var recurrent = random is null ? 0f : options.RecurrentDropout;
        RecurrentDropouts = recurrent == 0f ? [] : [.. stack.Layers.Concat(stack.Backwards).Select(layer => new Dropout(recurrent, layer.U.Length, seeds))];
        _weightDropouts = [.. RecurrentDropouts.Zip(stack.Layers.Concat(stack.Backwards), (dropout, layer) => new WeightDropout(layer.U, dropout))];
        var deepest = options.Layers > 1 ? options.Outputs : 0;
        DInput = new float[checked(rows * deepest)];
        Both = new float[options.Bidirectional || (options.Residual && options.Layers > 1) ? checked(rows * options.Outputs) : 0];
        if (options.Bidirectional)
        {
            (Half, DHalf) = (new float[checked(rows * options.Hidden)], new float[checked(rows * options.Hidden)]);
            Turned = [.. stack.Backwards.Select(layer => new float[checked(rows * layer.Inputs)])];
            DTurned = new float[checked(rows * Math.Max(options.Inputs, deepest))];
        }
    }

    /// <summary>T, the most steps of one call.</summary>
    public int MaxSteps { get; }

    /// <summary>B.</summary>
    public int Batch { get; }

    /// <summary>State of each layer that runs forwards, (B, H), then the cells of an LSTM, (B, H).</summary>
    public IReadOnlyList<float[]> States { get; }

    /// <summary>One for each place where numbers are dropped; their states belong into a checkpoint.</summary>
    public IReadOnlyList<Dropout> Dropouts { get; }

    /// <summary>One for each layer whose recurrent weights are dropped; as <see cref="Dropouts"/>.</summary>
    public IReadOnlyList<Dropout> RecurrentDropouts { get; }

    /// <summary>Of the layers that run forwards: their gates and first states.</summary>
    public IReadOnlyList<RecurrentTape> Tapes { get; }

    /// <summary>Of the layers that run backwards; their steps are in the order in which they ran.</summary>
    public IReadOnlyList<RecurrentTape> BackwardTapes { get; }

    internal float[] BackwardState { get; }

    internal float[] DInput { get; }

    internal float[] Both { get; }

    internal float[] Half { get; } = [];

    internal float[] DHalf { get; } = [];

    internal float[][] Turned { get; } = [];

    internal float[] DTurned { get; } = [];

    /// <summary>The stack's output of the first <paramref name="steps"/> steps, (T, B, H or 2H), after dropout.</summary>
    public ReadOnlySpan<float> Outputs(int steps) => Input(_inputs.Length - 1, steps * Batch);

    /// <summary>Begins anew: all states zero.</summary>
    public void ResetState()
    {
        foreach (var state in States)
        {
            Array.Clear(state);
        }
    }

    /// <summary>What goes into a layer, after dropout; of the number of layers, what comes out of the last.</summary>
    internal Span<float> Input(int layer, int rows) => _inputs[layer].AsSpan(0, rows * (layer == 0 ? _stack.Options.Inputs : _stack.Outputs));

    internal void Drop(int place, ReadOnlySpan<float> x, Span<float> y, bool training)
    {
        if (training)
        {
            Dropouts[place].Forward(x, y);
        }
        else
        {
            x.CopyTo(y);
        }
    }

    internal void Run(IReadOnlyList<IRecurrentLayer> layers, int layer, ReadOnlySpan<float> x, Span<float> state, IReadOnlyList<RecurrentTape> tapes, int steps, bool training)
    {
        if (training && _weightDropouts.Length > 0)
        {
            WeightDropoutOf(layers, layer).Forward(layers[layer], x, state, tapes[layer], steps);
        }
        else
        {
            layers[layer].Forward(x, state, tapes[layer], steps);
        }
    }

    internal void RunBack(IReadOnlyList<IRecurrentLayer> layers, int layer, ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx, IReadOnlyList<RecurrentTape> tapes, int steps)
    {
        if (_weightDropouts.Length > 0)
        {
            WeightDropoutOf(layers, layer).Backward(layers[layer], x, dy, dx, tapes[layer], steps);
        }
        else
        {
            layers[layer].Backward(x, dy, dx, tapes[layer], steps);
        }
    }

    private WeightDropout WeightDropoutOf(IReadOnlyList<IRecurrentLayer> layers, int layer) => _weightDropouts[ReferenceEquals(layers, _stack.Layers) ? layer : _stack.Layers.Count + layer];
}
