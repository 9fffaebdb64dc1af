using ChatAgent.Neural;

namespace ChatAgent.Neural.Tests;

/// <summary>Each layer has a twin in double: twin against central differences, float layer against the twin.</summary>
[Collection(nameof(VectorWidths))]
public sealed class LayerGradientTests
{
    private const double TwinTolerance = 1e-6;
    private const double FloatTolerance = 1e-4;

    public static TheoryData<int> Widths => VectorWidths.OfThisMachine;

    [Fact]
    public void GruTwin_Gradients_MatchCentralDifferences()
    {
        const int t = 4, b = 2, e = 3, h = 5;
        var random = new Random(1);
        var (w, u, bias, c) = (Doubles(random, 3 * h * e), Doubles(random, 3 * h * h), Doubles(random, 3 * h), Doubles(random, 3 * h));
        var (x, state, weights) = (Doubles(random, t * b * e), Doubles(random, b * h), Doubles(random, t * b * h));
        var twin = new GruTwin(e, h, w, u, bias, c);
        double Loss() => Numbers.Dot(twin.Forward(x, state, t, b), weights);

        twin.Backward(x, state, weights, t, b);

        RequireClose(Numbers.CentralDifferences(w, Loss), twin.DW, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(u, Loss), twin.DU, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(bias, Loss), twin.DB, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(c, Loss), twin.DC, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(x, Loss), twin.DX, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(state, Loss), twin.DState, TwinTolerance);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void GruLayer_ForwardAndBackward_MatchTwin(int width)
    {
        using var lowered = VectorWidths.Use(width);
        const int t = 6, b = 5, e = 19, h = 37;
        var random = new Random(2);
        var parameters = new ParameterSet();
        var layer = new GruLayer(parameters, "gru", e, h, random);
        var twin = new GruTwin(e, h, Numbers.ToDouble(layer.W.Values), Numbers.ToDouble(layer.U.Values), Numbers.ToDouble(layer.B.Values), Numbers.ToDouble(layer.C.Values));
        float[] x = Numbers.Random(random, t * b * e, 2f), state = Numbers.Random(random, b * h), weights = Numbers.Random(random, t * b * h), dx = new float[x.Length];
        var (x64, state64) = (Numbers.ToDouble(x), Numbers.ToDouble(state));
        var tape = layer.CreateTape(t + 2, b);

        layer.Forward(x, state, tape, t);
        var outputs = twin.Forward(x64, state64, t, b);
        RequireClose(outputs, tape.Outputs(t), FloatTolerance);
        RequireClose(outputs.AsSpan((t - 1) * b * h), state, FloatTolerance);

        layer.Backward(x, weights, dx, tape, t);
        twin.Backward(x64, state64, Numbers.ToDouble(weights), t, b);
        RequireClose(twin.DW, layer.W.Gradients, FloatTolerance);
        RequireClose(twin.DU, layer.U.Gradients, FloatTolerance);
        RequireClose(twin.DB, layer.B.Gradients, FloatTolerance);
        RequireClose(twin.DC, layer.C.Gradients, FloatTolerance);
        RequireClose(twin.DX, dx, FloatTolerance);
        RequireClose(twin.DState, tape.DState, FloatTolerance);
    }

    [Fact]
    public void LstmTwin_Gradients_MatchCentralDifferences()
    {
        const int t = 4, b = 2, e = 3, h = 5;
        var random = new Random(11);
        var (w, u, bias, d) = (Doubles(random, 4 * h * e), Doubles(random, 4 * h * h), Doubles(random, 4 * h), Doubles(random, 4 * h));
        var (x, state, weights) = (Doubles(random, t * b * e), Doubles(random, 2 * b * h), Doubles(random, t * b * h));
        var twin = new LstmTwin(e, h, w, u, bias, d);
        double Loss() => Numbers.Dot(twin.Forward(x, state, t, b).Outputs, weights);

        twin.Backward(x, state, weights, t, b);

        RequireClose(Numbers.CentralDifferences(w, Loss), twin.DW, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(u, Loss), twin.DU, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(bias, Loss), twin.DB, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(d, Loss), twin.DB, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(x, Loss), twin.DX, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(state, Loss), twin.DState, TwinTolerance);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void LstmLayer_ForwardAndBackward_MatchTwin(int width)
    {
        using var lowered = VectorWidths.Use(width);
        const int t = 6, b = 5, e = 19, h = 37;
        var random = new Random(12);
        var layer = new LstmLayer(new ParameterSet(), "lstm", e, h, random);
        var twin = new LstmTwin(e, h, Numbers.ToDouble(layer.W.Values), Numbers.ToDouble(layer.U.Values), Numbers.ToDouble(layer.B.Values), Numbers.ToDouble(layer.C.Values));
        float[] x = Numbers.Random(random, t * b * e, 2f), state = Numbers.Random(random, 2 * b * h), weights = Numbers.Random(random, t * b * h), dx = new float[x.Length];
        var (x64, state64) = (Numbers.ToDouble(x), Numbers.ToDouble(state));
        var tape = layer.CreateTape(t + 2, b);

        layer.Forward(x, state, tape, t);
        var (outputs, cells) = twin.Forward(x64, state64, t, b);
        RequireClose(outputs, tape.Outputs(t), FloatTolerance);
        RequireClose(outputs.AsSpan((t - 1) * b * h), state.AsSpan(0, b * h), FloatTolerance);
        RequireClose(cells.AsSpan((t - 1) * b * h), state.AsSpan(b * h), FloatTolerance);

        layer.Backward(x, weights, dx, tape, t);
        twin.Backward(x64, state64, Numbers.ToDouble(weights), t, b);
        RequireClose(twin.DW, layer.W.Gradients, FloatTolerance);
        RequireClose(twin.DU, layer.U.Gradients, FloatTolerance);
        RequireClose(twin.DB, layer.B.Gradients, FloatTolerance);
        RequireClose(twin.DB, layer.C.Gradients, FloatTolerance);
        RequireClose(twin.DX, dx, FloatTolerance);
        RequireClose(twin.DState, [.. tape.DState, .. tape.DCell], FloatTolerance);
    }

    [Fact]
    public void RnnTwin_Gradients_MatchCentralDifferences()
    {
        const int t = 4, b = 2, e = 3, h = 5;
        var random = new Random(13);
        var (w, u, bias, c) = (Doubles(random, h * e), Doubles(random, h * h), Doubles(random, h), Doubles(random, h));
        var (x, state, weights) = (Doubles(random, t * b * e), Doubles(random, b * h), Doubles(random, t * b * h));
        var twin = new RnnTwin(e, h, w, u, bias, c);
        double Loss() => Numbers.Dot(twin.Forward(x, state, t, b), weights);

        twin.Backward(x, state, weights, t, b);

        RequireClose(Numbers.CentralDifferences(w, Loss), twin.DW, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(u, Loss), twin.DU, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(bias, Loss), twin.DB, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(x, Loss), twin.DX, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(state, Loss), twin.DState, TwinTolerance);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void SimpleRnnLayer_ForwardAndBackward_MatchTwin(int width)
    {
        using var lowered = VectorWidths.Use(width);
        const int t = 6, b = 5, e = 19, h = 37;
        var random = new Random(14);
        var layer = new SimpleRnnLayer(new ParameterSet(), "rnn", e, h, random);
        var twin = new RnnTwin(e, h, Numbers.ToDouble(layer.W.Values), Numbers.ToDouble(layer.U.Values), Numbers.ToDouble(layer.B.Values), Numbers.ToDouble(layer.C.Values));
        float[] x = Numbers.Random(random, t * b * e, 2f), state = Numbers.Random(random, b * h), weights = Numbers.Random(random, t * b * h), dx = new float[x.Length];
        var (x64, state64) = (Numbers.ToDouble(x), Numbers.ToDouble(state));
        var tape = layer.CreateTape(t + 2, b);

        layer.Forward(x, state, tape, t);
        var outputs = twin.Forward(x64, state64, t, b);
        RequireClose(outputs, tape.Outputs(t), FloatTolerance);
        RequireClose(outputs.AsSpan((t - 1) * b * h), state, FloatTolerance);

        layer.Backward(x, weights, dx, tape, t);
        twin.Backward(x64, state64, Numbers.ToDouble(weights), t, b);
        RequireClose(twin.DW, layer.W.Gradients, FloatTolerance);
        RequireClose(twin.DU, layer.U.Gradients, FloatTolerance);
        RequireClose(twin.DB, layer.B.Gradients, FloatTolerance);
        RequireClose(twin.DB, layer.C.Gradients, FloatTolerance);
        RequireClose(twin.DX, dx, FloatTolerance);
        RequireClose(twin.DState, tape.DState, FloatTolerance);
    }

    [Fact]
    public void LinearTwin_Gradients_MatchCentralDifferences()
    {
        var random = new Random(3);
        var (w, b, x, weights) = (Doubles(random, 15), Doubles(random, 5), Doubles(random, 6), Doubles(random, 10));
        var twin = new LinearTwin(3, 5, w, b);
        double Loss() => Numbers.Dot(twin.Forward(x), weights);

        twin.Backward(x, weights);

        RequireClose(Numbers.CentralDifferences(w, Loss), twin.DW, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(b, Loss), twin.DB, TwinTolerance);
        RequireClose(Numbers.CentralDifferences(x, Loss), twin.DX, TwinTolerance);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void LinearLayer_ForwardAndBackward_MatchTwin(int width)
    {
        using var lowered = VectorWidths.Use(width);
        const int rows = 13, k = 29, n = 41;
        var random = new Random(4);
        var layer = new LinearLayer(new ParameterSet(), "linear", k, n, random);
        layer.Bias.FillUniform(random, 1f);
        var twin = new LinearTwin(k, n, Numbers.ToDouble(layer.Weight.Values), Numbers.ToDouble(layer.Bias.Values));
        float[] x = Numbers.Random(random, rows * k), y = new float[rows * n], dy = Numbers.Random(random, rows * n), dx = new float[x.Length];

        layer.Forward(x, y);
        layer.Backward(x, dy, dx);
        twin.Backward(Numbers.ToDouble(x), Numbers.ToDouble(dy));

        RequireClose(twin.Forward(Numbers.ToDouble(x)), y, FloatTolerance);
        RequireClose(twin.DW, layer.Weight.Gradients, FloatTolerance);
        RequireClose(twin.DB, layer.Bias.Gradients, FloatTolerance);
        RequireClose(twin.DX, dx, FloatTolerance);
    }

    [Fact]
    public void EmbeddingTwin_Gradients_MatchCentralDifferences()
    {
        var random = new Random(5);
        int[] tokens = [2, 0, 2, 3];
        var (w, weights) = (Doubles(random, 12), Doubles(random, 12));
        var twin = new EmbeddingTwin(3, w);

        RequireClose(Numbers.CentralDifferences(w, () => Numbers.Dot(twin.Forward(tokens), weights)), twin.Backward(tokens, weights), TwinTolerance);
    }

    [Fact]
    public void EmbeddingLayer_ForwardAndBackward_MatchTwin()
    {
        var random = new Random(6);
        var layer = new EmbeddingLayer(new ParameterSet(), "embedding", 5, 7, random);
        var twin = new EmbeddingTwin(7, Numbers.ToDouble(layer.Weight.Values));
        int[] tokens = [4, 0, 4, 2];
        var (y, dy) = (new float[28], Numbers.Random(random, 28));

        layer.Forward(tokens, y, 7);
        layer.Backward(tokens, dy, 7);

        RequireClose(twin.Forward(tokens), y, FloatTolerance);
        RequireClose(twin.Backward(tokens, Numbers.ToDouble(dy)), layer.Weight.Gradients, FloatTolerance);
        Assert.Throws<ArgumentOutOfRangeException>(() => layer.Forward([5], y, 7));
        Assert.Throws<ArgumentOutOfRangeException>(() => layer.Forward([-1], y, 7));
    }

    [Fact]
    public void CrossEntropyTwin_Gradient_MatchesCentralDifferences()
    {
        var logits = Doubles(new Random(7), 12);
        int[] targets = [1, -1, 3];

        RequireClose(
            Numbers.CentralDifferences(logits, () => CrossEntropyTwin.Run(logits, targets, 0.5).Loss), CrossEntropyTwin.Run(logits, targets, 0.5).DLogits, TwinTolerance);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void SoftmaxCrossEntropy_LossAndGradient_MatchTwin(int width)
    {
        using var lowered = VectorWidths.Use(width);
        var random = new Random(8);
        var logits = Numbers.Random(random, 4 * 53, 10f);
        int[] targets = [52, -1, 0, 17];
        var (loss, gradient) = CrossEntropyTwin.Run(Numbers.ToDouble(logits), targets, 0.25);

        Assert.Equal(loss, SoftmaxCrossEntropy.Forward(logits, targets, 0.25f), 1e-5);
        Assert.Equal(loss, SoftmaxCrossEntropy.ForwardBackward(logits, targets, 0.25f), 1e-5);
        RequireClose(gradient, logits, FloatTolerance);
        Assert.Throws<ArgumentOutOfRangeException>(() => SoftmaxCrossEntropy.Forward(logits, [1, 2, 3, 53], 1f));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TokenNetwork_TwoLayersWithContext_MatchesTwins(bool tied)
    {
        const int t = 5, b = 3, v = 17, e = 11, context = 4, h = 11;
        var random = new Random(9);
        var network = new TokenNetwork(new TokenNetworkOptions { Vocabulary = v, Embedding = e, Context = context, Hidden = h, Layers = 2, Tied = tied }, random);
        var beside = Numbers.Random(random, t * b * context);
        int[] inputs = [.. Enumerable.Range(0, t * b).Select(_ => random.Next(v))], targets = [.. inputs.Select(token => token % 5 == 0 ? -1 : (token * 3) % v)];
        var tape = network.CreateTape(t, b, random);

        var loss = network.ForwardBackward(tape, inputs, beside, targets, t, 0);

        var embedding = new EmbeddingTwin(e, Numbers.ToDouble(network.Embedding.Weight.Values));
        var grus = network.Recurrent.Select(layer => new GruTwin(
            layer.Inputs, h, Numbers.ToDouble(layer.W.Values), Numbers.ToDouble(layer.U.Values), Numbers.ToDouble(layer.B.Values), Numbers.ToDouble(layer.C.Values))).ToArray();
        var output = new LinearTwin(h, v, Numbers.ToDouble(network.Output.Weight.Values), Numbers.ToDouble(network.Output.Bias.Values));
        var embedded = embedding.Forward(inputs);
        double[] x = [.. Enumerable.Range(0, t * b).SelectMany(row => embedded.Skip(row * e).Take(e).Concat(beside.Skip(row * context).Take(context).Select(f => (double)f)))];
        var zero = new double[b * h];
        var h0 = grus[0].Forward(x, zero, t, b);
        var h1 = grus[1].Forward(h0, zero, t, b);
        var (expectedLoss, dLogits) = CrossEntropyTwin.Run(output.Forward(h1), targets, 1.0 / targets.Count(target => target >= 0));
        output.Backward(h1, dLogits);
        grus[1].Backward(h0, zero, output.DX, t, b);
        grus[0].Backward(x, zero, grus[1].DX, t, b);
        double[] dEmbedded = [.. Enumerable.Range(0, t * b).SelectMany(row => grus[0].DX.Skip(row * (e + context)).Take(e))];
        var dEmbedding = embedding.Backward(inputs, dEmbedded);
        if (tied)
        {
            dEmbedding = [.. dEmbedding.Zip(output.DW, (a, c) => a + c)];
        }

        Assert.Equal(expectedLoss, loss, 1e-5);
        RequireClose(dEmbedding, network.Embedding.Weight.Gradients, FloatTolerance);
        RequireClose(grus[0].DW, network.Recurrent[0].W.Gradients, FloatTolerance);
        RequireClose(grus[1].DU, network.Recurrent[1].U.Gradients, FloatTolerance);
        RequireClose(output.DB, network.Output.Bias.Gradients, FloatTolerance);
    }

    [Fact]
    public void Dropout_MaskOfForward_IsThatOfBackward()
    {
        var dropout = new Dropout(0.3f, 10_001, new Random(10));
        var (ones, y, dx) = (Enumerable.Repeat(1f, 10_001).ToArray(), new float[10_001], new float[10_001]);

        dropout.Forward(ones, y);
        dropout.Backward(ones, dx);

        Assert.Equal(y, dx);
        Assert.Equal(0.3, y.Count(value => value == 0f) / 10_001.0, 0.02);
        Assert.Equal(1.0, y.Average(), 0.02);
        Assert.All(y, value => Assert.True(value is 0f or > 1.42f and < 1.43f));
        dropout.Forward(ones, y);
        Assert.NotEqual(y, dx);
    }

    private static double[] Doubles(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => (2 * random.NextDouble()) - 1)];

    private static void RequireClose(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double tolerance)
    {
        var worst = Numbers.WorstRelativeError(expected, actual);
        Assert.True(worst < tolerance, $"worst relative error {worst:R}, allowed {tolerance:R}");
    }

    private static void RequireClose(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double tolerance) =>
        RequireClose(expected, Numbers.ToDouble(actual), tolerance);
}
