using System.Collections.Frozen;
using System.Reflection;

namespace ChatAgent.Text;

/// <summary>Tells Spanish from English by words and character trigrams.</summary>
/// <remarks>
/// Naive Bayes with add-one smoothing over folded words and the trigrams of each word with its borders; what both languages say alike ("no", "ok") weighs
/// little. The built-in tables are counted from Seeds.es.txt and Seeds.en.txt, written for this project; an owner's corpus can be added with
/// <see cref="Train"/>. Immutable and thread-safe.
/// </remarks>
public sealed class LanguageIdentifier
{
    // A chat message decides within its first tokens; a book need not be read.
    private const int MaxTokens = 200;

    private static readonly Lazy<LanguageIdentifier> BuiltIn = new(() => Train([]));

    private readonly FrozenDictionary<string, float> _spanishOverEnglish;

    private LanguageIdentifier(FrozenDictionary<string, float> spanishOverEnglish) => _spanishOverEnglish = spanishOverEnglish;

    /// <summary>The identifier that comes with the house.</summary>
    public static LanguageIdentifier Default => BuiltIn.Value;

    /// <summary>Natural logarithm of how much likelier each word or trigram is in Spanish than in English; for keeping in a file.</summary>
    public IReadOnlyDictionary<string, float> Weights => _spanishOverEnglish;

    /// <summary>Restores an identifier from its <see cref="Weights"/>.</summary>
    public static LanguageIdentifier FromWeights(IEnumerable<KeyValuePair<string, float>> weights) => new(weights.ToFrozenDictionary(StringComparer.Ordinal));

    /// <summary>Reads with <see cref="Default"/>: the likelier language and its probability, 0.5 (no sign of either) to 1.</summary>
    public static (Language Language, double Confidence) Identify(string text) => Default.Read(Tokenizer.Tokenize(text));

    /// <summary>Counts the built-in sentences and those of an owner.</summary>
    public static LanguageIdentifier Train(IEnumerable<(Language Language, string Text)> texts)
    {
        var counts = new Dictionary<string, (int Spanish, int English)>(StringComparer.Ordinal);
        var totals = (Spanish: 0, English: 0);
        foreach (var (language, text) in Seeds(Language.Spanish, "es").Concat(Seeds(Language.English, "en")).Concat(texts))
        {
            foreach (var token in Tokenizer.Tokenize(text).Where(token => token.Kind == TokenKind.Word))
            {
                foreach (var feature in Features(token))
                {
                    var (spanish, english) = counts.GetValueOrDefault(feature);
                    counts[feature] = language == Language.Spanish ? (spanish + 1, english) : (spanish, english + 1);
                    totals = language == Language.Spanish ? (totals.Spanish + 1, totals.English) : (totals.Spanish, totals.English + 1);
                }
            }
        }

        // Seen once is no evidence when the tables are as small as these.
        var weights = counts
            .Where(entry => entry.Value.Spanish + entry.Value.English > 1)
            .ToFrozenDictionary(
                entry => entry.Key,
                entry => (float)Math.Log((entry.Value.Spanish + 0.5) / (totals.Spanish + 0.5) * ((totals.English + 0.5) / (entry.Value.English + 0.5))),
                StringComparer.Ordinal);
        return new LanguageIdentifier(weights);
    }

    /// <summary>The likelier language of tokens and its probability, 0.5 to 1.</summary>
    public (Language Language, double Confidence) Read(IReadOnlyList<Token> tokens)
    {
        var logOdds = 0.0;
        var seen = 0;
        foreach (var token in tokens)
        {
            if (token.Kind != TokenKind.Word)
            {
                continue;
            }

            if (++seen > MaxTokens)
            {
                break;
            }

            // Trigrams of a word overlap: together they count as about one witness besides the word itself.
            var (sum, count) = (0.0, 0);
            foreach (var feature in Features(token))
            {
                sum += _spanishOverEnglish.GetValueOrDefault(feature);
                count++;
            }

            logOdds += count == 0 ? 0 : 2.0 * sum / count;
        }

        var spanishProbability = 1 / (1 + Math.Exp(-logOdds));
        return spanishProbability >= 0.5 ? (Language.Spanish, spanishProbability) : (Language.English, 1 - spanishProbability);
    }

    private static IEnumerable<string> Features(Token token)
    {
        // Ñ, accents and inverted marks are signs of Spanish that folding would hide.
        var word = $"_{token.Text.ToLowerInvariant()}_";
        yield return word;
        for (var i = 0; i + 3 <= word.Length && i < 30; i++)
        {
            yield return word.Substring(i, 3);
        }
    }

    private static IEnumerable<(Language Language, string Text)> Seeds(Language language, string code)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"ChatAgent.Text.Seeds.{code}.txt")
            ?? throw new InvalidOperationException($"the resource Seeds.{code}.txt is not in the assembly");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            yield return (language, line);
        }
    }
}
