namespace ChatAgent.Benchmarks;

/// <summary>Figures about predictions.</summary>
internal static class IntentMeasures
{
    /// <summary>Chance that a row of the model's own scores above a stranger; ties count half.</summary>
    public static double Auroc(double[] own, double[] strangers)
    {
        var all = own.Select(score => (Score: score, IsOwn: true)).Concat(strangers.Select(score => (Score: score, IsOwn: false))).GroupBy(row => row.Score).OrderBy(group => group.Key);
        var (sum, below) = (0.0, 0.0);
        foreach (var group in all)
        {
            var others = group.Count(row => !row.IsOwn);
            sum += group.Count(row => row.IsOwn) * (below + (others / 2.0));
            below += others;
        }

        return sum / ((double)own.Length * strangers.Length);
    }

    /// <summary>The value below which the share of the values lies.</summary>
    public static double Quantile(double[] sorted, double share) => sorted[(int)Math.Min(sorted.Length - 1, share * sorted.Length)];
}
