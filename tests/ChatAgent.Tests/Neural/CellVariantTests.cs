using ChatAgent.Neural;

namespace ChatAgent.Neural.Tests;

/// <summary>The cells that are not PyTorch's: GRU with the reset gate first, LSTM with peepholes, LSTM with coupled gates; their twins are their equations.</summary>
[Collection(nameof(VectorWidths))]
public sealed class CellVariantTests
{
    public static TheoryData<RecurrentCell> Variants => [RecurrentCell.GruResetFirst, RecurrentCell.PeepholeLstm, RecurrentCell.CoupledLstm];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Twin_Gradients_MatchCentralDifferences(RecurrentCell cell)
    {
        const int t = 3, b = 2, e = 2, h = 3;
        var random = new Random(1);
        var gates = cell == RecurrentCell.PeepholeLstm ? 4 : 3;
        double[][] all =
        [
            Doubles(random, gates * h * e), Doubles(random, gates * h * h), Doubles(random, gates * h), Doubles(random, gates * h), Doubles(random, 3 * h),
            Doubles(random, t * b * e), Doubles(random, 2 * b * h),
        ];
        var weights = Doubles(random, t * b * h);
        double Loss() => Run(cell, [.. all.Select(TracedNumber.Of)], weights, t, b, h).Loss.Value;

        var traced = all.Select(TracedNumber.Of).ToArray();
        Run(cell, traced, weights, t, b, h).Loss.Backward();

        for (var i = 0; i < all.Length; i++)
        {
            var worst = Numbers.WorstRelativeError(Numbers.CentralDifferences(all[i], Loss), traced[i].Select(number => number.Gradient).ToArray());
            Assert.True(worst < 1e-6, $"run {i}: worst relative error {worst:E2}");
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Layer_ForwardAndBackward_MatchTwin(RecurrentCell cell)
    {
        foreach (var width in VectorWidths.OfThisMachine)
        {
            using var lowered = VectorWidths.Use(width);
            const int t = 4, b = 3, e = 5, h = 19;
            var random = new Random(2);
            var parameters = new ParameterSet();
            var layer = Cells.Create(cell, parameters, "cell", e, h, random, null);
            var peepholes = (layer as PeepholeLstmLayer)?.Peepholes;
            peepholes?.FillUniform(random, 1f);
            float[] x = Numbers.Random(random, t * b * e), state = Numbers.Random(random, b * layer.StateSize), weights = Numbers.Random(random, t * b * h), dx = new float[x.Length];
            TracedNumber[][] traced =
            [
                .. new[] { layer.W, layer.U, layer.B, layer.C }.Select(parameter => TracedNumber.Of(Numbers.ToDouble(parameter.Values))),
                TracedNumber.Of(Numbers.ToDouble(peepholes is null ? new float[3 * h] : peepholes.Values)),
                TracedNumber.Of(Numbers.ToDouble(x)), TracedNumber.Of(Numbers.ToDouble(state)),
            ];
            var (outputs, loss) = Run(cell, traced, Numbers.ToDouble(weights), t, b, h);
            loss.Backward();
            var tape = layer.CreateTape(t + 1, b);

            layer.Freeze();
            float[] frozen = [.. state];
            layer.Forward(x, frozen, tape, t);
            var once = tape.Outputs(t).ToArray();
            layer.Backward(x, weights, dx, tape, t);
            parameters.ClearGradients();
            layer.Forward(x, state, tape, t);
            Assert.Equal(once, tape.Outputs(t).ToArray());
            Assert.Equal(frozen, state);
            RequireClose([.. outputs.Select(number => number.Value)], tape.Outputs(t));
            layer.Backward(x, weights, dx, tape, t);

            RequireClose(Of(traced[0]), layer.W.Gradients);
            RequireClose(Of(traced[1]), layer.U.Gradients);
            RequireClose(Of(traced[2]), layer.B.Gradients);
            RequireClose(Of(traced[3]), layer.C.Gradients);
            RequireClose(Of(traced[5]), dx);
            RequireClose(Of(traced[6]), layer.StateSize == h ? tape.DState : [.. tape.DState, .. tape.DCell]);
            if (peepholes is not null)
            {
                RequireClose(Of(traced[4]), peepholes.Gradients);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Decoder_TokenByToken_AgreesWithTheNetwork(RecurrentCell cell)
    {
        var network = new TokenNetwork(new TokenNetworkOptions { Cell = cell, Vocabulary = 9, Embedding = 6, Hidden = 21, Layers = 3, Residual = true }, new Random(4));
        if (network.Recurrent[1] is PeepholeLstmLayer { Peepholes: var peepholes })
        {
            peepholes.FillUniform(new Random(5), 1f);
        }

        var random = new Random(6);
        int[] text = [.. Enumerable.Range(0, 30).Select(_ => random.Next(9))];
        var decoder = new TokenDecoder(network);
        var (state, logits, expected) = (decoder.Start(2), new float[18], 0.0);
        for (var i = 0; i < text.Length - 1; i++)
        {
            decoder.Step(state, [3, text[i]], logits);
            state = state.Gather([0, 1]);
            Kernels.LogSoftmax(logits.AsSpan(9));
            expected -= logits[9 + text[i + 1]];
        }

        Assert.Equal(expected / (text.Length - 1), TokenTrainer.Evaluate(network, new TokenStreams(text, 1, 7)), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Train_HelloByCharacters_IsLearnt(RecurrentCell cell)
    {
        int[] tokens = [.. Enumerable.Range(0, 360).Select(i => (int[])[0, 1, 2, 3, 3, 4] is var letters ? letters[i % 6] : 0)];
        var network = new TokenNetwork(new TokenNetworkOptions { Cell = cell, Vocabulary = 5, Embedding = 8, Hidden = 32 }, new Random(1));

        var result = TokenTrainer.Train(network, new AdamW(network.Parameters), new TokenStreams(tokens, 4, 12), new TrainingOptions { Epochs = 20, LearningRate = 0.01f });

        Assert.True(result.Loss < 0.1, $"mean loss {result.Loss}");
    }

    /// <summary>Outputs of W, U, b, c, peepholes, x, state, and their sum by weights.</summary>
    private static (TracedNumber[] Outputs, TracedNumber Loss) Run(RecurrentCell cell, TracedNumber[][] all, double[] weights, int steps, int batch, int h)
    {
        var (w, u, bias, c, peepholes, x, first) = (all[0], all[1], all[2], all[3], all[4], all[5], all[6]);
        var e = x.Length / steps / batch;
        var (outputs, one) = (new TracedNumber[steps * batch * h], new TracedNumber(1));
        for (var row = 0; row < batch; row++)
        {
            TracedNumber[] state = first[(row * h)..((row + 1) * h)], memory = cell == RecurrentCell.GruResetFirst ? [] : first[((batch + row) * h)..((batch + row + 1) * h)];
            for (var t = 0; t < steps; t++)
            {
                var input = x[(((t * batch) + row) * e)..(((t * batch) + row + 1) * e)];
                TracedNumber Sum(int gate, int j, TracedNumber[] before) =>
                    TracedNumber.Dot(w, ((gate * h) + j) * e, input) + bias[(gate * h) + j] + TracedNumber.Dot(u, ((gate * h) + j) * h, before) + c[(gate * h) + j];
                var (next, cells) = (new TracedNumber[h], new TracedNumber[h]);
                TracedNumber[] reset = [.. state.Select((number, j) => cell == RecurrentCell.GruResetFirst ? TracedNumber.Sigmoid(Sum(0, j, state)) * number : number)];
                for (var j = 0; j < h; j++)
                {
                    switch (cell)
                    {
                        case RecurrentCell.GruResetFirst:
                            var z = TracedNumber.Sigmoid(Sum(1, j, state));
                            next[j] = ((one - z) * TracedNumber.Tanh(Sum(2, j, reset))) + (z * state[j]);
                            break;
                        case RecurrentCell.PeepholeLstm:
                            var i = TracedNumber.Sigmoid(Sum(0, j, state) + (peepholes[j] * memory[j]));
                            var f = TracedNumber.Sigmoid(Sum(1, j, state) + (peepholes[h + j] * memory[j]));
                            cells[j] = (f * memory[j]) + (i * TracedNumber.Tanh(Sum(2, j, state)));
                            next[j] = TracedNumber.Sigmoid(Sum(3, j, state) + (peepholes[(2 * h) + j] * cells[j])) * TracedNumber.Tanh(cells[j]);
                            break;
                        default:
                            var take = TracedNumber.Sigmoid(Sum(0, j, state));
                            cells[j] = ((one - take) * memory[j]) + (take * TracedNumber.Tanh(Sum(1, j, state)));
                            next[j] = TracedNumber.Sigmoid(Sum(2, j, state)) * TracedNumber.Tanh(cells[j]);
                            break;
                    }

                    outputs[(((t * batch) + row) * h) + j] = next[j];
                }

                (state, memory) = (next, cells);
            }
        }

        return (outputs, outputs.Select((number, at) => number * new TracedNumber(weights[at])).Aggregate((a, d) => a + d));
    }

    private static double[] Of(TracedNumber[] numbers) => [.. numbers.Select(number => number.Gradient)];

    private static double[] Doubles(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => (random.NextDouble() * 2) - 1)];

    private static void RequireClose(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual)
    {
        var worst = Numbers.WorstRelativeError(expected, actual);
        Assert.True(worst < 1e-4, $"worst relative error {worst:E2}");
    }
}
