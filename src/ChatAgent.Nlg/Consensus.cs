namespace ChatAgent.Nlg;

/// <summary>Ranks texts of one meaning by what they are expected to have in common with what the model would say: minimum Bayes risk over the beam.</summary>
/// <remarks>
/// gain(i) = Σ_j p_j · agreement(i, j)          p_j  the model's probability of text j to the power of the sharpness, over the texts at hand
/// Source: Kumar and Byrne 2004, "Minimum Bayes-Risk Decoding for Statistical Machine Translation", with the overlap of runs of one to four units in BLEU's place.
/// </remarks>
internal static class Consensus
{
    /// <summary>The places of the texts, best first; of equal gain the likelier.</summary>
    /// <param name="units">Of each text.</param>
    /// <param name="logProbabilities">Of each text.</param>
    /// <param name="sharpness">0 counts all alike; 1 by their probability.</param>
    public static int[] Rank(IReadOnlyList<IReadOnlyList<string>> units, IReadOnlyList<double> logProbabilities, double sharpness)
    {
        if (units.Count < 3)
        {
            return [.. Enumerable.Range(0, units.Count).OrderByDescending(i => logProbabilities[i])];
        }

        Dictionary<string, int>[] runs = [.. units.Select(Agreement.RunsOf)];
        var best = logProbabilities.Max();
        double[] weights = [.. logProbabilities.Select(one => Math.Exp(sharpness * (one - best)))];
        var gains = new double[runs.Length];
        for (var i = 0; i < runs.Length; i++)
        {
            gains[i] += weights[i];
            for (var j = 0; j < i; j++)
            {
                var common = Agreement.Of(runs[i], runs[j]);
                gains[i] += weights[j] * common;
                gains[j] += weights[i] * common;
            }
        }

        return [.. Enumerable.Range(0, runs.Length).OrderByDescending(i => gains[i]).ThenByDescending(i => logProbabilities[i])];
    }
}
