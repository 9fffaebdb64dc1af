using System.Text.RegularExpressions;

namespace ChatAgent.Nlg;

/// <summary>BLEU, NIST and ROUGE-L of one text a meaning against one or more references.</summary>
/// <param name="Bleu">0 to 1, four-grams, brevity against the closest reference.</param>
/// <param name="Nist">0 and more, five-grams weighted by their information in the references.</param>
/// <param name="RougeL">0 to 1, mean over the texts of the F-measure (β = 1.2) of the longest common subsequence, best precision and best recall over the references.</param>
/// <remarks>
/// BLEU and NIST follow mteval-v13a.pl (NIST, 2009) with its defaults: lower case, its own tokens, an n-gram order without a match counts as 1/2^k match. Where meanings differ in how many
/// references they have, NIST's length is that of all references over their mean number, as the E2E challenge's edition of the script has it.
/// ROUGE-L follows Lin 2004 as the COCO caption tools compute it, over their tokens (<see cref="CaptionTokens"/>).
/// Of the texts of all 21 systems of the E2E challenge they give the published figures to the last digit.
/// </remarks>
public sealed partial record GenerationScores(double Bleu, double Nist, double RougeL)
{
    private const int BleuOrder = 4;
    private const int NistOrder = 5;
    private const double Beta = 1.2;

    /// <summary>Scores a whole set.</summary>
    /// <param name="texts">One a meaning.</param>
    /// <param name="references">For each text at least one.</param>
    /// <exception cref="ArgumentException">The numbers differ, there is nothing, or a text has no reference.</exception>
    public static GenerationScores Of(IReadOnlyList<string> texts, IReadOnlyList<IReadOnlyList<string>> references)
    {
        if (texts.Count != references.Count || texts.Count == 0 || references.Any(some => some.Count == 0))
        {
            throw new ArgumentException($"{texts.Count} texts and references for {references.Count}, expected as many, at least one, each with a reference", nameof(references));
        }

        string[][] said = [.. texts.Select(Tokens)];
        string[][][] expected = [.. references.Select(some => some.Select(Tokens).ToArray())];
        var rouge = texts.Zip(references, (text, some) => RougeLOf(CaptionTokens.Of(text), [.. some.Select(CaptionTokens.Of)])).Average();
        return new GenerationScores(BleuOf(said, expected), NistOf(said, expected), rouge);
    }

    /// <summary>The tokens of mteval-v13a: lower case, punctuation apart, stops and commas apart unless digits are on both sides, hyphens apart behind a digit.</summary>
    internal static string[] Tokens(string text)
    {
        var plain = $" {text.Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal).ToLowerInvariant()} ";
        plain = Marks().Replace(plain, " ${mark} ");
        plain = StopBehindOther().Replace(plain, "${other} ${stop} ");
        plain = StopBeforeOther().Replace(plain, " ${stop} ${other}");
        plain = HyphenBehindDigit().Replace(plain, "${digit} - ");
        return plain.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    private static double BleuOf(string[][] said, string[][][] expected)
    {
        var (matched, total) = (new double[BleuOrder], new double[BleuOrder]);
        var (length, closest) = (0, 0);
        for (var i = 0; i < said.Length; i++)
        {
            length += said[i].Length;
            closest += expected[i].Select(reference => reference.Length).MinBy(other => (Math.Abs(other - said[i].Length), other));
            for (var n = 1; n <= BleuOrder; n++)
            {
                foreach (var (gram, count) in Grams(said[i], n))
                {
                    matched[n - 1] += Math.Min(count, expected[i].Max(reference => Grams(reference, n).GetValueOrDefault(gram)));
                    total[n - 1] += count;
                }
            }
        }

        var (sum, smooth) = (0.0, 1.0);
        for (var n = 0; n < BleuOrder; n++)
        {
            if (total[n] == 0)
            {
                return 0.0;
            }

            sum += Math.Log((matched[n] > 0 ? matched[n] : 1.0 / (smooth *= 2.0)) / total[n]) / BleuOrder;
        }

        return Math.Exp(sum + Math.Min(0.0, 1.0 - ((double)closest / length)));
    }

    private static double NistOf(string[][] said, string[][][] expected)
    {
        var all = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var reference in expected.SelectMany(some => some))
        {
            for (var n = 1; n <= NistOrder; n++)
            {
                foreach (var (gram, count) in Grams(reference, n))
                {
                    all[gram] = all.GetValueOrDefault(gram) + count;
                }
            }
        }

        var words = expected.Sum(some => some.Sum(reference => reference.Length));
        var score = 0.0;
        for (var n = 1; n <= NistOrder; n++)
        {
            var (information, total) = (0.0, 0);
            for (var i = 0; i < said.Length; i++)
            {
                foreach (var (gram, count) in Grams(said[i], n))
                {
                    total += count;
                    var common = Math.Min(count, expected[i].Max(reference => Grams(reference, n).GetValueOrDefault(gram)));
                    if (common > 0)
                    {
                        var cut = gram.LastIndexOf(' ');
                        information += common * Math.Log2((double)(cut < 0 ? words : all[gram[..cut]]) / all[gram]);
                    }
                }
            }

            score += total == 0 ? 0.0 : information / total;
        }

        // The factor is one half where the texts have two thirds of the references' length.
        var ratio = Math.Min(1.0, said.Sum(text => text.Length) * (expected.Average(some => some.Length) / words));
        var beta = Math.Log(0.5) / Math.Pow(Math.Log(1.5), 2);
        return ratio <= 0.0 ? 0.0 : score * Math.Exp(beta * Math.Pow(Math.Log(ratio), 2));
    }

    private static double RougeLOf(string[] said, string[][] expected)
    {
        var (precision, recall) = (0.0, 0.0);
        foreach (var reference in expected)
        {
            var common = LongestCommon(said, reference);
            precision = Math.Max(precision, said.Length == 0 ? 0.0 : common / (double)said.Length);
            recall = Math.Max(recall, reference.Length == 0 ? 0.0 : common / (double)reference.Length);
        }

        return precision == 0.0 || recall == 0.0 ? 0.0 : (1 + (Beta * Beta)) * precision * recall / (recall + (Beta * Beta * precision));
    }

    private static int LongestCommon(string[] a, string[] b)
    {
        var (before, row) = (new int[b.Length + 1], new int[b.Length + 1]);
        foreach (var word in a)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = word == b[j - 1] ? before[j - 1] + 1 : Math.Max(before[j], row[j - 1]);
            }

            (before, row) = (row, before);
        }

        return before[b.Length];
    }

    /// <summary>Runs of n tokens, joined by one blank, with their counts.</summary>
    private static Dictionary<string, int> Grams(string[] tokens, int n)
    {
        var grams = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var at = 0; at + n <= tokens.Length; at++)
        {
            var gram = string.Join(' ', tokens, at, n);
            grams[gram] = grams.GetValueOrDefault(gram) + 1;
        }

        return grams;
    }

    private const RegexOptions Plain = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private const int Milliseconds = 1000;

    [GeneratedRegex(@"(?<mark>[\{-\~\[-\` -\&\(-\+\:-\@\/])", Plain, Milliseconds)]
    private static partial Regex Marks();

    [GeneratedRegex(@"(?<other>[^0-9])(?<stop>[\.,])", Plain, Milliseconds)]
    private static partial Regex StopBehindOther();

    [GeneratedRegex(@"(?<stop>[\.,])(?<other>[^0-9])", Plain, Milliseconds)]
    private static partial Regex StopBeforeOther();

    [GeneratedRegex(@"(?<digit>[0-9])-", Plain, Milliseconds)]
    private static partial Regex HyphenBehindDigit();
}
