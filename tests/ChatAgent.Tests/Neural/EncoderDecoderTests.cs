using ChatAgent.Neural;

namespace ChatAgent.Neural.Tests;

[Collection(nameof(VectorWidths))]
public sealed class EncoderDecoderTests
{
    private const double TwinTolerance = 1e-6;
    private const double FloatTolerance = 1e-4;

    [Theory]
    [InlineData(AttentionScore.Multiplicative)]
    [InlineData(AttentionScore.Additive)]
    public void AttentionTwin_Gradients_MatchCentralDifferences(AttentionScore score)
    {
        var random = new Random(1);
        int[] lengths = [3, 0];
        double[] key = Doubles(random, 6), query = Doubles(random, 4), bias = Doubles(random, 2), v = Doubles(random, 2);
        double[] h = Doubles(random, 4 * 2 * 2), memory = Doubles(random, 3 * 2 * 3), weights = Doubles(random, 4 * 2 * 3);
        var twin = new AttentionTwin(score, 3, 2, key, query, bias, v);
        double Loss() => Numbers.Dot(twin.Forward(h, memory, lengths), weights);

        twin.Backward(h, memory, lengths, weights);

        RequireClose(Numbers.CentralDifferences(key, Loss), twin.DKey, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(query, Loss), twin.DQuery, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(bias, Loss), twin.DBias, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(v, Loss), twin.DV, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(h, Loss), twin.DH, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(memory, Loss), twin.DMemory, TwinTolerance);
    }

    [Theory]
    [InlineData(AttentionScore.Multiplicative)]
    [InlineData(AttentionScore.Additive)]
    public void AttentionLayer_ForwardAndBackward_MatchTwin(AttentionScore score)
    {
        foreach (var width in VectorWidths.OfThisMachine)
        {
            using var lowered = VectorWidths.Use(width);
            const int d = 22, hidden = 19, steps = 4, sources = 6;
            var random = new Random(2);
            int[] lengths = [6, 0, 3];
            var layer = new AttentionLayer(new ParameterSet(), "attention", score, d, hidden, random);
            layer.Bias?.FillUniform(random, 1f);
            var twin = new AttentionTwin(score, d, hidden, Of(layer.Key), Of(layer.Query), Of(layer.Bias), Of(layer.Context));
            float[] h = Numbers.Random(random, steps * 3 * hidden), memory = Numbers.Random(random, sources * 3 * d), dc = Numbers.Random(random, steps * 3 * d);
            float[] c = new float[dc.Length], dh = new float[h.Length], dMemory = new float[memory.Length];
            var tape = layer.CreateTape(steps + 1, sources + 1, 3);

            layer.Prepare(memory, tape);
            layer.Forward(h, memory, lengths, c, tape, 3);
            layer.Backward(h, memory, lengths, dc, dh, dMemory, tape);
            twin.Backward(Numbers.ToDouble(h), Numbers.ToDouble(memory), lengths, Numbers.ToDouble(dc));

            RequireClose(twin.Forward(Numbers.ToDouble(h), Numbers.ToDouble(memory), lengths), c, FloatTolerance);
            RequireClose(twin.DKey, layer.Key.Gradients, FloatTolerance);
            RequireClose(twin.DH, dh, FloatTolerance);
            RequireClose(twin.DMemory, dMemory, FloatTolerance);
            if (score == AttentionScore.Additive)
            {
                RequireClose(twin.DQuery, layer.Query!.Gradients, FloatTolerance);
                RequireClose(twin.DBias, layer.Bias!.Gradients, FloatTolerance);
                RequireClose(twin.DV, layer.Context!.Gradients, FloatTolerance);
            }
        }
    }

    [Theory]
    [InlineData(RecurrentCell.Gru, AttentionScore.Multiplicative, false)]
    [InlineData(RecurrentCell.Lstm, AttentionScore.Additive, false)]
    [InlineData(RecurrentCell.Rnn, AttentionScore.Additive, true)]
    public void EncoderDecoder_SomeOfEveryGradient_MatchTheChangeOfTheLoss(RecurrentCell cell, AttentionScore score, bool tied)
    {
        // The layers have twins of their own; how they are joined is checked on the loss, by steps that floats can tell apart.
        var network = Network(cell, score, tied);
        int[][] sources = [[1, 2, 3, 4], [], [5, 1]], targets = [[4, 3], [2], [1, 5, 1]];
        var tape = network.CreateTape(5, 5, 4, new Random(3));
        var (_, count) = network.ForwardBackward(tape, sources, targets, 0);
        var gradients = network.Parameters.Gradients.ToArray();

        Assert.Equal(2 + 1 + 3 + 3, count);
        foreach (var parameter in network.Parameters.Parameters)
        {
            // Along its own gradient a parameter's change of the loss is the gradient's squared length.
            var own = gradients.AsSpan(parameter.Offset, parameter.Length).ToArray();
            var length = Kernels.Norm(own);
            Assert.True(length > 0, parameter.Name);
            var kept = parameter.Values.ToArray();
            double Along(float step)
            {
                kept.CopyTo(parameter.Values);
                Kernels.Axpy((float)(step / length), own, parameter.Values);
                return network.Evaluate(tape, sources, targets).Loss / count;
            }

            const float Step = 3e-2f;
            var slope = ((8 * (Along(Step / 2) - Along(-Step / 2))) - (Along(Step) - Along(-Step))) / (6 * Step);
            kept.CopyTo(parameter.Values);
            Assert.True(Math.Abs(slope - length) < 5e-3 * Math.Max(length, 1e-3), $"{parameter.Name}: slope {slope:E4}, gradient {length:E4}");
        }
    }

    [Theory]
    [InlineData(RecurrentCell.Gru)]
    [InlineData(RecurrentCell.Lstm)]
    public void Step_TokenByToken_GivesTheLossOfEvaluate(RecurrentCell cell)
    {
        var network = Network(cell, AttentionScore.Additive, tied: false);
        int[] source = [1, 2, 3], target = [3, 2, 5];
        var (expected, _) = network.Evaluate(network.CreateTape(3, 4, 1), [source], [target]);
        network.Freeze();

        var (state, logits, loss) = (network.Start(source, 1), new float[3 * 8], 0.0);
        network.Step(state, [6], logits.AsSpan(0, 8));
        state = state.Gather([0, 0, 0]);
        for (var t = 0; t <= target.Length; t++)
        {
            var row = logits.AsSpan(t == 0 ? 0 : 8, 8);
            Kernels.LogSoftmax(row);
            loss -= row[t < target.Length ? target[t] : 7];
            if (t < target.Length)
            {
                network.Step(state, [1, target[t], 4], logits);
                Assert.Equal(1f, state.Looked(1).ToArray().Sum(), 1e-5f);
            }
        }

        Assert.Equal(expected, loss, 1e-4);
        Assert.Equal(4, network.Align(source, target).Length);
        network.Step(network.Start([], 1), [6], logits.AsSpan(0, 8));
        Assert.True(Kernels.AllFinite(logits.AsSpan(0, 8)));
    }

    [Fact]
    public void Train_TurnedAroundWords_AreLearntAndLookedAtInTurn()
    {
        var random = new Random(4);
        (int[] Source, int[] Target)[] pairs = [.. Enumerable.Range(0, 600).Select(_ => (int[])[.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(6))]).Select(source => (source, source.Reverse().ToArray()))];
        var network = new EncoderDecoder(new EncoderDecoderOptions { SourceVocabulary = 6, TargetVocabulary = 8, Begin = 6, End = 7, Embedding = 16, Hidden = 32 }, new Random(1));

        EncoderDecoderTrainer.Train(network, new AdamW(network.Parameters), pairs[100..], pairs[..100], new TrainingOptions { Epochs = 30, LearningRate = 0.01f, Schedule = new CosineSchedule(30) });
        network.Freeze();

        Assert.True(pairs[..100].Count(pair => Write(network, pair.Source).SequenceEqual(pair.Target)) >= 95);
    }

    private static int[] Write(EncoderDecoder network, int[] source)
    {
        var (state, logits, token, text) = (network.Start(source, 1), new float[8], 6, new List<int>());
        while (text.Count < 10)
        {
            network.Step(state, [token], logits);
            token = Array.IndexOf(logits, logits.Max());
            if (token == 7)
            {
                break;
            }

            text.Add(token);
        }

        return [.. text];
    }

    private static EncoderDecoder Network(RecurrentCell cell, AttentionScore score, bool tied) => new(
        new EncoderDecoderOptions { SourceVocabulary = 6, TargetVocabulary = 8, Begin = 6, End = 7, Cell = cell, Embedding = tied ? 9 : 7, Hidden = 9, Layers = 2, Attention = score, Tied = tied },
        new Random(5));

    private static double[] Of(Parameter? parameter) => parameter is null ? [] : Numbers.ToDouble(parameter.Values);

    private static double[] Doubles(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => (random.NextDouble() * 2) - 1)];

    private static void RequireClose(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double tolerance)
    {
        var worst = Numbers.WorstRelativeError(expected, actual);
        Assert.True(worst < tolerance, $"worst relative error {worst:E2}, allowed {tolerance:E0}");
    }

    private static void RequireClose(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double tolerance) => RequireClose(expected, Numbers.ToDouble(actual), tolerance);
}
