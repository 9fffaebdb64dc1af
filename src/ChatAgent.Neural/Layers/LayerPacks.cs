namespace ChatAgent.Neural;

/// <summary>A recurrent layer's two weights laid out for products: anew at every pass while it trains, once when it is frozen.</summary>
internal sealed class LayerPacks(Parameter w, Parameter u, WorkerPool? pool)
{
    private readonly PackedMatrix _input = new();
    private readonly PackedMatrix _recurrent = new();
    private bool _frozen;

    /// <summary>Wᵀ, (E, gates·H).</summary>
    public PackedMatrix Input() => _frozen ? _input : Pack(_input, w, transposed: true);

    /// <summary>Uᵀ, (H, gates·H).</summary>
    public PackedMatrix Recurrent() => _frozen ? _recurrent : Pack(_recurrent, u, transposed: true);

    /// <summary>U, (gates·H, H), for the way back. The layer is no longer frozen.</summary>
    public PackedMatrix RecurrentBack()
    {
        _frozen = false;
        return Pack(_recurrent, u, transposed: false);
    }

    /// <summary>Packs both as they are now and keeps them.</summary>
    public void Freeze()
    {
        _frozen = false;
        Input();
        Recurrent();
        _frozen = true;
    }

    private PackedMatrix Pack(PackedMatrix target, Parameter from, bool transposed)
    {
        var (rows, columns) = (from.Shape[0], from.Shape[1]);
        target.Pack(from.Values, transposed ? columns : rows, transposed ? rows : columns, transposed, pool);
        return target;
    }
}
