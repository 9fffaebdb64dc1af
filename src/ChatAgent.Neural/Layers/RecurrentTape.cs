namespace ChatAgent.Neural;

/// <summary>What Backward of a recurrent layer needs from Forward; the caller owns it and makes it once.</summary>
/// <remarks>Time first: step t of a batch B is one run of B rows. Made by <see cref="IRecurrentLayer.CreateTape"/>.</remarks>
public sealed class RecurrentTape
{
    internal RecurrentTape(int maxSteps, int batch, int hidden, int gates, bool recurrentSums, bool cells)
    {
        (MaxSteps, Batch, Hidden) = (maxSteps, batch, hidden);
        ModelTooLargeException.ThrowIfTooLarge("steps × batch × state × gates of a recurrent layer", recurrentSums ? 3 : 2, maxSteps, batch, hidden, gates);
        var step = checked(batch * hidden);
        States = new float[checked((maxSteps + 1) * step)];
        Gates = new float[checked(maxSteps * step * gates)];
        Recurrent = recurrentSums ? new float[Gates.Length] : [];
        Cells = cells ? new float[States.Length] : [];
        DState = new float[step];
        DCell = cells ? new float[step] : [];
    }

    /// <summary>T, the most steps of one call.</summary>
    public int MaxSteps { get; }

    /// <summary>B.</summary>
    public int Batch { get; }

    /// <summary>H.</summary>
    public int Hidden { get; }

    /// <summary>(T + 1, B, H): the state before the first step, then the state after each.</summary>
    internal float[] States { get; }

    /// <summary>(T + 1, B, H) of an LSTM's cells, else empty.</summary>
    internal float[] Cells { get; }

    /// <summary>(T, B, gates·H): the gates, later their gradients.</summary>
    internal float[] Gates { get; }

    /// <summary>(T, B, gates·H) of a GRU, which needs them apart: the recurrent sums, later their gradients.</summary>
    internal float[] Recurrent { get; }

    /// <summary>(B, H): the gradient that flows back in time.</summary>
    internal float[] DState { get; }

    /// <summary>(B, H): the same for an LSTM's cells.</summary>
    internal float[] DCell { get; }

    /// <summary>The new states of the first <paramref name="steps"/> steps, (T, B, H).</summary>
    public ReadOnlySpan<float> Outputs(int steps) => States.AsSpan(Batch * Hidden, steps * Batch * Hidden);

    /// <summary>Gate activations of the last Forward, (T, B, gates·H); gone after Backward.</summary>
    public ReadOnlySpan<float> GateValues(int steps) => Gates.AsSpan(0, Gates.Length / MaxSteps * steps);
}
