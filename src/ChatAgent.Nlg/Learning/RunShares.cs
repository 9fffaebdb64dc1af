namespace ChatAgent.Nlg;

/// <summary>How likely a run of one to four tokens stands in what people say of a meaning, and what a text can expect to have in common with several of them. Immutable.</summary>
/// <remarks>
/// p(g)   share of the people's texts that have the run g
/// m(g)   1 − (1 − p(g))^R, the chance that one of R references has it
/// gain   Σ_n ¼ ln (Σ_g m(g) / N_n), g over the N_n runs of n tokens of the text: the logarithm of the BLEU that it can expect, without brevity
/// </remarks>
internal sealed class RunShares
{
    private const int LongestRun = 4;

    /// <summary>What a run that nobody said is taken to be worth.</summary>
    private const double Unseen = 0.002;

    private readonly Dictionary<(int, int, int, int), float> _shares = [];

    public RunShares(IReadOnlyList<int[]> texts)
    {
        var seen = new HashSet<(int, int, int, int)>();
        foreach (var text in texts)
        {
            seen.Clear();
            for (var at = 0; at < text.Length; at++)
            {
                for (var length = 1; length <= LongestRun && at + length <= text.Length; length++)
                {
                    if (seen.Add(Key(text, at, length)))
                    {
                        _shares[Key(text, at, length)] = _shares.GetValueOrDefault(Key(text, at, length)) + (1f / texts.Count);
                    }
                }
            }
        }
    }

    /// <summary>See the remarks.</summary>
    public double Gain(IReadOnlyList<int> text, double references)
    {
        var gain = 0.0;
        var counts = new Dictionary<(int, int, int, int), int>();
        for (var length = 1; length <= LongestRun; length++)
        {
            var (sum, total) = (Unseen, 1e-9);
            for (var at = 0; at + length <= text.Count; at++)
            {
                var key = Key(text, at, length);
                counts[key] = counts.GetValueOrDefault(key) + 1;
                total++;

                // The second time a run stands in a text it has no match in most references.
                sum += counts[key] > 1 ? Unseen : 1.0 - Math.Pow(1.0 - Math.Min(1f, _shares.GetValueOrDefault(key)), references);
            }

            gain += Math.Log(sum / Math.Max(1.0, total)) / LongestRun;
        }

        return gain;
    }

    private static (int, int, int, int) Key(IReadOnlyList<int> text, int at, int length) =>
        (text[at] + 1, length > 1 ? text[at + 1] + 1 : 0, length > 2 ? text[at + 2] + 1 : 0, length > 3 ? text[at + 3] + 1 : 0);
}
