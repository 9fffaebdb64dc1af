using ChatAgent.Neural;

namespace ChatAgent.Nlu.Embeddings;

/// <summary>UMAP with exact neighbours.</summary>
/// <remarks>
/// w_j|i = exp(−max(0, d_ij − ρ_i)/σ_i) over the 15 nearest, ρ_i the nearest distance, σ_i such that Σ w = log₂ 15; w = w_j|i + w_i|j − w_j|i·w_i|j
/// Edges are drawn in proportion to w; an edge attracts and five random points repel, by q = 1/(1 + a·r^2b), a = 1.577, b = 0.895 (least distance 0.1), over 300 rounds.
/// Source: McInnes, Healy and Melville 2018, arXiv:1802.03426, sections 3 and 4; begins at the principal components.
/// </remarks>
internal static class UniformManifold
{
    private const int Rounds = 300;
    private const int Repelled = 5;
    private const float A = 1.577f;
    private const float B = 0.895f;

    public static float[,] Embed(IReadOnlyList<float[]> vectors, float[,] start, int seed, ProgressMeter meter, CancellationToken cancellation)
    {
        var (n, d) = (vectors.Count, start.GetLength(1));
        var edges = Edges(Projection.Distances(vectors, cancellation), n, Math.Min(15, n - 1));
        var spread = 1e-12f + Enumerable.Range(0, n).Max(i => Math.Abs(start[i, 0]));
        var random = new FastRandom(seed, 0);
        var y = new float[n, d];
        for (var i = 0; i < n; i++)
        {
            for (var k = 0; k < d; k++)
            {
                y[i, k] = (start[i, k] / spread * 10f) + (1e-3f * (random.NextSingle() - 0.5f));
            }
        }

        for (var round = 0; round < Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            var rate = 1f - (round / (float)Rounds);
            foreach (var (i, j, weight) in edges)
            {
                if (random.NextSingle() >= weight)
                {
                    continue;
                }

                Move(i, j, attract: true, rate);
                for (var k = 0; k < Repelled; k++)
                {
                    var other = random.Below(n);
                    if (other != i)
                    {
                        Move(i, other, attract: false, rate);
                    }
                }
            }

            meter.Report("umap", (round + 1.0) / (Rounds + 1), n * (round + 1.0) / Rounds, null);
        }

        return y;

        void Move(int i, int j, bool attract, float rate)
        {
            var distance = 0f;
            for (var k = 0; k < d; k++)
            {
                distance += (y[i, k] - y[j, k]) * (y[i, k] - y[j, k]);
            }

            var power = MathF.Pow(distance, B);
            var pull = attract
                ? distance > 0 ? -2f * A * B * power / distance / (1f + (A * power)) : 0f
                : 2f * B / ((0.001f + distance) * (1f + (A * power)));
            for (var k = 0; k < d; k++)
            {
                var along = Math.Clamp(pull * (y[i, k] - y[j, k]), -4f, 4f) * rate;
                y[i, k] += along;
                if (attract)
                {
                    y[j, k] -= along;
                }
            }
        }
    }

    private static List<(int I, int J, float Weight)> Edges(float[] distances, int n, int neighbours)
    {
        var weights = new Dictionary<(int, int), float>();
        for (var i = 0; i < n; i++)
        {
            var row = i * n;
            int[] near = [.. Enumerable.Range(0, n).Where(j => j != i).OrderBy(j => distances[row + j]).Take(neighbours)];
            var reach = near.Select(j => MathF.Sqrt(distances[row + j])).ToArray();
            var (low, high) = (1e-4f, 100f);
            for (var round = 0; round < 40; round++)
            {
                var sigma = (low + high) / 2;
                var sum = reach.Sum(r => MathF.Exp(-Math.Max(0f, r - reach[0]) / sigma));
                (low, high) = sum > Math.Log2(neighbours) ? (low, sigma) : (sigma, high);
            }

            for (var k = 0; k < near.Length; k++)
            {
                weights[(i, near[k])] = MathF.Exp(-Math.Max(0f, reach[k] - reach[0]) / high);
            }
        }

        return
        [
            .. weights.Keys.Select(pair => pair.Item1 < pair.Item2 ? pair : (pair.Item2, pair.Item1)).Distinct().Order().Select(pair =>
            {
                var (w, v) = (weights.GetValueOrDefault(pair), weights.GetValueOrDefault((pair.Item2, pair.Item1)));
                return (pair.Item1, pair.Item2, w + v - (w * v));
            }),
        ];
    }
}
