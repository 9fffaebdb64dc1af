namespace ChatAgent.Neural;

/// <summary>Hypotheses of one source between two steps of an <see cref="EncoderDecoder"/>. Not thread-safe.</summary>
public sealed class EncoderDecoderState
{
    private readonly RecurrentStack _stack;
    private readonly AttentionLayer _layer;
    private float[] _input = [];

    internal EncoderDecoderState(RecurrentStack stack, AttentionLayer layer, int rows, float[] memory, int[] sourceLengths, float[] keys)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        (_stack, _layer, Rows, Memory, SourceLengths) = (stack, layer, rows, memory, sourceLengths);
        Decoder = stack.CreateTape(1, rows);
        Attention = new AttentionTape(layer, 1, Math.Max(1, memory.Length / layer.Memory), rows, keys);
        Contexts = new float[rows * layer.Memory];
        Both = new float[rows * (layer.Memory + layer.Hidden)];
        Combined = new float[rows * layer.Hidden];
    }

    /// <summary>B.</summary>
    public int Rows { get; }

    internal RecurrentStackTape Decoder { get; }

    internal AttentionTape Attention { get; }

    /// <summary>(S, 1, 2H), shared by all rows and by those gathered from them.</summary>
    internal float[] Memory { get; }

    internal int[] SourceLengths { get; }

    internal float[] Contexts { get; }

    internal float[] Both { get; }

    internal float[] Combined { get; }

    /// <summary>Where row <paramref name="row"/> looked at the last step: one weight for each step of the source.</summary>
    public ReadOnlySpan<float> Looked(int row) => Attention.Weights(row, 0)[..SourceLengths[0]];

    /// <summary>A new batch whose row i is a copy of row <paramref name="parents"/>[i].</summary>
    public EncoderDecoderState Gather(ReadOnlySpan<int> parents)
    {
        var gathered = new EncoderDecoderState(_stack, _layer, parents.Length, Memory, SourceLengths, Attention.Keys);
        var hidden = _layer.Hidden;
        for (var layer = 0; layer < Decoder.States.Count; layer++)
        {
            var (from, to) = (Decoder.States[layer], gathered.Decoder.States[layer]);
            for (var part = 0; part < from.Length / Rows / hidden; part++)
            {
                for (var row = 0; row < parents.Length; row++)
                {
                    from.AsSpan(((part * Rows) + parents[row]) * hidden, hidden).CopyTo(to.AsSpan(((part * parents.Length) + row) * hidden));
                }
            }
        }

        return gathered;
    }

    internal Span<float> Input(int length)
    {
        _input = _input.Length < length ? new float[length] : _input;
        return _input.AsSpan(0, length);
    }
}
