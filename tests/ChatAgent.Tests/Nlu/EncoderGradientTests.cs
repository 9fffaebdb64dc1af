using ChatAgent.Nlu.Intents;
using ChatAgent.Text;

namespace ChatAgent.Nlu.Tests;

/// <summary>The encoder's backward pass against central differences of a double-precision twin of its forward pass.</summary>
public sealed class EncoderGradientTests
{
    private const float Scale = 5f;
    private const float Smoothing = 0.1f;

    [Fact]
    public void Forward_RandomWeights_MatchesTwin()
    {
        var (network, batch, labels) = Make();
        var tape = new EncoderTape();
        network.Forward(batch, tape, null);

        var loss = network.Backward(batch, labels, tape, null, Scale, 0f, labels.Length) / labels.Length;

        Assert.Equal(Twin.Loss(Twin.Copy(network), network, batch, labels, 0), loss, 1e-5);
    }

    [Fact]
    public void Backward_EveryParameter_MatchesCentralDifferences()
    {
        var (network, batch, labels) = Make();
        var tape = new EncoderTape();
        network.Forward(batch, tape, null);
        network.Backward(batch, labels, tape, null, Scale, Smoothing, labels.Length);
        var weights = Twin.Copy(network);

        for (var i = 0; i < network.Parameters.Length; i++)
        {
            Check(tape.Gradients[i], Difference(weights.Parameters, i), $"parameter {i}");
        }

        // The gradient of a word or piece vector is the sum of those of the rows it stands in.
        var e = network.Shape.Embedding;
        var words = new double[network.WordVectors.Length];
        var pieces = new double[network.PieceVectors.Length];
        foreach (var (row, word) in batch.SelectMany(utterance => utterance).Index())
        {
            for (var j = 0; j < e; j++)
            {
                words[(word.Word * e) + j] += tape.DX[(row * e) + j];
                foreach (var piece in word.Pieces)
                {
                    pieces[(piece * e) + j] += tape.DX[(row * e) + j] / word.Pieces.Length;
                }
            }
        }

        for (var i = 0; i < words.Length; i++)
        {
            Check(words[i], Difference(weights.Words, i), $"word vectors {i}");
        }

        for (var i = 0; i < pieces.Length; i++)
        {
            Check(pieces[i], Difference(weights.Pieces, i), $"piece vectors {i}");
        }

        double Difference(double[] values, int i)
        {
            const double step = 1e-5;
            var kept = values[i];
            values[i] = kept + step;
            var above = Twin.Loss(weights, network, batch, labels, Smoothing);
            values[i] = kept - step;
            var below = Twin.Loss(weights, network, batch, labels, Smoothing);
            values[i] = kept;
            return (above - below) / (2 * step);
        }
    }

    private static void Check(double got, double expected, string what) =>
        Assert.True(Math.Abs(got - expected) <= 1e-4 * Math.Max(0.02, Math.Abs(expected)), $"{what}: {got}, central difference {expected}");

    private static (EncoderNetwork Network, EncodedWord[][] Batch, int[] Labels) Make()
    {
        var shape = new EncoderShape { Embedding = 3, Hidden = 4, Vector = 5, PieceBuckets = 7 };
        List<string>[] rows = [["hola", "voy", "mañana"], ["no"], ["voy", "no", "<time>", "zzz"], []];
        var network = new EncoderNetwork(shape, Vocabulary.Build(["hola", "voy", "no", "<time>"]), 3);
        network.Initialize(new Random(5));
        foreach (var parameter in network.Parameters.Parameters)
        {
            if (parameter.Shape.Count == 1)
            {
                parameter.FillNormal(new Random(6), 0.2f);
            }
        }

        network.Prepare(forTraining: true);
        return (network, [.. rows.Select(network.Look)], [0, 2, 1, 1]);
    }

    /// <summary>The equations of <see cref="EncoderNetwork"/> in plain loops and doubles.</summary>
    private static class Twin
    {
        public sealed record Weights(double[] Words, double[] Pieces, double[] Parameters);

        public static Weights Copy(EncoderNetwork network) =>
            new([.. network.WordVectors.Select(value => (double)value)], [.. network.PieceVectors.Select(value => (double)value)], [.. network.Parameters.Values.ToArray().Select(value => (double)value)]);

        public static double Loss(Weights weights, EncoderNetwork network, EncodedWord[][] batch, int[] labels, double smoothing)
        {
            var (e, h, k, p, c) = (network.Shape.Embedding, network.Shape.Hidden, network.Shape.Vector, network.Shape.Pooled, network.Intents);
            double At(string name, int i) => weights.Parameters[network.Parameters[name].Offset + i];
            var total = 0.0;
            for (var s = 0; s < batch.Length; s++)
            {
                var words = batch[s];
                var x = new double[words.Length, e];
                for (var t = 0; t < words.Length; t++)
                {
                    for (var j = 0; j < e; j++)
                    {
                        x[t, j] = weights.Words[(words[t].Word * e) + j] + (words[t].Pieces.Length == 0 ? 0 : words[t].Pieces.Average(piece => weights.Pieces[(piece * e) + j]));
                    }
                }

                var pooled = new double[p];
                for (var i = 0; i < h; i++)
                {
                    pooled[i] = double.NegativeInfinity;
                    for (var t = 0; t < words.Length; t++)
                    {
                        var sum = At("filters.bias", i);
                        for (var place = -1; place <= 1; place++)
                        {
                            for (var j = 0; j < e && t + place >= 0 && t + place < words.Length; j++)
                            {
                                sum += At("filters.weight", (i * 3 * e) + ((place + 1) * e) + j) * x[t + place, j];
                            }
                        }

                        pooled[i] = Math.Max(pooled[i], Math.Max(0, sum));
                        pooled[h + i] += Math.Max(0, sum) / Math.Sqrt(words.Length);
                    }
                }

                for (var j = 0; j < e; j++)
                {
                    for (var t = 0; t < words.Length; t++)
                    {
                        pooled[(2 * h) + j] += x[t, j] / Math.Sqrt(words.Length);
                    }
                }

                double[] z = [.. Enumerable.Range(0, k).Select(i => At("projection.bias", i) + Enumerable.Range(0, p).Sum(j => At("projection.weight", (i * p) + j) * pooled[j]))];
                var length = Math.Sqrt(z.Sum(value => value * value)) + 1e-6;
                double[] logits =
                [
                    .. Enumerable.Range(0, c).Select(intent =>
                    {
                        double[] q = [.. Enumerable.Range(0, k).Select(i => At("prototypes", (intent * k) + i))];
                        var size = Math.Sqrt(q.Sum(value => value * value)) + 1e-6;
                        return Scale * q.Zip(z, (a, b) => a / size * (b / length)).Sum();
                    }),
                ];
                var sumOfAll = Math.Log(logits.Sum(Math.Exp));
                for (var intent = 0; intent < c; intent++)
                {
                    var target = (smoothing / c) + (intent == labels[s] ? 1 - smoothing : 0);
                    total += target * (sumOfAll - logits[intent]);
                }
            }

            return total / batch.Length;
        }
    }
}
