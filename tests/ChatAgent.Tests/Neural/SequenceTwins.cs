namespace ChatAgent.Neural.Tests;

/// <summary>A conditional random field in double that goes through every label sequence; symbols as in <see cref="CrfLayer"/>.</summary>
internal sealed class CrfTwin(int labels, double[] transitions, double[] begin, double[] end, Func<int, int, bool> isAllowed)
{
    public double[] DTransitions { get; private set; } = [];

    public double[] DBegin { get; private set; } = [];

    public double[] DEnd { get; private set; } = [];

    public double[] DScores { get; private set; } = [];

    /// <summary>Probability of each label at each step, (T, B, L).</summary>
    public double[] Marginals { get; private set; } = [];

    public double Loss(double[] scores, int[] gold, int[] lengths, double weight) =>
        Enumerable.Range(0, lengths.Length).Where(b => lengths[b] > 0).Sum(b =>
            weight * (LogSum(scores, lengths, b) - Score(scores, Of(gold, lengths, b), lengths, b)));

    public int[] Best(double[] scores, int[] lengths, int b) => Ways(lengths[b]).MaxBy(way => Score(scores, way, lengths, b))!;

    public void Backward(double[] scores, int[] gold, int[] lengths, double weight)
    {
        (DTransitions, DBegin, DEnd, DScores, Marginals) = (new double[transitions.Length], new double[labels], new double[labels], new double[scores.Length], new double[scores.Length]);
        for (var b = 0; b < lengths.Length; b++)
        {
            if (lengths[b] == 0)
            {
                continue;
            }

            var sum = LogSum(scores, lengths, b);
            foreach (var way in Ways(lengths[b]))
            {
                var probability = Math.Exp(Score(scores, way, lengths, b) - sum);
                Count(way, b, lengths, weight * probability);
                for (var t = 0; t < way.Length; t++)
                {
                    Marginals[(((t * lengths.Length) + b) * labels) + way[t]] += probability;
                }
            }

            Count(Of(gold, lengths, b), b, lengths, -weight);
        }
    }

    private double LogSum(double[] scores, int[] lengths, int b)
    {
        double[] ways = [.. Ways(lengths[b]).Select(way => Score(scores, way, lengths, b))];
        return ways.Max() + Math.Log(ways.Sum(score => Math.Exp(score - ways.Max())));
    }

    private void Count(int[] way, int b, int[] lengths, double weight)
    {
        DBegin[way[0]] += weight;
        DEnd[way[^1]] += weight;
        for (var t = 0; t < way.Length; t++)
        {
            DScores[(((t * lengths.Length) + b) * labels) + way[t]] += weight;
            if (t > 0)
            {
                DTransitions[(way[t - 1] * labels) + way[t]] += weight;
            }
        }
    }

    private double Score(double[] scores, int[] way, int[] lengths, int b) =>
        begin[way[0]] + end[way[^1]]
        + way.Select((label, t) => scores[(((t * lengths.Length) + b) * labels) + label] + (t > 0 ? transitions[(way[t - 1] * labels) + label] : 0)).Sum();

    private IEnumerable<int[]> Ways(int length)
    {
        IEnumerable<int[]> ways = [.. Enumerable.Range(0, labels).Where(label => isAllowed(-1, label)).Select(label => new[] { label })];
        for (var t = 1; t < length; t++)
        {
            ways = [.. ways.SelectMany(way => Enumerable.Range(0, labels).Where(label => isAllowed(way[^1], label)).Select(label => (int[])[.. way, label]))];
        }

        return ways.Where(way => isAllowed(way[^1], labels));
    }

    private static int[] Of(int[] gold, int[] lengths, int b) => [.. Enumerable.Range(0, lengths[b]).Select(t => gold[(t * lengths.Length) + b])];
}

/// <summary>Attention pooling in double; symbols as in <see cref="AttentionPooling"/>.</summary>
internal sealed class AttentionPoolingTwin(int width, int attention, double[] w, double[] bias, double[] v)
{
    public double[] DW { get; private set; } = [];

    public double[] DBias { get; private set; } = [];

    public double[] DV { get; private set; } = [];

    public double[] DX { get; private set; } = [];

    public double[] Forward(double[] x, int[] lengths)
    {
        var y = new double[lengths.Length * width];
        for (var b = 0; b < lengths.Length; b++)
        {
            var weights = Weights(x, lengths, b);
            for (var t = 0; t < lengths[b]; t++)
            {
                for (var d = 0; d < width; d++)
                {
                    y[(b * width) + d] += weights[t] * x[(((t * lengths.Length) + b) * width) + d];
                }
            }
        }

        return y;
    }

    public void Backward(double[] x, int[] lengths, double[] dy)
    {
        (DW, DBias, DV, DX) = (new double[w.Length], new double[attention], new double[attention], new double[x.Length]);
        for (var b = 0; b < lengths.Length; b++)
        {
            var weights = Weights(x, lengths, b);
            double[] dWeights = [.. weights.Select((_, t) => Enumerable.Range(0, width).Sum(d => dy[(b * width) + d] * x[(((t * lengths.Length) + b) * width) + d]))];
            var mean = weights.Zip(dWeights, (a, c) => a * c).Sum();
            for (var t = 0; t < lengths[b]; t++)
            {
                var at = ((t * lengths.Length) + b) * width;
                var dScore = weights[t] * (dWeights[t] - mean);
                for (var d = 0; d < width; d++)
                {
                    DX[at + d] += weights[t] * dy[(b * width) + d];
                }

                for (var a = 0; a < attention; a++)
                {
                    var key = Key(x, at, a);
                    var dSum = dScore * v[a] * (1 - (key * key));
                    DV[a] += dScore * key;
                    DBias[a] += dSum;
                    for (var d = 0; d < width; d++)
                    {
                        DW[(a * width) + d] += dSum * x[at + d];
                        DX[at + d] += dSum * w[(a * width) + d];
                    }
                }
            }
        }
    }

    private double[] Weights(double[] x, int[] lengths, int b)
    {
        double[] exponentials = [.. Enumerable.Range(0, lengths[b]).Select(t => Math.Exp(Enumerable.Range(0, attention).Sum(a => v[a] * Key(x, ((t * lengths.Length) + b) * width, a))))];
        return [.. exponentials.Select(e => e / exponentials.Sum())];
    }

    private double Key(double[] x, int at, int a) => Math.Tanh(bias[a] + Enumerable.Range(0, width).Sum(d => w[(a * width) + d] * x[at + d]));
}

/// <summary>Attention of a decoder over a memory in double; symbols as in <see cref="AttentionLayer"/>.</summary>
internal sealed class AttentionTwin(AttentionScore score, int width, int hidden, double[] key, double[] query, double[] bias, double[] v)
{
    public double[] DKey { get; private set; } = [];

    public double[] DQuery { get; private set; } = [];

    public double[] DBias { get; private set; } = [];

    public double[] DV { get; private set; } = [];

    public double[] DH { get; private set; } = [];

    public double[] DMemory { get; private set; } = [];

    public double[] Forward(double[] h, double[] memory, int[] lengths)
    {
        var c = new double[h.Length / hidden * width];
        for (var row = 0; row < h.Length / hidden; row++)
        {
            var weights = Weights(h, memory, lengths, row);
            for (var s = 0; s < weights.Length; s++)
            {
                for (var d = 0; d < width; d++)
                {
                    c[(row * width) + d] += weights[s] * memory[At(s, row, lengths) + d];
                }
            }
        }

        return c;
    }

    public void Backward(double[] h, double[] memory, int[] lengths, double[] dc)
    {
        (DKey, DQuery, DBias, DV) = (new double[key.Length], new double[query.Length], new double[bias.Length], new double[v.Length]);
        (DH, DMemory) = (new double[h.Length], new double[memory.Length]);
        for (var row = 0; row < h.Length / hidden; row++)
        {
            var weights = Weights(h, memory, lengths, row);
            double[] dWeights = [.. weights.Select((_, s) => Enumerable.Range(0, width).Sum(d => dc[(row * width) + d] * memory[At(s, row, lengths) + d]))];
            var mean = weights.Zip(dWeights, (a, b) => a * b).Sum();
            for (var s = 0; s < weights.Length; s++)
            {
                var at = At(s, row, lengths);
                var dScore = weights[s] * (dWeights[s] - mean);
                for (var d = 0; d < width; d++)
                {
                    DMemory[at + d] += weights[s] * dc[(row * width) + d];
                }

                for (var a = 0; a < hidden; a++)
                {
                    var k = KeyOf(memory, at, a);
                    double dKey;
                    if (score == AttentionScore.Multiplicative)
                    {
                        dKey = dScore * h[(row * hidden) + a];
                        DH[(row * hidden) + a] += dScore * k;
                    }
                    else
                    {
                        var tanh = Math.Tanh(k + QueryOf(h, row, a));
                        dKey = dScore * v[a] * (1 - (tanh * tanh));
                        DV[a] += dScore * tanh;
                        DBias[a] += dKey;
                        for (var i = 0; i < hidden; i++)
                        {
                            DQuery[(a * hidden) + i] += dKey * h[(row * hidden) + i];
                            DH[(row * hidden) + i] += dKey * query[(a * hidden) + i];
                        }
                    }

                    for (var d = 0; d < width; d++)
                    {
                        DKey[(a * width) + d] += dKey * memory[at + d];
                        DMemory[at + d] += dKey * key[(a * width) + d];
                    }
                }
            }
        }
    }

    private double[] Weights(double[] h, double[] memory, int[] lengths, int row)
    {
        double[] exponentials =
        [
            .. Enumerable.Range(0, lengths[row % lengths.Length]).Select(s => Math.Exp(Enumerable.Range(0, hidden).Sum(a =>
                score == AttentionScore.Multiplicative
                    ? h[(row * hidden) + a] * KeyOf(memory, At(s, row, lengths), a)
                    : v[a] * Math.Tanh(KeyOf(memory, At(s, row, lengths), a) + QueryOf(h, row, a))))),
        ];
        return [.. exponentials.Select(e => e / exponentials.Sum())];
    }

    private int At(int s, int row, int[] lengths) => ((s * lengths.Length) + (row % lengths.Length)) * width;

    private double KeyOf(double[] memory, int at, int a) => Enumerable.Range(0, width).Sum(d => key[(a * width) + d] * memory[at + d]);

    private double QueryOf(double[] h, int row, int a) => bias[a] + Enumerable.Range(0, hidden).Sum(i => query[(a * hidden) + i] * h[(row * hidden) + i]);
}
