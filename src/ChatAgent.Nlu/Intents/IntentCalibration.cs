namespace ChatAgent.Nlu.Intents;

/// <summary>How the two paths become one score, and which scores are trusted.</summary>
/// <remarks>
/// raw_c = LinearWeight·margin_c + DenseWeight·cosine_c. The score of an intent is σ(Height·raw_c + Lead·(raw_c − best other) + Offset): the probability, fitted
/// on rows held out, that an intent which stands so high and so far ahead is right. It does not divide among intents: adding a distant one changes nothing.
/// </remarks>
internal sealed record IntentCalibration
{
    public float LinearWeight { get; init; } = 1f;

    public float DenseWeight { get; init; } = 1f;

    public float Height { get; init; } = 1f;

    public float Lead { get; init; } = 1f;

    public float Offset { get; init; }

    /// <summary>Least score that is in scope, 0 to 1.</summary>
    public float Threshold { get; init; }

    /// <summary>Replaces raw values by scores.</summary>
    public void ToScores(Span<float> values)
    {
        var (best, second) = (float.NegativeInfinity, float.NegativeInfinity);
        foreach (var value in values)
        {
            (best, second) = value > best ? (value, best) : (best, MathF.Max(second, value));
        }

        // A lone intent leads nobody.
        second = float.IsNegativeInfinity(second) ? best : second;
        var isBestSeen = false;
        for (var c = 0; c < values.Length; c++)
        {
            var isBest = !isBestSeen && values[c] == best;
            isBestSeen |= isBest;
            var lead = values[c] - (isBest ? second : best);
            values[c] = 1f / (1f + MathF.Exp(-((Height * values[c]) + (Lead * lead) + Offset)));
        }
    }

    /// <summary>Chooses the weights by the log loss of a softmax, then fits the score to whether the best intent was right.</summary>
    /// <param name="margins">Of each held-out row, an entry an intent; null without the linear path.</param>
    /// <param name="cosines">The same of the dense path.</param>
    /// <param name="labels">The right intent of each row.</param>
    public static IntentCalibration Fit(float[][]? margins, float[][]? cosines, int[] labels)
    {
        var chosen = (Linear: margins is null ? 0f : 1f, Dense: margins is null ? 1f : 0f);
        if (margins is not null && cosines is not null)
        {
            var bestLoss = double.PositiveInfinity;
            foreach (var dense in new[] { 0f, 0.25f, 0.5f, 0.75f, 1f, 1.5f, 2f, 3f, 4f })
            {
                foreach (var sharpness in new[] { 2f, 3f, 4f, 6f, 8f, 12f })
                {
                    var loss = LogLoss(margins, cosines, labels, dense, sharpness);
                    if (loss < bestLoss)
                    {
                        (bestLoss, chosen.Dense) = (loss, dense);
                    }
                }
            }
        }

        var mixture = new IntentCalibration { LinearWeight = chosen.Linear, DenseWeight = chosen.Dense };
        var rows = new (double Height, double Lead, bool Right)[labels.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            var raw = mixture.Mix(margins?[i], cosines?[i]);
            var best = Array.IndexOf(raw, raw.Max());
            var second = raw.Length == 1 ? raw[0] : raw.Where((_, c) => c != best).Max();
            rows[i] = (raw[best], raw[best] - second, best == labels[i]);
        }

        var (height, lead, offset) = FitLogistic(rows);
        return mixture with { Height = (float)height, Lead = (float)lead, Offset = (float)offset };
    }

    /// <summary>The raw values of a row.</summary>
    public float[] Mix(float[]? margins, float[]? cosines)
    {
        var raw = new float[(margins ?? cosines)!.Length];
        for (var c = 0; c < raw.Length; c++)
        {
            raw[c] = (LinearWeight * (margins?[c] ?? 0f)) + (DenseWeight * (cosines?[c] ?? 0f));
        }

        return raw;
    }

    private static double LogLoss(float[][] margins, float[][] cosines, int[] labels, float dense, float sharpness)
    {
        var loss = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            var (m, d) = (margins[i], cosines[i]);
            var top = float.NegativeInfinity;
            for (var c = 0; c < m.Length; c++)
            {
                top = MathF.Max(top, m[c] + (dense * d[c]));
            }

            var sum = 0.0;
            for (var c = 0; c < m.Length; c++)
            {
                sum += Math.Exp(sharpness * (m[c] + (dense * d[c]) - top));
            }

            loss += Math.Log(sum) - (sharpness * (m[labels[i]] + (dense * d[labels[i]]) - top));
        }

        return loss;
    }

    /// <summary>Logistic regression of two inputs by Newton's steps, with a light pull to (1, 1, 0) that decides when nearly every row is right.</summary>
    private static (double Height, double Lead, double Offset) FitLogistic((double Height, double Lead, bool Right)[] rows)
    {
        const double pull = 0.5;
        double[] prior = [1, 1, 0];
        double[] w = [1, 1, 0];
        for (var step = 0; step < 30; step++)
        {
            var gradient = new double[3];
            var curvature = new double[3, 3];
            for (var j = 0; j < 3; j++)
            {
                gradient[j] = pull * (w[j] - prior[j]);
                curvature[j, j] = pull;
            }

            foreach (var (height, lead, right) in rows)
            {
                double[] x = [height, lead, 1];
                var p = 1 / (1 + Math.Exp(-((w[0] * height) + (w[1] * lead) + w[2])));
                for (var j = 0; j < 3; j++)
                {
                    gradient[j] += (p - (right ? 1 : 0)) * x[j];
                    for (var k = 0; k < 3; k++)
                    {
                        curvature[j, k] += p * (1 - p) * x[j] * x[k];
                    }
                }
            }

            var change = Solve(curvature, gradient);
            for (var j = 0; j < 3; j++)
            {
                w[j] -= Math.Clamp(change[j], -2, 2);
            }
        }

        // A score must not fall when the intent stands higher or leads by more.
        return (Math.Max(w[0], 0.05), Math.Max(w[1], 0.05), w[2]);
    }

    /// <summary>Gauss's elimination with pivots of a 3×3 system.</summary>
    private static double[] Solve(double[,] a, double[] b)
    {
        for (var column = 0; column < 3; column++)
        {
            var pivot = column;
            for (var row = column + 1; row < 3; row++)
            {
                pivot = Math.Abs(a[row, column]) > Math.Abs(a[pivot, column]) ? row : pivot;
            }

            for (var k = 0; k < 3; k++)
            {
                (a[column, k], a[pivot, k]) = (a[pivot, k], a[column, k]);
            }

            (b[column], b[pivot]) = (b[pivot], b[column]);
            for (var row = 0; row < 3; row++)
            {
                if (row != column)
                {
                    var factor = a[row, column] / a[column, column];
                    for (var k = 0; k < 3; k++)
                    {
                        a[row, k] -= factor * a[column, k];
                    }

                    b[row] -= factor * b[column];
                }
            }
        }

        return [b[0] / a[0, 0], b[1] / a[1, 1], b[2] / a[2, 2]];
    }
}
