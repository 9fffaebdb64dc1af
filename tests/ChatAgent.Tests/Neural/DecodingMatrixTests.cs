using ChatAgent.Neural;

namespace ChatAgent.Neural.Tests;

[Collection(nameof(VectorWidths))]
public sealed class DecodingMatrixTests
{
    public static TheoryData<int, WeightFormat> WidthsAndFormats
    {
        get
        {
            var data = new TheoryData<int, WeightFormat>();
            foreach (var width in new[] { 512, 256, 128, 0 }.Where(width => width <= Kernels.WidestOfMachine))
            {
                foreach (var format in Enum.GetValues<WeightFormat>())
                {
                    data.Add(width, format);
                }
            }

            return data;
        }
    }

    public static TheoryData<WeightFormat, double> FormatsAndErrors => new() { { WeightFormat.BFloat16, 0.02 }, { WeightFormat.Int8, 0.04 } };

    public static TheoryData<RecurrentCell, WeightFormat> CellsAndFormats
    {
        get
        {
            var data = new TheoryData<RecurrentCell, WeightFormat>();
            foreach (var cell in Enum.GetValues<RecurrentCell>())
            {
                data.Add(cell, WeightFormat.BFloat16);
                data.Add(cell, WeightFormat.Int8);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(WidthsAndFormats))]
    public void MatMul_EveryTailLength_MatchesPlainLoop(int width, WeightFormat format)
    {
        using var lowered = VectorWidths.Use(width);
        var random = new Random(width);
        foreach (var k in (int[])[1, 2, 3, 8, 33])
        {
            for (var n = 1; n < 70; n += n < 36 ? 1 : 11)
            {
                var weights = Numbers.Random(random, n * k);
                var matrix = new DecodingMatrix(weights, k, n, format);
                var kept = Kept(weights, k, format);
                for (var m = 1; m <= 11; m++)
                {
                    float[] a = Numbers.Random(random, m * k), c = Numbers.Random(random, m * n);

                    Kernels.MatMul(a, matrix, c, m);

                    for (var i = 0; i < m * n; i++)
                    {
                        var expected = 0.0;
                        for (var p = 0; p < k; p++)
                        {
                            expected += a[(i / n * k) + p] * kept[(i % n * k) + p];
                        }

                        Assert.True(Math.Abs(c[i] - expected) < (format == WeightFormat.Int8 ? k * 2e-5 : 1e-5), $"{m}×{k}×{n}, {i}: {c[i]}, expected {expected}");
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(WidthsAndFormats))]
    public void MatMul_Accumulate_AddsToWhatIsThere(int width, WeightFormat format)
    {
        using var lowered = VectorWidths.Use(width);
        var random = new Random(3);
        for (var m = 1; m <= 7; m++)
        {
            float[] weights = Numbers.Random(random, 37 * 9), a = Numbers.Random(random, m * 9), before = Numbers.Random(random, m * 37), product = new float[m * 37], sums = (float[])before.Clone();
            var matrix = new DecodingMatrix(weights, 9, 37, format);

            Kernels.MatMul(a, matrix, product, m);
            Kernels.MatMul(a, matrix, sums, m, accumulate: true);

            Assert.Equal(before.Zip(product, (x, y) => x + y), sums);
        }
    }

    [Theory]
    [InlineData(WeightFormat.Float32)]
    [InlineData(WeightFormat.BFloat16)]
    [InlineData(WeightFormat.Int8)]
    public void MatMul_WeightIsNaN_ThatOutputIsNaNAlone(WeightFormat format)
    {
        float[] weights = [1f, float.NaN, 3f, 4f, 0f, 0f], c = new float[3];

        Kernels.MatMul([1f, 1f], new DecodingMatrix(weights, 2, 3, format), c, 1);

        Assert.True(float.IsNaN(c[0]));
        Assert.Equal(7.0, c[1], 0.04);
        Assert.Equal(0f, c[2]);
    }

    [Fact]
    public void MatMul_BytesAtEveryWidth_GivesTheSameBits()
    {
        var random = new Random(9);
        float[] weights = Numbers.Random(random, 70 * 651), a = Numbers.Random(random, 6 * 651);
        var results = new List<float[]>();
        foreach (var width in new[] { 512, 256, 128, 0 }.Where(width => width <= Kernels.WidestOfMachine))
        {
            using var lowered = VectorWidths.Use(width);
            var c = new float[6 * 70];
            Kernels.MatMul(a, new DecodingMatrix(weights, 651, 70, WeightFormat.Int8), c, 6);
            results.Add(c);
        }

        Assert.All(results, result => Assert.Equal(results[0], result));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(40_000)]
    public void MatMul_BytesAllAtTheirLargest_DoNotLeaveTheRange(int k)
    {
        float[] ones = new float[k], c = new float[5];
        Array.Fill(ones, 1f);

        Kernels.MatMul([.. ones, .. ones, .. ones, .. ones, .. ones], new DecodingMatrix(ones, k, 1, WeightFormat.Int8), c, 5);

        Assert.All(c, sum => Assert.Equal(k, sum, k * 1e-5));
    }

    [Theory]
    [InlineData(0f, 0f)]
    [InlineData(1e-44f, 0f)]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(float.PositiveInfinity, float.NaN)]
    public void MatMul_BytesByStrangeRows_GivesNothingOrNaN(float value, float expected)
    {
        var c = new float[1];
        Kernels.MatMul([value, 0f, value], new DecodingMatrix([1f, 2f, 1f], 3, 1, WeightFormat.Int8), c, 1);
        Assert.Equal(expected, c[0]);
    }

    [Fact]
    public void Bytes_OfEachFormat_HalveAndHalveAgain()
    {
        var weights = new float[640 * 64];
        var bytes = Enum.GetValues<WeightFormat>().Select(format => new DecodingMatrix(weights, 64, 640, format).Bytes).ToArray();
        Assert.Equal([640 * 64 * 4, 640 * 64 * 2, (640 * 64) + (640 * 4)], bytes);
    }

    [Theory]
    [MemberData(nameof(CellsAndFormats))]
    public void Decoder_NarrowWeights_StaysNearTheWideOne(RecurrentCell cell, WeightFormat format)
    {
        var network = new TokenNetwork(new TokenNetworkOptions { Cell = cell, Vocabulary = 40, Embedding = 16, Hidden = 33, Layers = 2 }, new Random(4));
        TokenDecoder wide = new(network), narrow = new(network, format);
        var (left, right, x, y) = (wide.Start(3), narrow.Start(3), new float[120], new float[120]);
        for (var i = 0; i < 20; i++)
        {
            int[] tokens = [i % 40, 3, 39 - i];
            wide.Step(left, tokens, x);
            narrow.Step(right, tokens, y);
        }

        Assert.True(wide.BytesPerStep > 1.8 * narrow.BytesPerStep);
        Assert.All(x.Zip(y), pair => Assert.Equal(pair.First, pair.Second, 0.02));
        Assert.NotEqual(x, y);
    }

    [Theory]
    [MemberData(nameof(FormatsAndErrors))]
    public void Decoder_NarrowWeights_LoseLittlePerplexity(WeightFormat format, double most)
    {
        int[] tokens = [.. Enumerable.Range(0, 600).Select(i => (int[])[0, 1, 2, 3, 3, 4, 1, 1, 2] is var letters ? letters[i * 7 / 3 % 9] : 0)];
        var network = new TokenNetwork(new TokenNetworkOptions { Vocabulary = 5, Embedding = 8, Hidden = 32 }, new Random(1));
        TokenTrainer.Train(network, new AdamW(network.Parameters), new TokenStreams(tokens, 4, 12), new TrainingOptions { Epochs = 10, LearningRate = 0.01f });

        var (wide, narrow) = (Loss(new TokenDecoder(network), tokens), Loss(new TokenDecoder(network, format), tokens));

        Assert.True(wide < 0.8, $"{wide} after training");
        Assert.True(Math.Abs(Math.Exp(narrow - wide) - 1.0) < most, $"loss {wide} became {narrow}");
    }

    private static double Loss(TokenDecoder decoder, int[] tokens)
    {
        var (state, row, sum) = (decoder.Start(1), new float[decoder.Options.Vocabulary], 0.0);
        for (var i = 0; i < tokens.Length - 1; i++)
        {
            decoder.Step(state, [tokens[i]], row);
            Kernels.LogSoftmax(row);
            sum -= row[tokens[i + 1]];
        }

        return sum / (tokens.Length - 1);
    }

    /// <summary>The weights as the format keeps them, found in double.</summary>
    private static double[] Kept(float[] weights, int k, WeightFormat format)
    {
        var kept = new double[weights.Length];
        for (var i = 0; i < weights.Length; i++)
        {
            double w = weights[i], step = 1.0;
            switch (format)
            {
                case WeightFormat.BFloat16:
                    step = w == 0.0 ? 1.0 : Math.Pow(2.0, Math.Floor(Math.Log2(Math.Abs(w))) - 7.0);
                    kept[i] = Math.Round(w / step) * step;
                    break;
                case WeightFormat.Int8:
                    step = weights.AsSpan(i / k * k, k).ToArray().Max(Math.Abs) / 127.0;
                    kept[i] = step == 0.0 ? 0.0 : Math.Round(w / step) * step;
                    break;
                default:
                    kept[i] = w;
                    break;
            }
        }

        return kept;
    }
}
