using ChatAgent.Neural;

namespace ChatAgent.Nlu.Embeddings;

/// <summary>GloVe: weighted least squares on the logarithms of co-occurrence counts.</summary>
/// <remarks>
/// J = Σ f(X_ij)·(w_i·c_j + b_i + d_j − ln X_ij)²,  f(x) = min(1, (x/x_max)^¾)          w, c  vectors of word and context (D);  b, d  biases
/// by AdaGrad on one pair after another, in an order drawn anew each pass. The vector of a word is w + c. x_max is 10, not the paper's 100: owners' texts are small.
/// Source: Pennington, Socher and Manning 2014, equations 8 and 9.
/// </remarks>
internal static class GloveTrainer
{
    private const float MostCount = 10f;

    public static WordVectors Train(EmbeddingText text, EmbeddingOptions options, ProgressMeter meter, CancellationToken cancellation)
    {
        var counts = CooccurrenceCounts.Count(text, options.ReachOfWindow, cancellation);
        var (words, pairs) = (text.Words.Count, counts.Columns.Length);
        var rowOf = new int[pairs];
        for (var i = 0; i < words; i++)
        {
            rowOf.AsSpan(counts.Begin[i], counts.Begin[i + 1] - counts.Begin[i]).Fill(i);
        }

        // The last column is the bias of the row; the sums of squares of AdaGrad begin at 1.
        var (w, c) = (new RowMatrix(words, options.Dimensions + 1), new RowMatrix(words, options.Dimensions + 1));
        var (w2, c2) = (new RowMatrix(words, options.Dimensions + 1), new RowMatrix(words, options.Dimensions + 1));
        var chance = new FastRandom(options.Seed, -1);
        foreach (var matrix in new[] { w, c })
        {
            for (var i = 0; i < words; i++)
            {
                foreach (ref var value in matrix[i])
                {
                    value = (chance.NextSingle() - 0.5f) / options.Dimensions;
                }
            }
        }

        w2.Values.Fill(1f);
        c2.Values.Fill(1f);
        var order = Enumerable.Range(0, pairs).ToArray();
        for (var epoch = 0; epoch < options.Passes; epoch++)
        {
            new Random(options.Seed + epoch).Shuffle(order);
            var (loss, gate) = (0.0, new Lock());
            Parallel.For(0, options.Threads, new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellation }, part =>
            {
                var sum = 0.0;
                for (var at = (int)((long)pairs * part / options.Threads); at < (int)((long)pairs * (part + 1) / options.Threads); at++)
                {
                    var pair = order[at];
                    var (i, j) = (rowOf[pair], counts.Columns[pair]);
                    sum += Step(w[i], c[j], w2[i], c2[j], counts.Values[pair], options.FirstRate);
                    if ((at & 0xFFFF) == 0)
                    {
                        cancellation.ThrowIfCancellationRequested();
                    }
                }

                lock (gate)
                {
                    loss += sum;
                }
            });
            if (!double.IsFinite(loss))
            {
                throw new TrainingDivergedException("loss of GloVe", epoch);
            }

            meter.Report($"glove, epoch {epoch + 1} of {options.Passes}", (epoch + 1.0) / options.Passes, text.Total * (epoch + 1.0), loss / Math.Max(1, pairs));
        }

        var vectors = new RowMatrix(words, options.Dimensions);
        for (var i = 0; i < words; i++)
        {
            w[i][..options.Dimensions].CopyTo(vectors[i]);
            Kernels.Add(c[i][..options.Dimensions], vectors[i]);
        }

        return new WordVectors([.. text.Words], vectors);
    }

    private static double Step(Span<float> w, Span<float> c, Span<float> w2, Span<float> c2, float count, float rate)
    {
        var last = w.Length - 1;
        var difference = Kernels.Dot(w[..last], c[..last]) + w[last] + c[last] - MathF.Log(count);
        var weighted = difference * (count >= MostCount ? 1f : MathF.Pow(count / MostCount, 0.75f));
        Kernels.AdaGradPair(w, c, w2, c2, weighted, rate);
        return 0.5 * weighted * difference;
    }
}
