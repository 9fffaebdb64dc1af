using ChatAgent.Neural;

namespace ChatAgent.Nlu.Intents;

/// <summary>One-against-rest support vector machines over n-grams, all intents side by side.</summary>
/// <remarks>
/// For each intent c: min ½|w_c|² + C·Σ_i max(0, 1 − y_ic·(w_c·x_i + b_c))², solved in the dual, one coordinate at a time:
/// α_ic ← max(0, α_ic − G/Q), G = y_ic·(w_c·x_i + b_c) − 1 + α_ic·D, Q = x_i·x_i + 1 + D, D = 1/(2C); then w_c grows by (Δα)·y_ic·x_i. The bias is a
/// feature of weight 1. No learning rate, and intents do not touch each other: the two halves run on two threads and give the same bits on one.
/// Source: Hsieh et al. 2008, "A dual coordinate descent method for large-scale linear SVM", algorithm 1 with the L2 loss. Immutable and thread-safe.
/// </remarks>
internal sealed class LinearPath
{
    private readonly NgramFeatures _features;
    private readonly QuantizedRows _stored;
    private readonly float[] _weights;
    private readonly int _stride;

    /// <param name="stored">A row of weights over the intents for each feature, and one more for the bias.</param>
    public LinearPath(NgramFeatures features, QuantizedRows stored)
    {
        _features = features;
        _stored = stored;
        _stride = Stride(stored.Columns);
        _weights = stored.ToFloats(_stride);
    }

    public NgramFeatures Features => _features;

    public QuantizedRows Stored => _stored;

    /// <summary>Number of intents.</summary>
    public int Intents => _stored.Columns;

    /// <summary>The margin of each intent: about 1 for a row like those trained on, −1 for a stranger.</summary>
    /// <param name="margins">Length <see cref="Intents"/>.</param>
    public void Score(List<string> words, Span<float> margins)
    {
        var vector = _features.Vectorize(words);
        Span<float> sums = _stride <= 2048 ? stackalloc float[_stride] : new float[_stride];
        Row(_weights, _features.Count, _stride).CopyTo(sums);
        for (var i = 0; i < vector.Count; i++)
        {
            Kernels.Axpy(vector.Values[i], Row(_weights, vector.Indices[i], _stride), sums);
        }

        sums[..Intents].CopyTo(margins);
    }

    /// <summary>Trains on rows.</summary>
    /// <param name="labels">Number of the intent of each row.</param>
    /// <param name="cost">C above: what a row on the wrong side costs, above 0.</param>
    /// <param name="epochs">Passes over the rows.</param>
    /// <param name="seed">Of the order in which rows are visited.</param>
    /// <param name="onEpoch">Told the share that is done, from either thread.</param>
    public static LinearPath Train(
        IReadOnlyList<List<string>> rows, int[] labels, int intents, float cost, int epochs, int seed, Action<double> onEpoch, CancellationToken cancellation)
    {
        var features = NgramFeatures.Build(rows);
        SparseVector[] vectors = [.. rows.Select(features.Vectorize)];
        var stride = Stride(intents);
        var weights = new float[(features.Count + 1) * stride];
        var half = stride / 2 / Lane * Lane;
        var done = 0;
        void Half(int begin, int end) => TrainIntents(
            vectors, labels, weights, features.Count, stride, begin, end, cost, epochs, seed,
            () => onEpoch(Interlocked.Increment(ref done) / (half == 0 ? epochs : 2.0 * epochs)),
            cancellation);

        if (half == 0)
        {
            Half(0, stride);
        }
        else
        {
            Parallel.Invoke(() => Half(0, half), () => Half(half, stride));
        }

        var compact = new float[(features.Count + 1) * intents];
        for (var row = 0; row <= features.Count; row++)
        {
            Row(weights, row, stride)[..intents].CopyTo(compact.AsSpan(row * intents, intents));
        }

        return new LinearPath(features, QuantizedRows.From(compact, features.Count + 1, intents));
    }

    /// <summary>Trains the intents from <paramref name="begin"/> to before <paramref name="end"/>.</summary>
    private static void TrainIntents(
        SparseVector[] vectors, int[] labels, float[] weights, int bias, int stride, int begin, int end, float cost, int epochs, int seed, Action onEpoch, CancellationToken cancellation)
    {
        var width = end - begin;
        var diagonal = 0.5f / cost;
        var alpha = new float[vectors.Length * width];
        var margins = new float[width];
        var change = new float[width];
        var random = new Random(seed);
        var order = Enumerable.Range(0, vectors.Length).ToArray();
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            cancellation.ThrowIfCancellationRequested();
            random.Shuffle(order);
            foreach (var i in order)
            {
                var x = vectors[i];
                Row(weights, bias, stride).Slice(begin, width).CopyTo(margins);
                for (var k = 0; k < x.Count; k++)
                {
                    Kernels.Axpy(x.Values[k], Row(weights, x.Indices[k], stride).Slice(begin, width), margins);
                }

                var curvature = x.SquaredLength() + 1f + diagonal;
                var own = labels[i] - begin;
                var moved = false;
                var row = alpha.AsSpan(i * width, width);
                for (var c = 0; c < width; c++)
                {
                    var y = c == own ? 1f : -1f;
                    var gradient = (y * margins[c]) - 1f + (row[c] * diagonal);
                    var next = MathF.Max(0f, row[c] - (gradient / curvature));
                    change[c] = (next - row[c]) * y;
                    moved |= change[c] != 0f;
                    row[c] = next;
                }

                if (!moved)
                {
                    continue;
                }

                Kernels.Add(change, Row(weights, bias, stride).Slice(begin, width));
                for (var k = 0; k < x.Count; k++)
                {
                    Kernels.Axpy(x.Values[k], change, Row(weights, x.Indices[k], stride).Slice(begin, width));
                }
            }

            onEpoch();
        }
    }

    // Rows begin at whole vectors, so that neither thread's stores share one with the other's.
    private const int Lane = 16;

    private static int Stride(int intents) => (intents + Lane - 1) / Lane * Lane;

    private static Span<float> Row(float[] weights, int row, int stride) => weights.AsSpan(row * stride, stride);
}
