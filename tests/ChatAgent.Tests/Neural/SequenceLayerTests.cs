using ChatAgent.Neural;

namespace ChatAgent.Neural.Tests;

/// <summary>Layers over sequences of different lengths: twins in double against central differences, float layers against the twins.</summary>
[Collection(nameof(VectorWidths))]
public sealed class SequenceLayerTests
{
    private const double TwinTolerance = 1e-6;
    private const double FloatTolerance = 1e-4;

    public static TheoryData<int> Widths => VectorWidths.OfThisMachine;

    [Fact]
    public void CrfTwin_Gradients_MatchCentralDifferences()
    {
        var random = new Random(1);
        int[] lengths = [4, 0, 2];
        double[] scores = Doubles(random, 4 * 3 * 4), transitions = Doubles(random, 16), begin = Doubles(random, 4), end = Doubles(random, 4);
        int[] gold = [1, 3, 0, 2, 0, 0, 3, 0, 1, 1, 0, 0];
        var twin = new CrfTwin(4, transitions, begin, end, NoTwoAfterOne);
        double Loss() => twin.Loss(scores, gold, lengths, 0.5);

        twin.Backward(scores, gold, lengths, 0.5);

        RequireClose(Numbers.CentralDifferences(scores, Loss), twin.DScores, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(transitions, Loss), twin.DTransitions, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(begin, Loss), twin.DBegin, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(end, Loss), twin.DEnd, TwinTolerance);
    }

    [Theory]
    [InlineData(2f)]
    [InlineData(60f)]
    [InlineData(400f)]
    public void CrfLayer_LossGradientsAndBestLabels_MatchTwin(float scale)
    {
        // At 60 and 400 exponentials of the differences do not fit a float.
        foreach (var width in VectorWidths.OfThisMachine)
        {
            using var lowered = VectorWidths.Use(width);
            var random = new Random(2);
            int[] lengths = [5, 0, 2, 1];
            var parameters = new ParameterSet();
            var crf = new CrfLayer(parameters, "crf", 4, NoTwoAfterOne);
            Numbers.Random(random, parameters.Length, 2f).CopyTo(parameters.Values);
            var scores = Numbers.Random(random, 5 * 4 * 4, scale);
            int[] gold = [1, 9, 0, 2, 0, 9, 3, 9, 1, 9, 9, 9, 3, 9, 9, 9, 3, 9, 9, 9];
            var twin = new CrfTwin(4, Numbers.ToDouble(crf.Transitions.Values), Numbers.ToDouble(crf.Begin.Values), Numbers.ToDouble(crf.End.Values), NoTwoAfterOne);
            var (scores64, tape) = (Numbers.ToDouble(scores), crf.CreateTape(6, 4));
            twin.Backward(scores64, gold, lengths, 0.25);
            var expected = twin.Loss(scores64, gold, lengths, 0.25);
            var best = new int[20];
            var probable = (float[])scores.Clone();

            crf.Decode(scores, lengths, best, tape);
            crf.Marginals(probable, lengths, tape);

            Assert.Equal(expected, crf.Forward(scores, gold, lengths, 0.25f, tape), 1e-5 * Math.Max(1, expected));
            Assert.Equal(expected, crf.ForwardBackward(scores, gold, lengths, 0.25f, tape), 1e-5 * Math.Max(1, expected));

            // A gradient is a difference of probabilities: its error is measured against the row's weight.
            RequireClose([.. twin.DScores, 0.25], [.. scores, 0.25f], FloatTolerance);
            RequireClose([.. twin.DTransitions, 0.25], [.. crf.Transitions.Gradients, 0.25f], FloatTolerance);
            RequireClose([.. twin.DBegin, 0.25], [.. crf.Begin.Gradients, 0.25f], FloatTolerance);
            RequireClose([.. twin.DEnd, 0.25], [.. crf.End.Gradients, 0.25f], FloatTolerance);
            RequireClose(twin.Marginals, probable, FloatTolerance);
            Assert.Equal(twin.Best(scores64, lengths, 0), Enumerable.Range(0, 5).Select(t => best[t * 4]));
            Assert.Equal([.. twin.Best(scores64, lengths, 2), -1, -1, -1], Enumerable.Range(0, 5).Select(t => best[(t * 4) + 2]));
        }
    }

    [Fact]
    public void CrfLayer_BadLabelsOrWays_SayWhatAndWhere()
    {
        var crf = new CrfLayer(new ParameterSet(), "crf", 4, NoTwoAfterOne);
        var tape = crf.CreateTape(2, 1);

        Assert.Throws<ArgumentOutOfRangeException>(() => crf.Forward(new float[8], [0, 4], [2], 1f, tape));
        Assert.Contains("label 2 may not follow 1", Assert.Throws<ArgumentException>(() => crf.Forward(new float[8], [1, 2], [2], 1f, tape)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new CrfLayer(new ParameterSet(), "crf", 3, (from, _) => from >= 0));
        Assert.Throws<ArgumentException>(() => new CrfLayer(new ParameterSet(), "crf", 3, (from, to) => from != 1 && (to == 0 || from < 0)));
    }

    [Fact]
    public void CrfLayer_VocabularyOfOneLabel_HasNoLoss()
    {
        var crf = new CrfLayer(new ParameterSet(), "crf", 1);

        Assert.Equal(0.0, crf.ForwardBackward([5f, -3f], [0, 0], [2], 1f, crf.CreateTape(2, 1)), 1e-6);
    }

    [Fact]
    public void AttentionPoolingTwin_Gradients_MatchCentralDifferences()
    {
        var random = new Random(3);
        int[] lengths = [3, 0, 1];
        double[] w = Doubles(random, 8), bias = Doubles(random, 2), v = Doubles(random, 2), x = Doubles(random, 36), weights = Doubles(random, 12);
        var twin = new AttentionPoolingTwin(4, 2, w, bias, v);
        double Loss() => Numbers.Dot(twin.Forward(x, lengths), weights);

        twin.Backward(x, lengths, weights);

        RequireClose(Numbers.CentralDifferences(w, Loss), twin.DW, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(bias, Loss), twin.DBias, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(v, Loss), twin.DV, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(x, Loss), twin.DX, TwinTolerance);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void AttentionPooling_ForwardAndBackward_MatchTwin(int width)
    {
        using var lowered = VectorWidths.Use(width);
        const int d = 23, a = 17, t = 6;
        var random = new Random(4);
        int[] lengths = [6, 0, 3];
        var layer = new AttentionPooling(new ParameterSet(), "attention", d, a, random);
        layer.Bias.FillUniform(random, 1f);
        layer.Context.FillUniform(random, 2f);
        var twin = new AttentionPoolingTwin(d, a, Numbers.ToDouble(layer.Weight.Values), Numbers.ToDouble(layer.Bias.Values), Numbers.ToDouble(layer.Context.Values));
        float[] x = Numbers.Random(random, t * 3 * d), y = new float[3 * d], dy = Numbers.Random(random, 3 * d), dx = new float[x.Length];
        var tape = layer.CreateTape(t + 1, 3);

        layer.Forward(x, lengths, y, tape);
        layer.Backward(x, lengths, dy, dx, tape);
        twin.Backward(Numbers.ToDouble(x), lengths, Numbers.ToDouble(dy));

        RequireClose(twin.Forward(Numbers.ToDouble(x), lengths), y, FloatTolerance);
        RequireClose(twin.DW, layer.Weight.Gradients, FloatTolerance);
        RequireClose(twin.DBias, layer.Bias.Gradients, FloatTolerance);
        RequireClose(twin.DV, layer.Context.Gradients, FloatTolerance);
        RequireClose(twin.DX, dx, FloatTolerance);
        Assert.Equal(1f, tape.Weights(2)[..3].ToArray().Sum(), 1e-5f);
    }

    [Theory]
    [InlineData(SequencePooling.Last)]
    [InlineData(SequencePooling.Mean)]
    [InlineData(SequencePooling.Max)]
    public void PoolingLayer_Gradient_MatchesCentralDifferences(SequencePooling kind)
    {
        var random = new Random(5);
        int[] lengths = [4, 0, 2, 1];
        var x = Numbers.Random(random, 4 * 4 * 6);
        var weights = Numbers.Random(random, 4 * 6);
        var (layer, y, dx, x64) = (new PoolingLayer(kind, 6, 4, backwardHalf: 2), new float[24], new float[x.Length], Numbers.ToDouble(x));

        layer.Forward(x, lengths, y);
        layer.Backward(lengths, weights, dx);

        RequireClose(Pooled(kind, x64, lengths), y, FloatTolerance);
        RequireClose(Numbers.CentralDifferences(x64, () => Numbers.Dot(Pooled(kind, x64, lengths), Numbers.ToDouble(weights))), dx, FloatTolerance);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public void RecurrentStack_TwoLayers_MatchesTwins(bool bidirectional, bool residual)
    {
        const int t = 5, b = 3, e = 7, h = 9;
        var random = new Random(6);
        int[] lengths = [5, 2, 0];
        var stack = new RecurrentStack(
            new ParameterSet(), "gru", new RecurrentStackOptions { Inputs = e, Hidden = h, Layers = 3, Bidirectional = bidirectional, Residual = residual }, random);
        var x = Numbers.Random(random, t * b * e);
        var weights = Numbers.Random(random, t * b * stack.Outputs);
        for (var at = 0; at < weights.Length; at++)
        {
            weights[at] = at / stack.Outputs / b < lengths[at / stack.Outputs % b] ? weights[at] : 0f;
        }

        var (tape, dx) = (stack.CreateTape(t + 1, b, random), new float[x.Length]);
        stack.Forward(x, lengths, tape, t, training: true);
        var outputs = tape.Outputs(t).ToArray();
        stack.Backward([.. weights], dx, lengths, tape, t);

        // The same from twins: up, keeping what each layer read, then down.
        var zero = new double[b * h];
        var (forwards, backwards) = (stack.Layers.Select(Twin).ToArray(), stack.Backwards.Select(Twin).ToArray());
        var inputs = new List<double[]> { Numbers.ToDouble(x) };
        for (var layer = 0; layer < 3; layer++)
        {
            var input = inputs[layer];
            var output = forwards[layer].Forward(input, zero, t, b);
            if (bidirectional)
            {
                output = Join(output, Turn(backwards[layer].Forward(Turn(input, lengths), zero, t, b), lengths), t * b);
            }

            inputs.Add(residual && layer > 0 ? [.. output.Zip(input, (o, i) => o + i)] : output);
        }

        var d = Numbers.ToDouble(weights);
        for (var layer = 2; layer >= 0; layer--)
        {
            var above = d;
            forwards[layer].Backward(inputs[layer], zero, bidirectional ? Half(d, 0, t * b) : d, t, b);
            d = forwards[layer].DX;
            if (bidirectional)
            {
                backwards[layer].Backward(Turn(inputs[layer], lengths), zero, Turn(Half(above, 1, t * b), lengths), t, b);
                d = [.. d.Zip(Turn(backwards[layer].DX, lengths), (p, q) => p + q)];
            }

            d = residual && layer > 0 ? [.. d.Zip(above, (p, q) => p + q)] : d;
            RequireClose(forwards[layer].DW, stack.Layers[layer].W.Gradients, FloatTolerance);
            RequireClose(forwards[layer].DU, stack.Layers[layer].U.Gradients, FloatTolerance);
            if (bidirectional)
            {
                RequireClose(backwards[layer].DW, stack.Backwards[layer].W.Gradients, FloatTolerance);
                RequireClose(backwards[layer].DU, stack.Backwards[layer].U.Gradients, FloatTolerance);
            }
        }

        RequireClose(d, dx, FloatTolerance);
        RequireClose(Within(inputs[3], lengths, stack.Outputs), Within(Numbers.ToDouble(outputs), lengths, stack.Outputs), FloatTolerance);
    }

    [Fact]
    public void RecurrentStack_WhatIsBeyondALength_ChangesNothing()
    {
        var random = new Random(7);
        var stack = new RecurrentStack(new ParameterSet(), "gru", new RecurrentStackOptions { Inputs = 3, Hidden = 4, Layers = 2, Bidirectional = true }, random);
        var (tape, x) = (stack.CreateTape(6, 1), Numbers.Random(random, 18));
        stack.Forward(x.AsSpan(0, 9), [3], tape, 3, training: false);
        var alone = tape.Outputs(3).ToArray();

        tape.ResetState();
        stack.Forward(x, [3], tape, 6, training: false);

        Assert.Equal(alone, tape.Outputs(3).ToArray());
    }

    [Fact]
    public void RecurrentStack_DroppedWeights_GradientIsThatOfTheMaskedWeights()
    {
        const int t = 4, b = 2, e = 3, h = 5;
        var options = new RecurrentStackOptions { Inputs = e, Hidden = h, RecurrentDropout = 0.4f };
        var stack = new RecurrentStack(new ParameterSet(), "gru", options, new Random(8));
        var layer = (GruLayer)stack.Layers[0];
        var (x, weights) = (Numbers.Random(new Random(9), t * b * e), Numbers.Random(new Random(10), t * b * h));
        var tape = stack.CreateTape(t, b, new Random(11));
        var seed = tape.RecurrentDropouts[0].State;
        var kept = layer.U.Values.ToArray();
        layer.U.Gradients.Fill(0.5f);

        stack.Forward(x, [], tape, t, training: true);
        stack.Backward([.. weights], [], [], tape, t);

        var (again, masked) = (new Dropout(0.4f, kept.Length, new Random(0)) { State = seed }, new float[kept.Length]);
        again.Forward(kept, masked);
        var twin = new GruTwin(e, h, Numbers.ToDouble(layer.W.Values), Numbers.ToDouble(masked), Numbers.ToDouble(layer.B.Values), Numbers.ToDouble(layer.C.Values));
        twin.Backward(Numbers.ToDouble(x), new double[b * h], Numbers.ToDouble(weights), t, b);
        var dU = twin.DU.Select((g, i) => 0.5 + (kept[i] == 0f ? 0.0 : g * masked[i] / kept[i])).ToArray();

        Assert.Equal(kept, layer.U.Values.ToArray());
        RequireClose(dU, layer.U.Gradients, FloatTolerance);
        RequireClose(twin.DW, layer.W.Gradients, FloatTolerance);
    }

    [Fact]
    public void Dropout_OneMaskForAllSteps_ZeroesTheSamePlaces()
    {
        var (dropout, y) = (new Dropout(0.5f, 12 * 7, new Random(12), period: 12), new float[84]);

        dropout.Forward([.. Enumerable.Repeat(1f, 84)], y);

        Assert.All(Enumerable.Range(12, 72), at => Assert.Equal(y[at % 12], y[at]));
        Assert.Contains(0f, y);
        Assert.Contains(2f, y);
    }

    private static bool NoTwoAfterOne(int from, int to) => (from, to) is not ((1, 2) or (-1, 3) or (0, 4));

    private static GruTwin Twin(IRecurrentLayer layer) =>
        new(layer.Inputs, layer.Hidden, Numbers.ToDouble(layer.W.Values), Numbers.ToDouble(layer.U.Values), Numbers.ToDouble(layer.B.Values), Numbers.ToDouble(layer.C.Values));

    private static double[] Pooled(SequencePooling kind, double[] x, int[] lengths)
    {
        var y = new double[lengths.Length * 6];
        for (var at = 0; at < y.Length; at++)
        {
            var (b, d) = (at / 6, at % 6);
            double[] steps = [.. Enumerable.Range(0, lengths[b]).Select(t => x[(((t * lengths.Length) + b) * 6) + d])];
            y[at] = steps.Length == 0 ? 0 : kind switch { SequencePooling.Last => d < 4 ? steps[^1] : steps[0], SequencePooling.Mean => steps.Average(), _ => steps.Max() };
        }

        return y;
    }

    private static double[] Turn(double[] x, int[] lengths)
    {
        var (y, width, steps) = (new double[x.Length], x.Length / (5 * lengths.Length), 5);
        for (var t = 0; t < steps; t++)
        {
            for (var b = 0; b < lengths.Length; b++)
            {
                Array.Copy(x, (((t < lengths[b] ? lengths[b] - 1 - t : t) * lengths.Length) + b) * width, y, ((t * lengths.Length) + b) * width, width);
            }
        }

        return y;
    }

    private static double[] Join(double[] first, double[] second, int rows) =>
        [.. Enumerable.Range(0, rows).SelectMany(row => first.Skip(row * first.Length / rows).Take(first.Length / rows).Concat(second.Skip(row * first.Length / rows).Take(first.Length / rows)))];

    private static double[] Half(double[] both, int half, int rows) =>
        [.. Enumerable.Range(0, rows).SelectMany(row => both.Skip((row * both.Length / rows) + (half * both.Length / rows / 2)).Take(both.Length / rows / 2))];

    private static double[] Within(double[] x, int[] lengths, int width) => [.. x.Where((_, at) => at / width / lengths.Length < lengths[at / width % lengths.Length])];

    private static double[] Doubles(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => (random.NextDouble() * 2) - 1)];

    private static void RequireClose(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double tolerance)
    {
        var worst = Numbers.WorstRelativeError(expected, actual);
        Assert.True(worst < tolerance, $"worst relative error {worst:E2}, allowed {tolerance:E0}");
    }

    private static void RequireClose(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double tolerance) => RequireClose(expected, Numbers.ToDouble(actual), tolerance);
}
