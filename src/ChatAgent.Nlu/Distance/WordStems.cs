using System.Collections.Frozen;
using ChatAgent.Text;

namespace ChatAgent.Nlu.Distance;

/// <summary>Brings the forms of a word to one key: a table of irregular forms, then rules of endings.</summary>
/// <remarks>
/// The key is no word and need not be right, only the same for the forms of one word. The Spanish rules take off clitics, endings of verbs, number and gender, undo ie/ue and the spelling of c, g and z;
/// the English ones take off -s, -ed, -ing, -ly. Three letters stay at least. Immutable and thread-safe.
/// </remarks>
internal sealed class WordStems
{
    // Longest first, so that the first that fits is the one to take off.
    private static readonly string[] _spanishEndings =
    [
        .. new[]
        {
            "ariamos", "eriamos", "iriamos", "aremos", "eremos", "iremos", "abamos", "aramos", "ieramos", "asteis", "ieron", "arian", "erian", "irian", "ieran", "iendo", "yendo", "aron", "aban", "aran", "eran", "iran", "aste", "iste",
            "ando", "ados", "adas", "idos", "idas", "iera", "aras", "eras", "iras", "aria", "eria", "iria", "amos", "emos", "imos", "abas", "ado", "ada", "ido", "ida", "aba", "ara", "era", "ira", "are", "ere", "ire", "ian", "ias", "ar", "er",
            "ir", "an", "en", "as", "es", "os", "ia", "io", "a", "e", "o", "i", "s",
        }.OrderByDescending(static e => e.Length),
    ];

    private static readonly string[] _clitics = ["nos", "los", "las", "les", "me", "te", "se", "lo", "la", "le"];

    private readonly FrozenDictionary<string, string> _forms;
    private readonly FrozenSet<string> _verbs;

    private WordStems(Language language, FrozenDictionary<string, string> forms, FrozenSet<string> verbs) => (Language, _forms, _verbs) = (language, forms, verbs);

    public Language Language { get; }

    /// <summary>Reads the table of a language from this assembly.</summary>
    public static WordStems Load(Language language)
    {
        var forms = new Dictionary<string, string>(StringComparer.Ordinal);
        var verbs = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in NluResource.Lines($"WordForms.{language.ToCode()}.txt"))
        {
            if (line[0] == '+')
            {
                verbs.UnionWith(line[1..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => ByRule(TextNormalizer.Fold(word), language)));
                continue;
            }

            var (word, list) = (line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..]);
            var folded = TextNormalizer.Fold(word.Trim());
            var stem = ByRule(folded, language);
            forms[folded] = stem;
            if (language == Language.English ? folded is not ("child" or "man" or "woman" or "person" or "foot" or "tooth" or "mouse" or "life" or "good") : folded.Length > 1 && folded[^2..] is "ar" or "er" or "ir")
            {
                verbs.Add(stem);
            }

            foreach (var form in list.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                forms.TryAdd(TextNormalizer.Fold(form), stem);
            }
        }

        return new WordStems(language, forms.ToFrozenDictionary(StringComparer.Ordinal), verbs.ToFrozenSet(StringComparer.Ordinal));
    }

    /// <summary>The key of a word.</summary>
    /// <param name="folded">The word, folded.</param>
    /// <param name="typed">The same as typed; its accents tell a verb with clitics.</param>
    public string Of(string folded, string typed)
    {
        if (_forms.TryGetValue(folded, out var stem))
        {
            return stem;
        }

        var bare = Language == Language.Spanish ? WithoutClitics(folded, typed, this) : folded;
        return !ReferenceEquals(bare, folded) && _forms.TryGetValue(bare, out stem) ? stem : ByRule(bare, Language);
    }

    /// <summary>Whether a key belongs to a verb that is known.</summary>
    public bool IsVerb(string stem) => _verbs.Contains(stem);

    private static string ByRule(string word, Language language) => language == Language.Spanish ? SpanishRule(word) : EnglishRule(word);

    private static string SpanishRule(string word)
    {
        var stem = word;
        if (word.Length > 3)
        {
            // "lapices" and "lapiz", "veces" and "vez" meet below, where a last z becomes c.
            var plural = word.Length > 4 && word[^1] == 's' && word[^2] != 's' ? word[..^1] : word;
            foreach (var ending in _spanishEndings)
            {
                if (plural.Length - ending.Length >= 3 && plural.EndsWith(ending, StringComparison.Ordinal))
                {
                    stem = plural[..^ending.Length];
                    break;
                }
            }

            stem = stem.Length == word.Length ? plural : stem;
        }

        stem = stem.Replace("ue", "o", StringComparison.Ordinal).Replace("ie", "e", StringComparison.Ordinal);
        if (stem.EndsWith("qu", StringComparison.Ordinal))
        {
            return stem[..^2] + "c";
        }

        return stem.EndsWith("gu", StringComparison.Ordinal) ? stem[..^1] : stem.EndsWith('z') ? stem[..^1] + "c" : stem.EndsWith('j') ? stem[..^1] + "g" : stem;
    }

    private static string EnglishRule(string word)
    {
        var stem = word;
        if (stem.Length > 4 && stem.EndsWith("ies", StringComparison.Ordinal))
        {
            stem = stem[..^3] + "y";
        }
        else if (stem.Length > 3 && stem[^1] == 's' && stem[^2] is not ('s' or 'u' or 'i'))
        {
            stem = stem.Length > 4 && stem[^2] == 'e' && stem[^3] is 's' or 'x' or 'h' ? stem[..^2] : stem[..^1];
        }

        foreach (var ending in (ReadOnlySpan<string>)["ing", "ied", "ed", "ly"])
        {
            if (stem.Length - ending.Length >= 3 && stem.EndsWith(ending, StringComparison.Ordinal))
            {
                stem = stem[..^ending.Length] + (ending == "ied" ? "y" : string.Empty);
                if (stem.Length > 3 && stem[^1] == stem[^2] && stem[^1] is not ('l' or 's'))
                {
                    stem = stem[..^1];
                }

                break;
            }
        }

        return stem.Length > 3 && stem[^1] == 'e' ? stem[..^1] : stem;
    }

    private static string WithoutClitics(string folded, string typed, WordStems stems)
    {
        var word = folded;
        for (var round = 0; round < 2; round++)
        {
            foreach (var clitic in _clitics)
            {
                if (word.Length - clitic.Length < 4 || !word.EndsWith(clitic, StringComparison.Ordinal))
                {
                    continue;
                }

                var rest = word[..^clitic.Length];
                if (((rest.EndsWith("ar", StringComparison.Ordinal) || rest.EndsWith("er", StringComparison.Ordinal) || rest.EndsWith("ir", StringComparison.Ordinal)) && stems.IsVerb(ByRule(rest, Language.Spanish)))
                    || rest.EndsWith("ndo", StringComparison.Ordinal) || (typed.Length == folded.Length && IsAccented(typed, rest.Length - 1)))
                {
                    word = rest;
                    break;
                }
            }
        }

        return word;
    }

    // "desenchúfelo": an accent three syllables from the end is written because a pronoun was joined.
    private static bool IsAccented(string typed, int end)
    {
        for (var i = 1; i < end; i++)
        {
            if (typed[i] is 'á' or 'é' or 'í' or 'ó' or 'ú')
            {
                return true;
            }
        }

        return false;
    }
}
