using ChatAgent.Neural;

namespace ChatAgent.Nlu.Embeddings;

/// <summary>t-SNE, all pairs.</summary>
/// <remarks>
/// p_j|i ∝ exp(−d_ij²/2σ_i²), σ_i by bisection to a perplexity of 30 (a third of the points where they are fewer); p_ij = (p_j|i + p_i|j)/2N; q_ij ∝ 1/(1 + |y_i − y_j|²)
/// dC/dy_i = 4 Σ_j (p_ij − q_ij)(y_i − y_j)/(1 + |y_i − y_j|²), with momentum, gains, and p times 12 for the first quarter.
/// Source: van der Maaten and Hinton 2008, section 3; begins at the principal components, so that no chance enters (Kobak and Berens 2019).
/// </remarks>
internal static class StochasticNeighbours
{
    private const int Steps = 500;

    public static float[,] Embed(IReadOnlyList<float[]> vectors, float[,] start, int seed, ProgressMeter meter, CancellationToken cancellation)
    {
        var (n, d) = (vectors.Count, start.GetLength(1));
        var p = Affinities(Projection.Distances(vectors, cancellation), n, Math.Min(30.0, (n - 1) / 3.0));
        var random = new Random(seed);
        var spread = 1e-12 + Enumerable.Range(0, n).Max(i => Math.Abs(start[i, 0]));
        var y = new float[n * d];
        for (var i = 0; i < y.Length; i++)
        {
            // Points that coincide must part: a little noise.
            y[i] = (float)((start[i / d, i % d] / spread * 1e-2) + (1e-5 * (random.NextDouble() - 0.5)));
        }

        var (speed, gain, force, kernel) = (new float[y.Length], new float[y.Length], new float[y.Length], new float[n * n]);
        Array.Fill(gain, 1f);
        var rate = Math.Max(50f, n / 12f);
        for (var step = 0; step < Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var exaggeration = step < Steps / 4 ? 12f : 1f;
            var sum = 0.0;
            for (var i = 0; i < n; i++)
            {
                for (var j = i + 1; j < n; j++)
                {
                    var distance = 0f;
                    for (var k = 0; k < d; k++)
                    {
                        var difference = y[(i * d) + k] - y[(j * d) + k];
                        distance += difference * difference;
                    }

                    kernel[(i * n) + j] = 1f / (1f + distance);
                    sum += 2.0 * kernel[(i * n) + j];
                }
            }

            Array.Clear(force);
            var scale = (float)(1 / sum);
            for (var i = 0; i < n; i++)
            {
                for (var j = i + 1; j < n; j++)
                {
                    var q = kernel[(i * n) + j];
                    var pull = 4f * ((exaggeration * p[(i * n) + j]) - (q * scale)) * q;
                    for (var k = 0; k < d; k++)
                    {
                        var along = pull * (y[(i * d) + k] - y[(j * d) + k]);
                        force[(i * d) + k] += along;
                        force[(j * d) + k] -= along;
                    }
                }
            }

            var momentum = step < Steps / 4 ? 0.5f : 0.8f;
            for (var i = 0; i < y.Length; i++)
            {
                gain[i] = Math.Max(0.01f, (force[i] > 0) != (speed[i] > 0) ? gain[i] + 0.2f : gain[i] * 0.8f);
                speed[i] = (momentum * speed[i]) - (rate * gain[i] * force[i]);
                y[i] += speed[i];
            }

            meter.Report("tsne", (step + 1.0) / (Steps + 1), n * (step + 1.0) / Steps, null);
        }

        var points = new float[n, d];
        for (var i = 0; i < y.Length; i++)
        {
            points[i / d, i % d] = y[i];
        }

        return points;
    }

    private static float[] Affinities(float[] distances, int n, double perplexity)
    {
        var p = new float[n * n];
        var row = new double[n];
        for (var i = 0; i < n; i++)
        {
            var (low, high, beta) = (0.0, double.PositiveInfinity, 1.0);
            for (var round = 0; round < 64; round++)
            {
                var (sum, weighted) = (0.0, 0.0);
                for (var j = 0; j < n; j++)
                {
                    row[j] = j == i ? 0 : Math.Exp(-beta * distances[(i * n) + j]);
                    sum += row[j];
                    weighted += row[j] * distances[(i * n) + j];
                }

                var entropy = sum <= 0 ? 0 : Math.Log(sum) + (beta * weighted / sum);
                for (var j = 0; j < n; j++)
                {
                    row[j] /= Math.Max(sum, 1e-300);
                }

                if (Math.Abs(entropy - Math.Log(perplexity)) < 1e-5)
                {
                    break;
                }

                (low, high) = entropy > Math.Log(perplexity) ? (beta, high) : (low, beta);
                beta = double.IsPositiveInfinity(high) ? beta * 2 : (low + high) / 2;
            }

            for (var j = 0; j < n; j++)
            {
                p[(i * n) + j] += (float)(row[j] / (2 * n));
                p[(j * n) + i] += (float)(row[j] / (2 * n));
            }
        }

        return p;
    }
}
