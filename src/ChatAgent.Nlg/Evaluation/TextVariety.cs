namespace ChatAgent.Nlg;

/// <summary>How varied a set of texts is, and how much of it was said before.</summary>
/// <param name="Distinct1">Different words over all words.</param>
/// <param name="Distinct2">Different pairs of words over all pairs.</param>
/// <param name="SelfRepetition">Mean share of a text's runs of four words that stand in one of the five texts before it.</param>
/// <param name="Sameness">Share of the texts that are, value for value, a text of the training set; null where none was given.</param>
/// <param name="SharedRuns">Mean share of a text's runs of four words that stand in the training set; null where none was given.</param>
public sealed record TextVariety(double Distinct1, double Distinct2, double SelfRepetition, double? Sameness, double? SharedRuns)
{
    private const int Before = 5;
    private const int Run = 4;

    /// <summary>Measures texts in their order.</summary>
    /// <param name="texts">At least one.</param>
    /// <param name="training">Texts that were learnt from, or null.</param>
    public static TextVariety Of(IReadOnlyList<string> texts, IReadOnlyList<string>? training = null)
    {
        ArgumentOutOfRangeException.ThrowIfZero(texts.Count, nameof(texts));
        string[][] words = [.. texts.Select(GenerationScores.Tokens)];
        HashSet<string>[] runs = [.. words.Select(text => RunsOf(text, Run).ToHashSet(StringComparer.Ordinal))];
        var repetition = runs.Select((own, i) => Share(own, runs[Math.Max(0, i - Before)..i])).Average();
        if (training is null)
        {
            return new TextVariety(Distinct(words, 1), Distinct(words, 2), repetition, null, null);
        }

        string[][] taught = [.. training.Select(GenerationScores.Tokens)];
        var whole = taught.Select(text => string.Join(' ', text)).ToHashSet(StringComparer.Ordinal);
        HashSet<string>[] taughtRuns = [taught.SelectMany(text => RunsOf(text, Run)).ToHashSet(StringComparer.Ordinal)];
        return new TextVariety(
            Distinct(words, 1), Distinct(words, 2), repetition, (double)words.Count(text => whole.Contains(string.Join(' ', text))) / words.Length, runs.Average(own => Share(own, taughtRuns)));
    }

    private static double Distinct(string[][] words, int length)
    {
        string[] all = [.. words.SelectMany(text => RunsOf(text, length))];
        return all.Length == 0 ? 0.0 : (double)all.Distinct(StringComparer.Ordinal).Count() / all.Length;
    }

    private static double Share(HashSet<string> own, HashSet<string>[] others) =>
        own.Count == 0 ? 0.0 : (double)own.Count(run => Array.Exists(others, other => other.Contains(run))) / own.Count;

    private static IEnumerable<string> RunsOf(string[] text, int length) =>
        Enumerable.Range(0, Math.Max(0, text.Length - length + 1)).Select(at => string.Join(' ', text, at, length));
}
