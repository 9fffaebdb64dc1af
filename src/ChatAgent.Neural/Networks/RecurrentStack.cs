namespace ChatAgent.Neural;

/// <summary>Recurrent layers on top of each other, in one direction or both, with residual ways and dropout.</summary>
/// <remarks>
/// in_0 = dropout(x)
/// out_l = forward_l(in_l), or [forward_l(in_l) ; reverse(backward_l(reverse(in_l)))], plus in_l where residual and l ≥ 1
/// in_(l+1) = dropout(out_l); the last is the stack's output, (T, B, H) or (T, B, 2H)
/// Each row of a batch has its own length; reverse turns a row around within it. Steps beyond it hold numbers that mean nothing: whoever reads the
/// output leaves them out and gives them no gradient, and then none comes from them. Source of both directions: Schuster and Paliwal 1997,
/// doi:10.1109/78.650093. Not thread-safe while training; Forward is after <see cref="Freeze"/>, with a tape for each thread.
/// </remarks>
public sealed class RecurrentStack
{
    /// <summary>Adds the layers <c>{name}.0</c>, <c>{name}.1</c>, ... and <c>{name}.0.reverse</c>, ... of those that run backwards.</summary>
    /// <exception cref="ArgumentOutOfRangeException">See <see cref="RecurrentStackOptions"/>.</exception>
    public RecurrentStack(ParameterSet parameters, string name, RecurrentStackOptions options, Random random, WorkerPool? pool = null)
    {
        RecurrentStackOptions.Require(options);
        (Options, Name) = (options, name);
        var (layers, backwards) = (new List<IRecurrentLayer>(), new List<IRecurrentLayer>());
        for (var layer = 0; layer < options.Layers; layer++)
        {
            var inputs = layer == 0 ? options.Inputs : options.Outputs;
            layers.Add(Cells.Create(options.Cell, parameters, $"{name}.{layer}", inputs, options.Hidden, random, pool));
            if (options.Bidirectional)
            {
                backwards.Add(Cells.Create(options.Cell, parameters, $"{name}.{layer}.reverse", inputs, options.Hidden, random, pool));
            }
        }

        (Layers, Backwards) = (layers, backwards);
    }

    /// <summary>Shape.</summary>
    public RecurrentStackOptions Options { get; }

    /// <summary>What the layers' names begin with.</summary>
    public string Name { get; }

    /// <summary>Those that run forwards, from the input upwards.</summary>
    public IReadOnlyList<IRecurrentLayer> Layers { get; }

    /// <summary>Those that run backwards, or none.</summary>
    public IReadOnlyList<IRecurrentLayer> Backwards { get; }

    /// <summary>Numbers of each step's output.</summary>
    public int Outputs => Options.Outputs;

    /// <summary>Buffers for calls of at most that size.</summary>
    /// <param name="random">Seeds the dropout masks; null of a tape that is for use alone, which drops nothing.</param>
    public RecurrentStackTape CreateTape(int maxSteps, int batch, Random? random = null) => new(this, maxSteps, batch, random);

    /// <summary>Packs the weights as they are now; see <see cref="IRecurrentLayer.Freeze"/>.</summary>
    public void Freeze()
    {
        foreach (var layer in Layers.Concat(Backwards))
        {
            layer.Freeze();
        }
    }

    /// <summary>Runs T steps; the outputs are in the tape.</summary>
    /// <param name="x">(T, B, E).</param>
    /// <param name="lengths">(B): steps of each row, 0 to T; empty where all have T. Needed in both directions only.</param>
    /// <param name="tape">Its states go in, and come out as they are after step T.</param>
    /// <param name="steps">T.</param>
    /// <param name="training">Whether to drop.</param>
    public void Forward(ReadOnlySpan<float> x, ReadOnlySpan<int> lengths, RecurrentStackTape tape, int steps, bool training)
    {
        var rows = steps * tape.Batch;
        tape.Drop(0, x[..(rows * Options.Inputs)], tape.Input(0, rows), training);
        for (var layer = 0; layer < Layers.Count; layer++)
        {
            var input = tape.Input(layer, rows);
            tape.Run(Layers, layer, input, tape.States[layer], tape.Tapes, steps, training);
            var outputs = tape.Tapes[layer].Outputs(steps);
            if (Options.Bidirectional)
            {
                var turned = tape.Turned[layer].AsSpan(0, input.Length);
                var width = Layers[layer].Inputs;
                Turn(input, turned, lengths, steps, tape.Batch, width);
                Array.Clear(tape.BackwardState);
                tape.Run(Backwards, layer, turned, tape.BackwardState, tape.BackwardTapes, steps, training);
                var both = tape.Both.AsSpan(0, rows * Outputs);
                Turn(tape.BackwardTapes[layer].Outputs(steps), tape.Half.AsSpan(0, rows * Options.Hidden), lengths, steps, tape.Batch, Options.Hidden);
                Join(outputs, tape.Half, both, rows);
                outputs = both;
            }

            if (Options.Residual && layer > 0)
            {
                var sum = tape.Both.AsSpan(0, rows * Outputs);
                if (!Options.Bidirectional)
                {
                    outputs.CopyTo(sum);
                }

                Kernels.Add(input, sum);
                outputs = sum;
            }

            tape.Drop(layer + 1, outputs, tape.Input(layer + 1, rows), training);
        }
    }

    /// <summary>Goes back over the last Forward, which was training, and adds to the parameters' gradients.</summary>
    /// <param name="dOutputs">(T, B, H or 2H), the gradient of the outputs, zero beyond each row's length; may be overwritten.</param>
    /// <param name="dx">(T, B, E), set; or empty where nobody asks.</param>
    /// <param name="lengths">Forward's.</param>
    /// <param name="tape">Forward's.</param>
    /// <param name="steps">T.</param>
    public void Backward(Span<float> dOutputs, Span<float> dx, ReadOnlySpan<int> lengths, RecurrentStackTape tape, int steps)
    {
        var rows = steps * tape.Batch;
        var dy = dOutputs[..(rows * Outputs)];
        for (var layer = Layers.Count - 1; layer >= 0; layer--)
        {
            var width = Layers[layer].Inputs;
            tape.Dropouts[layer + 1].Backward(dy, dy);
            var wanted = layer > 0 || !dx.IsEmpty;
            var dInput = wanted ? (layer == 0 ? dx[..(rows * width)] : tape.DInput.AsSpan(0, rows * width)) : [];
            if (Options.Bidirectional)
            {
                var first = tape.DHalf.AsSpan(0, rows * Options.Hidden);
                var second = tape.Half.AsSpan(0, rows * Options.Hidden);
                Split(dy, first, second, rows);
                tape.RunBack(Layers, layer, tape.Input(layer, rows), first, dInput, tape.Tapes, steps);
                Turn(second, first, lengths, steps, tape.Batch, Options.Hidden);
                var dTurned = wanted ? tape.DTurned.AsSpan(0, rows * width) : [];
                tape.RunBack(Backwards, layer, tape.Turned[layer].AsSpan(0, rows * width), first, dTurned, tape.BackwardTapes, steps);
                if (wanted)
                {
                    // Turned[layer] has been read: it takes the gradient on its way back.
                    var back = tape.Turned[layer].AsSpan(0, rows * width);
                    Turn(dTurned, back, lengths, steps, tape.Batch, width);
                    Kernels.Add(back, dInput);
                }
            }
            else
            {
                tape.RunBack(Layers, layer, tape.Input(layer, rows), dy, dInput, tape.Tapes, steps);
            }

            if (Options.Residual && layer > 0)
            {
                Kernels.Add(dy, dInput);
            }

            if (layer > 0)
            {
                dInput.CopyTo(dy);
            }
            else if (wanted)
            {
                tape.Dropouts[0].Backward(dInput, dInput);
            }
        }
    }

    /// <summary>The first layer whose output is not finite, by name, or null.</summary>
    public string? FirstBroken(RecurrentStackTape tape, int steps)
    {
        for (var layer = 0; layer < Layers.Count; layer++)
        {
            if (!Kernels.AllFinite(tape.Tapes[layer].Outputs(steps)))
            {
                return $"{Name}.{layer}";
            }

            if (Options.Bidirectional && !Kernels.AllFinite(tape.BackwardTapes[layer].Outputs(steps)))
            {
                return $"{Name}.{layer}.reverse";
            }
        }

        return null;
    }

    /// <summary>Turns each row around within its length; steps beyond it are copied.</summary>
    internal static void Turn(ReadOnlySpan<float> x, Span<float> y, ReadOnlySpan<int> lengths, int steps, int batch, int width)
    {
        for (var t = 0; t < steps; t++)
        {
            for (var b = 0; b < batch; b++)
            {
                var length = lengths.IsEmpty ? steps : lengths[b];
                var from = t < length ? length - 1 - t : t;
                x.Slice(((from * batch) + b) * width, width).CopyTo(y[(((t * batch) + b) * width)..]);
            }
        }
    }

    private static void Join(ReadOnlySpan<float> first, ReadOnlySpan<float> second, Span<float> both, int rows)
    {
        var width = both.Length / rows / 2;
        for (var row = 0; row < rows; row++)
        {
            first.Slice(row * width, width).CopyTo(both[(row * 2 * width)..]);
            second.Slice(row * width, width).CopyTo(both[((row * 2 * width) + width)..]);
        }
    }

    private static void Split(ReadOnlySpan<float> both, Span<float> first, Span<float> second, int rows)
    {
        var width = both.Length / rows / 2;
        for (var row = 0; row < rows; row++)
        {
            both.Slice(row * 2 * width, width).CopyTo(first[(row * width)..]);
            both.Slice((row * 2 * width) + width, width).CopyTo(second[(row * width)..]);
        }
    }
}
