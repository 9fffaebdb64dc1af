namespace ChatAgent.Nlu.Distance;

/// <summary>How well equivalence is told on labelled pairs.</summary>
/// <param name="Kind">The kind of pairs, or "all".</param>
/// <param name="Rows">How many.</param>
/// <param name="BalancedAccuracy">The mean of the shares of equivalent and of other pairs that are told right, 0 to 1.</param>
/// <param name="Low">Lower end of its 95 % interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="EquivalentRight">Equivalent pairs that are told right.</param>
/// <param name="Equivalent">Equivalent pairs.</param>
/// <param name="OtherRight">Other pairs that are told right.</param>
/// <param name="Other">Other pairs.</param>
public sealed record DistanceScores(string Kind, int Rows, double BalancedAccuracy, double Low, double High, int EquivalentRight, int Equivalent, int OtherRight, int Other)
{
    private const int Resamples = 2_000;

    /// <summary>Scores over all and for each kind, in the order of their names.</summary>
    /// <param name="rows">Labelled pairs.</param>
    /// <param name="isEquivalent">What was told of each.</param>
    /// <remarks>The interval is the bootstrap's over groups, 2,000 resamples from a fixed seed: pairs that share a sentence are drawn together.</remarks>
    public static IReadOnlyList<DistanceScores> Of(IReadOnlyList<LabelledPair> rows, IReadOnlyList<bool> isEquivalent)
    {
        var told = rows.Select((row, i) => (Row: row, Told: isEquivalent[i])).ToArray();
        return [Score("all", told), .. told.GroupBy(static t => t.Row.Kind, StringComparer.Ordinal).OrderBy(static g => g.Key, StringComparer.Ordinal).Select(static g => Score(g.Key, [.. g]))];
    }

    internal static double Balanced(IEnumerable<(bool Label, bool Told)> rows)
    {
        var (equivalent, equivalentRight, other, otherRight) = (0, 0, 0, 0);
        foreach (var (label, told) in rows)
        {
            if (label)
            {
                equivalent++;
                equivalentRight += told ? 1 : 0;
            }
            else
            {
                other++;
                otherRight += told ? 0 : 1;
            }
        }

        return equivalent == 0 ? (double)otherRight / Math.Max(1, other) : other == 0 ? (double)equivalentRight / equivalent : (((double)equivalentRight / equivalent) + ((double)otherRight / other)) / 2;
    }

    private static DistanceScores Score(string kind, (LabelledPair Row, bool Told)[] told)
    {
        var groups = told.GroupBy(static t => t.Row.Group, StringComparer.Ordinal).Select(static g => g.Select(static t => (t.Row.IsEquivalent, t.Told)).ToArray()).ToArray();
        var random = new Random(1);
        var drawn = new double[Resamples];
        for (var i = 0; i < Resamples; i++)
        {
            drawn[i] = Balanced(Enumerable.Range(0, groups.Length).SelectMany(_ => groups[random.Next(groups.Length)]));
        }

        Array.Sort(drawn);
        var equivalent = told.Where(static t => t.Row.IsEquivalent).ToArray();
        var other = told.Where(static t => !t.Row.IsEquivalent).ToArray();
        return new DistanceScores(
            kind,
            told.Length,
            Balanced(told.Select(static t => (t.Row.IsEquivalent, t.Told))),
            drawn[Resamples / 40],
            drawn[Resamples - (Resamples / 40) - 1],
            equivalent.Count(static t => t.Told),
            equivalent.Length,
            other.Count(static t => !t.Told),
            other.Length);
    }
}
