using ChatAgent.Neural;

namespace ChatAgent.Nlu.Embeddings;

/// <summary>Puts vectors into two or three dimensions for the eye.</summary>
/// <remarks>The same vectors, method and seed give the same points.</remarks>
public static class Projection
{
    /// <summary>Most points: t-SNE and UMAP look at all pairs.</summary>
    public const int MostPoints = 5000;

    /// <summary>The points, (N, d), row by row.</summary>
    /// <param name="vectors">N vectors of the same length, 3 to <see cref="MostPoints"/>.</param>
    /// <param name="dimensions">d, 2 or 3.</param>
    /// <exception cref="ArgumentOutOfRangeException">N or d is outside.</exception>
    public static float[,] Project(IReadOnlyList<float[]> vectors, ProjectionMethod method, int dimensions, int seed, ProgressMeter meter, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vectors.Count, 3, nameof(vectors));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(vectors.Count, MostPoints, nameof(vectors));
        if (dimensions is not (2 or 3))
        {
            throw new ArgumentOutOfRangeException(nameof(dimensions), dimensions, "expected 2 or 3");
        }

        var start = Principal(vectors, dimensions);
        var points = method switch
        {
            ProjectionMethod.TSne => StochasticNeighbours.Embed(vectors, start, seed, meter, cancellation),
            ProjectionMethod.Umap => UniformManifold.Embed(vectors, start, seed, meter, cancellation),
            _ => start,
        };
        meter.Report(method.ToString().ToLowerInvariant(), 1, vectors.Count, null);
        return points;
    }

    /// <summary>Squared Euclidean distances of unit vectors, (N, N) row by row.</summary>
    internal static float[] Distances(IReadOnlyList<float[]> vectors, CancellationToken cancellation)
    {
        var n = vectors.Count;
        var units = new RowMatrix(n, vectors[0].Length);
        for (var i = 0; i < n; i++)
        {
            vectors[i].CopyTo(units[i]);
            Kernels.Scale((float)(1 / Math.Max(1e-12, Kernels.Norm(units[i]))), units[i]);
        }

        var distances = new float[n * n];
        for (var i = 0; i < n; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var j = i + 1; j < n; j++)
            {
                distances[(i * n) + j] = distances[(j * n) + i] = Math.Max(0f, 2f - (2f * Kernels.Dot(units[i], units[j])));
            }
        }

        return distances;
    }

    /// <summary>The first principal components of the centred vectors; each axis' largest coordinate is positive, so that the sign is fixed.</summary>
    private static float[,] Principal(IReadOnlyList<float[]> vectors, int dimensions)
    {
        var (n, width) = (vectors.Count, vectors[0].Length);
        var mean = new float[width];
        foreach (var vector in vectors)
        {
            Kernels.Axpy(1f / n, vector, mean);
        }

        var covariance = new double[width, width];
        foreach (var vector in vectors)
        {
            for (var i = 0; i < width; i++)
            {
                var scale = (double)vector[i] - mean[i];
                for (var j = 0; j < width; j++)
                {
                    covariance[i, j] += scale * (vector[j] - mean[j]);
                }
            }
        }

        var (_, axes) = SymmetricEigen.Decompose(covariance);
        var points = new float[n, dimensions];
        for (var k = 0; k < Math.Min(dimensions, width); k++)
        {
            var largest = 0.0;
            for (var i = 0; i < n; i++)
            {
                var sum = 0.0;
                for (var j = 0; j < width; j++)
                {
                    sum += ((double)vectors[i][j] - mean[j]) * axes[j, k];
                }

                points[i, k] = (float)sum;
                largest = Math.Abs(sum) > Math.Abs(largest) ? sum : largest;
            }

            for (var i = 0; i < n && largest < 0; i++)
            {
                points[i, k] = -points[i, k];
            }
        }

        return points;
    }
}
