namespace ChatAgent.Nlu.Distance;

/// <summary>Learns a <see cref="DistanceModel"/> from labelled pairs.</summary>
/// <remarks>
/// Logistic regression with weights that cannot be negative and a penalty λ/2 ‖w‖², solved by coordinate descent on the quadratic bound of the loss (Böhning and Lindsay 1988), both labels weighing the same. The threshold is
/// the middle of those with about the best balanced accuracy on unread pairs, or else over five folds, pairs that share a sentence in one fold: on the rows from which the lexicon was written the distances of equivalent
/// texts are smaller than on others. The one-sided weights are learned from the same pairs with another pair's sentence added to the second text. To the pairs are added a sixth as many of texts that have nothing to do with each other. Without
/// chance: the same rows give the same model.
/// </remarks>
public static class DistanceTrainer
{
    private const int Folds = 5;
    private const int Sweeps = 400;
    private const int StrangerStep = 6;
    private const string Stranger = "stranger";

    /// <summary>Trains.</summary>
    /// <param name="rows">Labelled pairs.</param>
    /// <param name="unread">Pairs that nobody read while writing the lexicon: the threshold comes from these. Without them from the folds.</param>
    /// <param name="vectors">Cosine of two words, where the owner has vectors; null without.</param>
    /// <param name="penalty">λ, in rows.</param>
    /// <exception cref="ArgumentException">One of the labels has no row.</exception>
    public static DistanceModel Train(IReadOnlyList<LabelledPair> rows, IReadOnlyList<LabelledPair>? unread = null, Func<string, string, double>? vectors = null, double penalty = 1)
    {
        if (rows.All(static r => r.IsEquivalent) || rows.All(static r => !r.IsEquivalent))
        {
            throw new ArgumentException($"{rows.Count} pairs of one label; pairs that are equivalent and pairs that are not are needed.", nameof(rows));
        }

        rows = [.. rows, .. Strangers(rows)];
        var both = rows.Select(row => Measure(row, row.B, false, vectors)).ToArray();
        var said = rows.Select((row, i) => Measure(row, Beside(rows, i), true, vectors)).ToArray();
        var own = unread is { Count: > 0 } ? unread : [];
        var ownBoth = own.Select(row => Measure(row, row.B, false, vectors)).ToArray();
        var ownSaid = own.Select((row, i) => Measure(row, Beside(own, i), true, vectors)).ToArray();
        return new DistanceModel(Learn(rows, both, own, ownBoth, penalty), Learn(rows, said, own, ownSaid, penalty));
    }

    /// <summary>The distance of each pair by a model that learned from the other groups only.</summary>
    internal static IReadOnlyList<double> CrossValidate(IReadOnlyList<LabelledPair> rows, Func<string, string, double>? vectors = null, double penalty = 1)
    {
        LabelledPair[] all = [.. rows, .. Strangers(rows)];
        return HeldOut(all, [.. all.Select(row => Measure(row, row.B, false, vectors))], penalty)[..rows.Count];
    }

    /// <summary>Texts of different pairs, which mean nothing alike: the written pairs are all near each other.</summary>
    private static IEnumerable<LabelledPair> Strangers(IReadOnlyList<LabelledPair> rows)
    {
        for (var i = 0; i < rows.Count; i += StrangerStep)
        {
            for (var step = 11; step < rows.Count; step++)
            {
                var other = rows[(i + step) % rows.Count];
                if (other.Language == rows[i].Language && other.Group != rows[i].Group)
                {
                    yield return rows[i] with { Kind = Stranger, IsEquivalent = false, B = other.B };
                    break;
                }
            }
        }
    }

    private static double[] Measure(LabelledPair row, string second, bool oneSided, Func<string, string, double>? vectors) =>
        new DifferenceMeasure(new UnitAlignment(SentenceReading.Of(row.A, row.Language), SentenceReading.Of(second, row.Language), vectors), oneSided).Vector;

    /// <summary>The second text with a sentence of another pair of its language after it.</summary>
    private static string Beside(IReadOnlyList<LabelledPair> rows, int i)
    {
        for (var step = 7; step < rows.Count; step++)
        {
            var other = rows[(i + step) % rows.Count];
            if (other.Language == rows[i].Language && other.Group != rows[i].Group)
            {
                return $"{rows[i].B.TrimEnd(' ', '.')}. {other.B}";
            }
        }

        return rows[i].B;
    }

    private static DistanceModel.Scale Learn(IReadOnlyList<LabelledPair> rows, double[][] differences, IReadOnlyList<LabelledPair> unread, double[][] unreadDifferences, double penalty)
    {
        var scale = Fit(rows, differences, penalty);
        return scale with { Threshold = unread.Count > 0 ? Threshold(unread, [.. unreadDifferences.Select(scale.Distance)]) : Threshold(rows, HeldOut(rows, differences, penalty)) };
    }

    private static double[] HeldOut(IReadOnlyList<LabelledPair> rows, double[][] differences, double penalty)
    {
        var groups = rows.Select(static r => r.Group).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select((group, i) => (group, i)).ToDictionary(static g => g.group, static g => g.i % Folds, StringComparer.Ordinal);
        var held = new double[rows.Count];
        for (var fold = 0; fold < Folds; fold++)
        {
            var learnt = Enumerable.Range(0, rows.Count).Where(i => groups[rows[i].Group] != fold).ToArray();
            var scale = Fit([.. learnt.Select(i => rows[i])], [.. learnt.Select(i => differences[i])], penalty);
            for (var i = 0; i < rows.Count; i++)
            {
                held[i] = groups[rows[i].Group] == fold ? scale.Distance(differences[i]) : held[i];
            }
        }

        return held;
    }

    private static DistanceModel.Scale Fit(IReadOnlyList<LabelledPair> rows, double[][] differences, double penalty)
    {
        var size = DifferenceMeasure.Names.Length;
        var weights = new double[size];
        var bias = 0.0;
        var equivalent = rows.Count(static r => r.IsEquivalent);
        var weight = rows.Select(r => rows.Count / (2.0 * Math.Max(1, r.IsEquivalent ? equivalent : rows.Count - equivalent))).ToArray();
        var sums = new double[rows.Count];
        var bounds = Enumerable.Range(0, size).Select(k => penalty + (0.25 * rows.Select((_, i) => weight[i] * differences[i][k] * differences[i][k]).Sum())).ToArray();
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            for (var k = -1; k < size; k++)
            {
                var gradient = k < 0 ? 0 : penalty * weights[k];
                for (var i = 0; i < rows.Count; i++)
                {
                    var error = (1 / (1 + Math.Exp(bias - sums[i]))) - (rows[i].IsEquivalent ? 0 : 1);
                    gradient += weight[i] * error * (k < 0 ? -1 : differences[i][k]);
                }

                if (k < 0)
                {
                    bias -= gradient / (0.25 * rows.Count);
                    continue;
                }

                var step = Math.Max(0, weights[k] - (gradient / bounds[k])) - weights[k];
                weights[k] += step;
                for (var i = 0; i < rows.Count && step != 0; i++)
                {
                    sums[i] += step * differences[i][k];
                }
            }
        }

        return new DistanceModel.Scale(weights, bias, 0.5);
    }

    /// <summary>The middle of the distances at which the balanced accuracy is within half a point of its best: the best one itself hangs on single pairs.</summary>
    private static double Threshold(IReadOnlyList<LabelledPair> rows, double[] distances)
    {
        // Texts that have nothing to do with each other are told apart at any threshold worth considering.
        var written = Enumerable.Range(0, rows.Count).Where(i => rows[i].Kind != Stranger).ToArray();
        var cuts = written.Select(i => distances[i]).Distinct().Order().ToArray();
        var middles = cuts.Zip(cuts.Skip(1), static (low, high) => (low + high) / 2).ToArray();
        var accuracies = middles.Select(at => DistanceScores.Balanced(written.Select(k => (rows[k].IsEquivalent, distances[k] <= at)))).ToArray();
        var near = middles.Where((_, i) => accuracies[i] >= accuracies.Max() - 0.005).ToArray();
        return near.Length == 0 ? 0.5 : (near[0] + near[^1]) / 2;
    }
}
