namespace ChatAgent.Neural;

/// <summary>Buffers of a <see cref="TokenNetwork"/> for chunks of T steps of a batch B, and the state that is carried from chunk to chunk.</summary>
public sealed class TokenTape
{
    internal TokenTape(TokenNetwork network, int maxSteps, int batch, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSteps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        var options = network.Options;
        (MaxSteps, Batch) = (maxSteps, batch);
        var rows = checked(maxSteps * batch);
        var input = options.Embedding + options.Context;
        Layers = [.. network.Recurrent.Select(layer => layer.CreateTape(maxSteps, batch))];
        States = [.. network.Recurrent.Select(layer => new float[batch * layer.StateSize])];
        Dropped = [new float[checked(rows * input)], .. network.Recurrent.Select(layer => new float[checked(rows * layer.Hidden)])];
        Dropouts = [.. Dropped.Select(buffer => new Dropout(options.Dropout, buffer.Length, random))];
        Logits = new float[checked(rows * options.Vocabulary)];
        DHidden = new float[checked(rows * options.Hidden)];
        DInput = new float[checked(rows * Math.Max(input, options.Hidden))];
    }

    /// <summary>T, the most steps of one chunk.</summary>
    public int MaxSteps { get; }

    /// <summary>B.</summary>
    public int Batch { get; }

    /// <summary>State of each layer, (B, H), then the cells of an LSTM, (B, H).</summary>
    public IReadOnlyList<float[]> States { get; }

    /// <summary>After Evaluate the logits of each step, (T, B, V); after ForwardBackward their gradient.</summary>
    public float[] Logits { get; }

    /// <summary>One for each place where numbers are dropped; their states belong into a checkpoint.</summary>
    public IReadOnlyList<Dropout> Dropouts { get; }

    internal RecurrentTape[] Layers { get; }

    /// <summary>What goes into each layer, and last into the output: after dropout.</summary>
    internal float[][] Dropped { get; }

    internal float[] DHidden { get; }

    internal float[] DInput { get; }

    /// <summary>Begins a new text: all states zero.</summary>
    public void ResetState()
    {
        foreach (var state in States)
        {
            Array.Clear(state);
        }
    }
}
