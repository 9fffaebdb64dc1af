namespace ChatAgent.Neural;

/// <summary>The state of a batch of hypotheses between two steps of a <see cref="TokenDecoder"/>. Not thread-safe.</summary>
public sealed class TokenState
{
    private readonly TokenNetworkOptions _options;
    private readonly int _gates;
    private readonly float[] _context;
    private float[]? _below;

    internal TokenState(TokenNetworkOptions options, int gates, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        (_options, _gates, Rows) = (options, gates, rows);
        _context = new float[checked(rows * options.Context)];
        Hidden = [.. Enumerable.Range(0, options.Layers).Select(_ => new float[checked(rows * options.Hidden)])];
        Cells = Neural.Cells.HasCell(options.Cell) ? [.. Hidden.Select(state => new float[state.Length])] : [];
        Gates = new float[checked(rows * gates)];
        Recurrent = options.Cell is RecurrentCell.Gru or RecurrentCell.GruResetFirst ? new float[Gates.Length] : [];
    }

    /// <summary>B.</summary>
    public int Rows { get; }

    /// <summary>Of each layer, (B, H).</summary>
    internal float[][] Hidden { get; }

    /// <summary>Of each layer of an LSTM, (B, H), else empty.</summary>
    internal float[][] Cells { get; }

    internal float[] Gates { get; }

    internal float[] Recurrent { get; }

    /// <summary>What goes into a layer from below: the layer below's state, with a residual way the sum of all states below.</summary>
    internal ReadOnlySpan<float> Below(int layer, bool residual)
    {
        if (!residual || layer == 1)
        {
            return Hidden[layer - 1];
        }

        _below ??= new float[Hidden[0].Length];
        if (layer == 2)
        {
            Hidden[0].CopyTo(_below, 0);
        }

        Kernels.Add(Hidden[layer - 1], _below);
        return _below;
    }

    /// <summary>What row <paramref name="row"/> is about at the next step, (C); written by the caller.</summary>
    public Span<float> Context(int row) => _context.AsSpan(row * _options.Context, _options.Context);

    /// <summary>A new batch whose row i is a copy of row <paramref name="parents"/>[i].</summary>
    public TokenState Gather(ReadOnlySpan<int> parents)
    {
        var gathered = new TokenState(_options, _gates, parents.Length);
        for (var row = 0; row < parents.Length; row++)
        {
            Context(parents[row]).CopyTo(gathered.Context(row));
            foreach (var (from, to) in Hidden.Zip(gathered.Hidden).Concat(Cells.Zip(gathered.Cells)))
            {
                from.AsSpan(parents[row] * _options.Hidden, _options.Hidden).CopyTo(to.AsSpan(row * _options.Hidden));
            }
        }

        return gathered;
    }
}
