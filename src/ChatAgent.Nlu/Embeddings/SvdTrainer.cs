using ChatAgent.Neural;

namespace ChatAgent.Nlu.Embeddings;

/// <summary>Positive pointwise mutual information, reduced by a randomised truncated singular value decomposition.</summary>
/// <remarks>
/// M_ij = max(0, ln(X_ij·ΣX^¾ / (X_i·X_j^¾)))          the contexts' counts are smoothed by the power ¾
/// M ≈ U S Vᵀ of rank D;  the vector of word i is row i of U S^½
/// Sources: Levy, Goldberg and Dagan 2015, sections 3.1 to 3.3; Halko, Martinsson and Tropp 2011, algorithm 4.4 with three power steps.
/// Rows are split over threads and sums never, so that any number of threads gives the same bits.
/// </remarks>
internal static class SvdTrainer
{
    private const int Oversampling = 10;
    private const int PowerSteps = 3;

    public static WordVectors Train(EmbeddingText text, EmbeddingOptions options, ProgressMeter meter, CancellationToken cancellation)
    {
        var counts = CooccurrenceCounts.Count(text, options.ReachOfWindow, cancellation);
        var words = text.Words.Count;
        var rank = Math.Min(options.Dimensions + Oversampling, words);
        var (matrix, transposed) = Information(counts, words);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellation };
        var stage = 0;

        var basis = new RowMatrix(words, rank);
        var random = new Random(options.Seed);
        for (var i = 0; i < words; i++)
        {
            foreach (ref var value in basis[i])
            {
                value = Gaussian(random);
            }
        }

        basis = Orthonormal(Times(matrix, basis));
        for (var step = 0; step < PowerSteps; step++)
        {
            basis = Orthonormal(Times(transposed, basis));
            basis = Orthonormal(Times(matrix, basis));
        }

        // B = QᵀM is small in one direction; its left singular vectors come from B·Bᵀ.
        var b = Times(transposed, basis);
        var (values, vectors) = SymmetricEigen.Decompose(Gram(b));
        var rows = new RowMatrix(words, options.Dimensions);
        for (var i = 0; i < words; i++)
        {
            var q = basis[i];
            var row = rows[i];
            for (var k = 0; k < Math.Min(options.Dimensions, rank); k++)
            {
                var sum = 0.0;
                for (var j = 0; j < rank; j++)
                {
                    sum += q[j] * vectors[j, k];
                }

                // σ^½ from λ = σ².
                row[k] = (float)(sum * Math.Pow(Math.Max(0, values[k]), 0.25));
            }
        }

        meter.Report("svd", 1, text.Total, null);
        return new WordVectors([.. text.Words], rows);

        RowMatrix Times(float[] weights, RowMatrix x)
        {
            var y = new RowMatrix(words, rank);
            Parallel.For(0, words, parallel, i =>
            {
                for (var at = counts.Begin[i]; at < counts.Begin[i + 1]; at++)
                {
                    if (weights[at] != 0f)
                    {
                        Kernels.Axpy(weights[at], x.Whole(counts.Columns[at]), y.Whole(i));
                    }
                }
            });
            stage++;
            meter.Report("svd", Math.Min(0.99, stage / (2.0 + (2 * PowerSteps))), text.Total * stage / (2.0 + (2 * PowerSteps)), null);
            return y;
        }
    }

    /// <summary>M and its transpose over the pattern of the counts, which is symmetric.</summary>
    private static (float[] Matrix, float[] Transposed) Information(CooccurrenceCounts counts, int words)
    {
        var sums = new double[words];
        for (var i = 0; i < words; i++)
        {
            for (var at = counts.Begin[i]; at < counts.Begin[i + 1]; at++)
            {
                sums[i] += counts.Values[at];
            }
        }

        double[] smooth = [.. sums.Select(sum => Math.Pow(sum, 0.75))];
        var all = smooth.Sum();
        var (matrix, transposed) = (new float[counts.Values.Length], new float[counts.Values.Length]);
        for (var i = 0; i < words; i++)
        {
            for (var at = counts.Begin[i]; at < counts.Begin[i + 1]; at++)
            {
                var j = counts.Columns[at];
                matrix[at] = (float)Math.Max(0, Math.Log(counts.Values[at] * all / (sums[i] * smooth[j])));
                transposed[at] = (float)Math.Max(0, Math.Log(counts.Values[at] * all / (sums[j] * smooth[i])));
            }
        }

        return (matrix, transposed);
    }

    private static double[,] Gram(RowMatrix x)
    {
        var n = x.Columns;
        var gram = new double[n, n];
        for (var row = 0; row < x.Rows; row++)
        {
            var values = x[row];
            for (var i = 0; i < n; i++)
            {
                double scale = values[i];
                for (var j = i; j < n; j++)
                {
                    gram[i, j] += scale * values[j];
                }
            }
        }

        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < i; j++)
            {
                gram[i, j] = gram[j, i];
            }
        }

        return gram;
    }

    /// <summary>An orthonormal basis of the columns: X·V·Λ^−½ of XᵀX = V Λ Vᵀ, twice for accuracy; directions of no length become zero.</summary>
    private static RowMatrix Orthonormal(RowMatrix x)
    {
        for (var pass = 0; pass < 2; pass++)
        {
            var (values, vectors) = SymmetricEigen.Decompose(Gram(x));
            var n = x.Columns;
            var y = new RowMatrix(x.Rows, n);
            var map = new float[n * n];
            for (var j = 0; j < n; j++)
            {
                for (var k = 0; k < n; k++)
                {
                    map[(j * n) + k] = values[k] <= 1e-10 * values[0] ? 0f : (float)(vectors[j, k] / Math.Sqrt(values[k]));
                }
            }

            for (var row = 0; row < x.Rows; row++)
            {
                for (var j = 0; j < n; j++)
                {
                    Kernels.Axpy(x[row][j], map.AsSpan(j * n, n), y[row]);
                }
            }

            x = y;
        }

        return x;
    }

    /// <summary>Box and Muller.</summary>
    private static float Gaussian(Random random) => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
