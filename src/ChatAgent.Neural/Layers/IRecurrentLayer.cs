namespace ChatAgent.Neural;

/// <summary>A recurrent layer over T steps of a batch. Time first: x is (T, B, E), outputs are (T, B, H).</summary>
public interface IRecurrentLayer
{
    /// <summary>E.</summary>
    int Inputs { get; }

    /// <summary>H.</summary>
    int Hidden { get; }

    /// <summary>Floats of state for one row of the batch: H, or 2H of an LSTM (its output, then its cell).</summary>
    int StateSize { get; }

    /// <summary>Weight of the input, (gates·H, E).</summary>
    Parameter W { get; }

    /// <summary>Weight of the previous state, (gates·H, H).</summary>
    Parameter U { get; }

    /// <summary>Bias beside <see cref="W"/>, (gates·H).</summary>
    Parameter B { get; }

    /// <summary>Bias beside <see cref="U"/>, (gates·H).</summary>
    Parameter C { get; }

    /// <summary>Buffers for calls of at most that size.</summary>
    RecurrentTape CreateTape(int maxSteps, int batch);

    /// <summary>Packs the weights as they are now, for use after training: Forward then reads them alone and is thread-safe with a tape for each thread.</summary>
    void Freeze();

    /// <summary>Runs T steps.</summary>
    /// <param name="x">(T, B, E).</param>
    /// <param name="state">(StateSize/H, B, H): before the first step; replaced by that after the last.</param>
    /// <param name="tape">Receives outputs and gates.</param>
    /// <param name="steps">T, 1 to the tape's most.</param>
    void Forward(ReadOnlySpan<float> x, Span<float> state, RecurrentTape tape, int steps);

    /// <summary>Goes back over the T steps of the last Forward and adds to the parameters' gradients.</summary>
    /// <param name="x">The same as Forward's.</param>
    /// <param name="dOutputs">(T, B, H), the gradient of the outputs.</param>
    /// <param name="dx">(T, B, E), set; or empty where nobody asks.</param>
    /// <param name="tape">That of Forward; its gates are overwritten. <see cref="RecurrentTape.DState"/> ends as the first state's gradient.</param>
    /// <param name="steps">T.</param>
    void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> dOutputs, Span<float> dx, RecurrentTape tape, int steps);
}
