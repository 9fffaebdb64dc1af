namespace ChatAgent.Neural;

/// <summary>A trained <see cref="TokenNetwork"/> made ready for one step at a time over a batch of hypotheses.</summary>
/// <remarks>
/// The first layer's input product is a table by then: W x + b of every token, (V, gates·H), and one row of it for each context number. What is left
/// of a step is a sum of rows, U h, the gates and the output. Immutable and thread-safe; buffers belong to <see cref="TokenState"/>.
/// </remarks>
public sealed class TokenDecoder
{
    private readonly int _gates;
    private readonly float[] _tokenGates;
    private readonly float[] _contextGates;
    private readonly DecodingMatrix[] _inputs;
    private readonly DecodingMatrix[] _recurrent;
    private readonly DecodingMatrix[] _ofNew;
    private readonly float[][] _peepholes;
    private readonly float[][] _inputBias;
    private readonly float[][] _recurrentBias;
    private readonly DecodingMatrix _output;
    private readonly float[] _outputBias;

    /// <summary>Copies the network's parameters and lays them out.</summary>
    /// <param name="network">Trained; may be trained on afterwards.</param>
    /// <param name="weights">Width of the weights of recurrent layers and output. The table by token and the biases stay floats.</param>
    public TokenDecoder(TokenNetwork network, WeightFormat weights = WeightFormat.Float32)
    {
        (Options, Weights) = (network.Options, weights);
        var first = network.Recurrent[0];
        var gates = _gates = first.W.Shape[0];
        _tokenGates = new float[checked(Options.Vocabulary * gates)];
        var (ofTokens, ofContext) = (new float[gates * Options.Embedding], new float[gates * Options.Context]);
        for (var row = 0; row < gates; row++)
        {
            var whole = first.W.Values.Slice(row * first.Inputs, first.Inputs);
            whole[..Options.Embedding].CopyTo(ofTokens.AsSpan(row * Options.Embedding));
            whole[Options.Embedding..].CopyTo(ofContext.AsSpan(row * Options.Context));
        }

        Kernels.MatMul(network.Embedding.Weight.Values, false, ofTokens, true, _tokenGates, Options.Vocabulary, gates, Options.Embedding);
        Kernels.AddBias(_tokenGates, first.B.Values);
        _contextGates = new float[ofContext.Length];
        for (var row = 0; row < gates; row++)
        {
            for (var c = 0; c < Options.Context; c++)
            {
                _contextGates[(c * gates) + row] = ofContext[(row * Options.Context) + c];
            }
        }

        _inputs = [.. network.Recurrent.Skip(1).Select(layer => new DecodingMatrix(layer.W.Values, layer.Inputs, gates, weights))];
        _inputBias = [.. network.Recurrent.Skip(1).Select(layer => layer.B.Values.ToArray())];
        _recurrent = [.. network.Recurrent.Select(layer => Options.Cell == RecurrentCell.GruResetFirst
            ? new DecodingMatrix(layer.U.Values[..(2 * layer.Hidden * layer.Hidden)], layer.Hidden, 2 * layer.Hidden, weights)
            : new DecodingMatrix(layer.U.Values, layer.Hidden, gates, weights))];
        _ofNew = [.. network.Recurrent.OfType<GruResetFirstLayer>().Select(layer => new DecodingMatrix(layer.U.Values[(2 * layer.Hidden * layer.Hidden)..], layer.Hidden, layer.Hidden, weights))];
        _peepholes = [.. network.Recurrent.OfType<PeepholeLstmLayer>().Select(layer => layer.Peepholes.Values.ToArray())];
        _recurrentBias = [.. network.Recurrent.Select(layer => layer.C.Values.ToArray())];
        _output = new DecodingMatrix(network.Output.Weight.Values, Options.Hidden, Options.Vocabulary, weights);
        _outputBias = network.Output.Bias.Values.ToArray();
    }

    /// <summary>Sizes.</summary>
    public TokenNetworkOptions Options { get; }

    /// <summary>How wide the weights are kept.</summary>
    public WeightFormat Weights { get; }

    /// <summary>Bytes of weights that one step reads, for any number of rows: what the caches should hold.</summary>
    public long BytesPerStep => _inputs.Concat(_recurrent).Concat(_ofNew).Append(_output).Sum(matrix => matrix.Bytes);

    /// <summary>A batch of rows with zero state and zero context.</summary>
    public TokenState Start(int rows) => new(Options, _gates, rows);

    /// <summary>Feeds one token to each row.</summary>
    /// <param name="state">Changed in place; its context is read.</param>
    /// <param name="tokens">(B).</param>
    /// <param name="logits">(B, V), not normalised.</param>
    /// <exception cref="ArgumentOutOfRangeException">A token is outside the vocabulary.</exception>
    public void Step(TokenState state, ReadOnlySpan<int> tokens, Span<float> logits)
    {
        var (rows, hidden, wide) = (state.Rows, Options.Hidden, _gates);
        if (tokens.Length != rows)
        {
            throw new ArgumentException($"{tokens.Length} tokens for {rows} rows", nameof(tokens));
        }

        var (gates, recurrent) = (state.Gates, state.Recurrent);
        for (var row = 0; row < rows; row++)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)tokens[row], (uint)Options.Vocabulary, nameof(tokens));
            var sum = gates.AsSpan(row * wide, wide);
            _tokenGates.AsSpan(tokens[row] * wide, wide).CopyTo(sum);
            var context = state.Context(row);
            for (var c = 0; c < context.Length; c++)
            {
                if (context[c] != 0f)
                {
                    Kernels.Axpy(context[c], _contextGates.AsSpan(c * wide, wide), sum);
                }
            }
        }

        for (var layer = 0; layer < _recurrent.Length; layer++)
        {
            var h = state.Hidden[layer];
            if (layer > 0)
            {
                Kernels.MatMul(state.Below(layer, Options.Residual), _inputs[layer - 1], gates, rows);
                Kernels.AddBias(gates, _inputBias[layer - 1]);
            }

            if (Options.Cell == RecurrentCell.Gru)
            {
                Kernels.MatMul(h, _recurrent[layer], recurrent, rows);
                Kernels.AddBias(recurrent, _recurrentBias[layer]);
                Kernels.GruGates(gates, recurrent, h, h, hidden);
                continue;
            }

            if (Options.Cell == RecurrentCell.GruResetFirst)
            {
                var (size, bias) = (rows * hidden, _recurrentBias[layer]);
                Span<float> ofGates = recurrent.AsSpan(0, 2 * size), reset = recurrent.AsSpan(2 * size, size);
                Kernels.MatMul(h, _recurrent[layer], ofGates, rows);
                Kernels.AddBias(ofGates, bias.AsSpan(0, 2 * hidden));
                Kernels.ResetFirstGates(gates, ofGates, h, reset, hidden);
                Kernels.MatMul(reset, _ofNew[layer], ofGates[..size], rows);
                Kernels.AddBias(ofGates[..size], bias.AsSpan(2 * hidden));
                Kernels.ResetFirstState(gates, ofGates[..size], h, h, hidden);
                continue;
            }

            Kernels.MatMul(h, _recurrent[layer], gates, rows, accumulate: true);
            Kernels.AddBias(gates, _recurrentBias[layer]);
            switch (Options.Cell)
            {
                case RecurrentCell.Lstm: Kernels.LstmGates(gates, state.Cells[layer], state.Cells[layer], h, hidden); break;
                case RecurrentCell.PeepholeLstm: Kernels.PeepholeGates(gates, _peepholes[layer], state.Cells[layer], state.Cells[layer], h, hidden); break;
                case RecurrentCell.CoupledLstm: Kernels.CoupledGates(gates, state.Cells[layer], state.Cells[layer], h, hidden); break;
                default: Kernels.Tanh(gates, h); break;
            }
        }

        Kernels.MatMul(state.Below(_recurrent.Length, Options.Residual), _output, logits, rows);
        Kernels.AddBias(logits, _outputBias);
    }
}
