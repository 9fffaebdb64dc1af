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
        ModelTooLargeException.ThrowIfTooLarge("steps × batch", 1, maxSteps, batch);
        var rows = checked(maxSteps * batch);
        Stack = network.Stack.CreateTape(maxSteps, batch, random);
        Input = new float[checked(rows * network.Stack.Options.Inputs)];
        ModelTooLargeException.ThrowIfTooLarge("steps × batch × vocabulary of the output", 1, maxSteps, batch, options.Vocabulary);
        Logits = new float[checked(rows * options.Vocabulary)];
        DHidden = new float[checked(rows * options.Hidden)];
    }

    /// <summary>T, the most steps of one chunk.</summary>
    public int MaxSteps { get; }

    /// <summary>B.</summary>
    public int Batch { get; }

    /// <summary>State of each layer, (B, H), then the cells of an LSTM, (B, H).</summary>
    public IReadOnlyList<float[]> States => Stack.States;

    /// <summary>After Evaluate the logits of each step, (T, B, V); after ForwardBackward their gradient.</summary>
    public float[] Logits { get; }

    /// <summary>One for each place where numbers are dropped; their states belong into a checkpoint.</summary>
    public IReadOnlyList<Dropout> Dropouts => [.. Stack.Dropouts, .. Stack.RecurrentDropouts];

    /// <summary>The recurrent layers' buffers: gates, outputs.</summary>
    public RecurrentStackTape Stack { get; }

    /// <summary>(T, B, E + C): what goes into the layers, before dropout; on the way back its gradient.</summary>
    internal float[] Input { get; }

    internal float[] DHidden { get; }

    /// <summary>Begins a new text: all states zero.</summary>
    public void ResetState() => Stack.ResetState();
}
