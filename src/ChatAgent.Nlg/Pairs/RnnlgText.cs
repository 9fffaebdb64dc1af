using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace ChatAgent.Nlg;

/// <summary>The form in which the RNNLG benchmark counts words.</summary>
/// <remarks>
/// Lower case, marks apart, telephone numbers as one number, contractions written out, and the endings -s, -ly and -er of its domains' words apart ("television -s").
/// As described by the benchmark's loader (github.com/shawnwun/RNNLG, utils/nlp.py), which does this to references and baselines before it scores. Applied twice it changes nothing more.
/// </remarks>
internal static partial class RnnlgText
{
    private static readonly FrozenDictionary<string, string> Words = Table();

    /// <summary>Normalises a text; a mark that ends it is dropped.</summary>
    public static string Normalize(string text)
    {
        text = Telephone().Replace(text.Trim().ToLowerInvariant(), "${a}${b}${c}");
        text = text.Replace(';', ',').Replace("/", " and ", StringComparison.Ordinal);
        text = Dropped().Replace(text, string.Empty).Replace(" - ", string.Empty, StringComparison.Ordinal);
        text = Marks().Replace(text, " ${mark} ");
        text = LooseQuote().Replace(text, " ");
        text = Possessive().Replace(text, " 's");
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(word => (Words.TryGetValue(word, out var other) ? other : word).Split(' ')).ToList();
        while (words.Count > 0 && words[^1] is "." or "?" or "!")
        {
            words.RemoveAt(words.Count - 1);
        }

        for (var i = words.Count - 1; i > 0; i--)
        {
            if (words[i].All(char.IsAsciiDigit) && words[i - 1].Length > 0 && char.IsAsciiDigit(words[i - 1][0]) && words[i - 1].All(char.IsAsciiDigit))
            {
                words[i - 1] += words[i];
                words.RemoveAt(i);
            }
        }

        return string.Join(' ', words);
    }

    private static FrozenDictionary<string, string> Table()
    {
        var table = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["can't"] = "cannot", ["won't"] = "will not", ["i'm"] = "i am", ["children"] = "child -s", ["kidfriendly"] = "kid friendly", ["st"] = "street", ["ave"] = "avenue",
            ["upmarket"] = "expensive", ["teh"] = "the", ["#"] = "number", ["&"] = "and", ["driverange"] = "drive range", ["ecorating"] = "eco rating", ["pricerange"] = "price range",
            ["batteryrating"] = "battery rating", ["weightrange"] = "weight range", ["harddrive"] = "hard drive", ["batterylife"] = "battery life", ["cheaper"] = "cheap -er", ["truly"] = "true -ly",
        };
        foreach (var verb in (string[])["do", "does", "did", "could", "are", "is", "was", "were"])
        {
            table[$"{verb}n't"] = $"{verb} not";
        }

        foreach (var (word, ending, whole) in (ReadOnlySpan<(string, string, string)>)[
            ("it", "'s", "is"), ("that", "'s", "is"), ("what", "'s", "is"), ("there", "'s", "is"), ("you", "'d", "would"), ("i", "'d", "would"), ("you", "'re", "are"), ("they", "'re", "are"),
            ("there", "'re", "are"), ("you", "'ll", "will"), ("i", "'ve", "have"), ("we", "'ve", "have")])
        {
            table[word + ending] = $"{word} {whole}";
        }

        foreach (var adjective in (string[])["expensive", "moderate", "cheap", "extreme", "actual", "typical", "definite", "most", "nice", "sure", "certain", "total"])
        {
            table[adjective + "ly"] = $"{adjective} -ly";
        }

        foreach (var noun in (string[])[
            "restaurant", "hotel", "laptop", "dinner", "breakfast", "price", "place", "venue", "range", "meal", "location", "area", "kid", "card", "use", "dimension", "include", "computer",
            "machine", "rating", "constraint", "requirement", "drive", "specification", "hour", "port", "television", "restriction", "driver", "factor"])
        {
            table[noun + "s"] = $"{noun} -s";
        }

        foreach (var (plural, noun) in (ReadOnlySpan<(string, string)>)[
            ("lunches", "lunch"), ("policies", "policy"), ("inches", "inch"), ("families", "family"), ("businesses", "business"), ("accessories", "accessory")])
        {
            table[plural] = $"{noun} -s";
        }

        return table.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private const RegexOptions Plain = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private const int Milliseconds = 1000;

    [GeneratedRegex(@"\(?(?<a>[0-9]{3})\)?[-.\s]?(?<b>[0-9]{3})[-.\s]?(?<c>[0-9]{4})", Plain, Milliseconds)]
    private static partial Regex Telephone();

    [GeneratedRegex("[\":<>@]", Plain, Milliseconds)]
    private static partial Regex Dropped();

    /// <summary>A stop or comma between digits is a part of the number.</summary>
    [GeneratedRegex(@"(?<mark>[?!]|(?<![0-9])[.,]|[.,](?![0-9]))", Plain, Milliseconds)]
    private static partial Regex Marks();

    [GeneratedRegex(@"(^|\s)'(?!s\b)|'(\s|$)", Plain, Milliseconds)]
    private static partial Regex LooseQuote();

    [GeneratedRegex(@"(?<=\w)(?<!\b(it|that|what|there))'s\b", Plain, Milliseconds)]
    private static partial Regex Possessive();
}
