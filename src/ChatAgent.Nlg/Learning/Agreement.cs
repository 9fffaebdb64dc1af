namespace ChatAgent.Nlg;

/// <summary>How much texts of one meaning agree: the mean share of runs of one to four units that a text has in common with another.</summary>
internal static class Agreement
{
    private const int LongestRun = 4;

    /// <summary>Others that a text is compared with at most, drawn evenly from its group.</summary>
    private const int MostOthers = 24;

    /// <summary>The share of each group's rows that agree most with the rest; rows of small groups stay.</summary>
    public static List<T> Keep<T>(List<T> rows, Func<T, string> groupOf, Func<T, string[]> unitsOf, double share) =>
    [
        .. rows.GroupBy(groupOf, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).SelectMany(group =>
        {
            T[] some = [.. group];
            if (some.Length < 3)
            {
                return some;
            }

            Dictionary<string, int>[] runs = [.. some.Select(row => RunsOf(unitsOf(row)))];
            var scores = some.Select((_, i) => (Index: i, Score: Mean(runs, i))).OrderByDescending(entry => entry.Score).ThenBy(entry => entry.Index);
            return scores.Take(Math.Max(2, (int)Math.Ceiling(share * some.Length))).Select(entry => some[entry.Index]);
        }),
    ];

    /// <summary>Twice the common runs over all runs of both.</summary>
    public static double Of(Dictionary<string, int> a, Dictionary<string, int> b)
    {
        var (common, all) = (0, 0);
        foreach (var (run, count) in a)
        {
            common += Math.Min(count, b.GetValueOrDefault(run));
            all += count;
        }

        return 2.0 * common / Math.Max(1, all + b.Values.Sum());
    }

    public static Dictionary<string, int> RunsOf(IReadOnlyList<string> units)
    {
        var runs = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var length = 1; length <= LongestRun; length++)
        {
            for (var at = 0; at + length <= units.Count; at++)
            {
                var run = string.Concat(Enumerable.Range(at, length).Select(i => units[i]));
                runs[run] = runs.GetValueOrDefault(run) + 1;
            }
        }

        return runs;
    }

    private static double Mean(Dictionary<string, int>[] runs, int own)
    {
        var step = Math.Max(1, runs.Length / MostOthers);
        var (sum, count) = (0.0, 0);
        for (var other = own % step; other < runs.Length; other += step)
        {
            if (other != own)
            {
                sum += Of(runs[own], runs[other]);
                count++;
            }
        }

        return sum / Math.Max(1, count);
    }
}
