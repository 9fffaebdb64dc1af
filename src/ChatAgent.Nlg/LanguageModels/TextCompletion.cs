using System.Globalization;
using System.Text.RegularExpressions;
using ChatAgent.Text;

namespace ChatAgent.Nlg;

/// <summary>How a sentence that a person types may go on, in the owner's words and with the values at hand. Immutable and thread-safe.</summary>
/// <remarks>
/// The words are those of <see cref="SuggestionService"/> over sentences in which values stand as placeholders; a placeholder comes out only where its value is known, and never twice in a sentence.
/// What comes out is read back by the checker: a fact that nobody gave ("el martes" where no Tuesday was) ends the completion before it. A value whose first letters stand there
/// already is finished. Nothing that is typed is kept but for the last contexts in memory, as token numbers.
/// </remarks>
public sealed partial class TextCompletion
{
    /// <summary>Words looked at together.</summary>
    private const int Order = 5;

    /// <summary>Words of a completion, values counted as one.</summary>
    private const int MaxWords = 10;

    /// <summary>A first word less likely than this is a guess, and guesses disturb who types.</summary>
    private const double LeastFirst = 0.15;

    /// <summary>A later word less likely than this ends the completion.</summary>
    private const double LeastNext = 0.4;

    /// <summary>Letters of a value after which it is finished.</summary>
    private const int LettersOfValue = 3;

    /// <summary>Characters of the longest value that is finished from its letters: a name, a day, an address. A whole clause or list is put in by the words before it only.</summary>
    private const int LongestFinished = 48;

    private const int Alternatives = 5;
    private const int AlternativesToValue = 50;

    private readonly SuggestionService _service;
    private readonly IReplyChecker _checker;
    private readonly Language _language;

    private TextCompletion(SuggestionService service, IReplyChecker checker, Language language)
    {
        (_service, _checker, _language) = (service, checker, language);
    }

    /// <summary>Learns how the owner's sentences go.</summary>
    /// <param name="pairs">Wordings with their values, which are taken out before anything is learnt.</param>
    /// <param name="running">Other texts; of these only the sentences in which the checker finds no fact.</param>
    /// <param name="language">Pairs of another language are passed over.</param>
    /// <param name="checker">Reads texts back.</param>
    /// <returns>Null when there is not one sentence.</returns>
    public static TextCompletion? Learn(IEnumerable<ReplyPair> pairs, IEnumerable<string> running, Language language, IReplyChecker checker)
    {
        var none = new Dictionary<string, string>(StringComparer.Ordinal);
        string[] sentences =
        [
            .. pairs.Where(pair => pair.Language == language).SelectMany(pair => Sentences(Delexicalizer.Delexicalize(pair))).Where(sentence => checker.Check(Placeholder().Replace(sentence, "…"), none, language) is not { } problem || !IsOfFacts(problem)),
            .. running.SelectMany(Sentences).Where(sentence => checker.Check(sentence, none, language) is null),
        ];
        if (sentences.Length == 0)
        {
            return null;
        }

        var options = new LanguageModelOptions { Unit = TextUnit.Word, MinimumCount = 1, MaximumVocabulary = 20_000 };
        return new TextCompletion(new SuggestionService(LanguageModelTrainer.Count(sentences, Order, options)), checker, language);
    }

    /// <summary>What may be put behind a text as it stands, without its first letters; null when nothing is likely enough.</summary>
    /// <param name="typed">What a person has typed; may end in the middle of a word.</param>
    /// <param name="values">Slot to value, as they may be said.</param>
    public string? Complete(string typed, IReadOnlyDictionary<string, string> values)
    {
        // Only the sentence that is being written tells how it goes on.
        var start = SentenceEnd().Matches(typed) is { Count: > 0 } ends ? ends[^1].Index + ends[^1].Length : 0;
        var sentence = typed[start..];
        if (sentence.TrimStart().Length == 0)
        {
            return null;
        }

        foreach (var (before, slot, letters) in Readings(sentence, values))
        {
            if (Continue(sentence, before, slot, letters, values) is { } completion)
            {
                return completion;
            }
        }

        return null;
    }

    /// <summary>The ways to read the end of a sentence: a value that has begun, the text as it is, and the text with its article in the form that was learnt.</summary>
    private IEnumerable<(string Before, string? Slot, int Letters)> Readings(string sentence, IReadOnlyDictionary<string, string> values)
    {
        // Sentences were learnt with their capital, whoever types without.
        var head = sentence.Length - sentence.TrimStart().Length;
        var learnt = $"{sentence[..head]}{char.ToUpperInvariant(sentence[head])}{sentence[(head + 1)..]}";
        foreach (var (slot, letters) in Begun(sentence, values))
        {
            foreach (var before in LearntForms(learnt[..^letters]).Append(learnt[..^letters]))
            {
                yield return (before, slot, letters);
            }
        }

        foreach (var before in LearntForms(learnt).Prepend(learnt))
        {
            yield return (before, null, 0);
        }
    }

    /// <summary>A text with the article at its end as it was learnt before a person and before an hour; none where no feminine article ends it.</summary>
    private IEnumerable<string> LearntForms(string text)
    {
        if (_language == Language.Spanish && FeminineArticle().Match(text) is { Success: true } match)
        {
            var words = match.Groups["words"].Value;
            yield return $"{text[..match.Index]}{words switch { "a la" => "al", "de la" => "del", _ => "el" }} ";
            yield return $"{text[..match.Index]}{words}s ";
        }
    }

    /// <summary>Values whose first letters end a sentence, the longest first.</summary>
    private static IEnumerable<(string Slot, int Letters)> Begun(string sentence, IReadOnlyDictionary<string, string> values) => values
        .Where(value => value.Value.Length <= LongestFinished)
        .Select(value => (value.Key, Letters: LettersOf(sentence, value.Value)))
        .Where(value => value.Letters > 0)
        .OrderByDescending(value => value.Letters).ThenBy(value => value.Key, StringComparer.Ordinal);

    private static int LettersOf(string sentence, string value)
    {
        for (var letters = Math.Min(value.Length - 1, sentence.Length); letters >= LettersOfValue; letters--)
        {
            var at = sentence.Length - letters;
            if ((at == 0 || !char.IsLetterOrDigit(sentence[at - 1])) && IsSame(sentence[at..], value[..letters]))
            {
                return letters;
            }
        }

        return 0;
    }

    private string? Continue(string sentence, string before, string? slot, int letters, IReadOnlyDictionary<string, string> values)
    {
        var text = Delexicalizer.Delexicalize(before, values, _language);
        string? sure = null;
        if (slot is not null)
        {
            // The letters may as well begin a word: they are a value only where the model would say it.
            if (!_service.Suggest(text, AlternativesToValue).Any(suggestion => suggestion.Word == $"{{{slot}}}"))
            {
                return null;
            }

            text = $"{text}{{{slot}}}";
            sure = Behind(sentence, text, letters, values);
        }

        // A completion ends before the first fact that nobody gave.
        for (var words = 0; words < MaxWords && (slot is null || sure is not null); words++)
        {
            var isFirst = words == 0 && slot is null;
            if (NextWord(isFirst ? text : $"{text} ", values, isFirst ? LeastFirst : LeastNext) is not { } longer || Behind(sentence, longer, letters, values) is not { } completion)
            {
                break;
            }

            (text, sure) = (longer, completion);
        }

        return sure;
    }

    /// <summary>The text with one more word, or with its last word whole; null where none is likely enough.</summary>
    private string? NextWord(string text, IReadOnlyDictionary<string, string> values, double least)
    {
        var begun = LastWord(text);
        var joint = begun.Length > 0 || text.Length == 0 || char.IsWhiteSpace(text[^1]) || text[^1] is '¿' or '¡' or '(' ? string.Empty : " ";
        foreach (var suggestion in _service.Suggest(text, Alternatives).Where(suggestion => suggestion.Probability >= least))
        {
            // What is typed is finished, never corrected: "manana" has no completion.
            if (suggestion.Word.Length <= begun.Length || !suggestion.Word.StartsWith(begun, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var word = suggestion.Word[begun.Length..];
            if (word.TrimStart() is ['{', .., '}'] placeholder && (!values.ContainsKey(placeholder[1..^1]) || text.Contains(placeholder, StringComparison.Ordinal)))
            {
                continue;
            }

            return $"{text}{joint}{word}";
        }

        return null;
    }

    /// <summary>What a filled text has behind the sentence as it was typed; null where the two part, or where the checker finds a fact that is none of the values.</summary>
    private string? Behind(string sentence, string text, int letters, IReadOnlyDictionary<string, string> values)
    {
        var (filled, typed) = (Lexicalizer.Fill(text, values, _language, capitals: false), sentence.TrimEnd());
        if (filled.Length <= typed.Length || !IsSame(filled[..typed.Length], typed))
        {
            return null;
        }

        // Of what was typed only the value that it ends in belongs to the completion.
        var own = filled[(typed.Length - letters)..].TrimStart();
        var said = Placeholder().Matches(text).Select(match => match.Value[1..^1]).Where(slot => own.Contains(values[slot], StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)
            .ToDictionary(slot => slot, slot => values[slot], StringComparer.Ordinal);
        return _checker.Check(own, said, _language) is { } problem && IsOfFacts(problem) ? null
            : sentence.Length > typed.Length ? filled[typed.Length..].TrimStart() : filled[typed.Length..];
    }

    private static bool IsSame(string one, string other) =>
        CultureInfo.InvariantCulture.CompareInfo.Compare(one, other, CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace) == 0;

    /// <summary>What is not yet whole may end anywhere: only facts and agreement count.</summary>
    private static bool IsOfFacts(string problem) => !problem.StartsWith("unreadable:", StringComparison.Ordinal);

    private static string LastWord(string text)
    {
        var at = text.Length;
        while (at > 0 && char.IsLetterOrDigit(text[at - 1]))
        {
            at--;
        }

        return text[at..];
    }

    private static IEnumerable<string> Sentences(string text) => SentenceEnd().Split(text).Select(sentence => sentence.Trim()).Where(sentence => sentence.Length > 0);

    private const RegexOptions Plain = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private const int Milliseconds = 1000;

    // The stop of a title or of an avenue ends no sentence.
    [GeneratedRegex(@"(?<=[.!?…])(?<!\b(Dra?|Klg[oa]|Psic|Mat|Av|Sra?|Srta|Mrs?|Ms|Prof)\.)\s+|\n+", Plain | RegexOptions.IgnoreCase, Milliseconds)]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"\{[a-z][a-z0-9_]*\}", Plain, Milliseconds)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\b(?<words>a la|de la|la) $", Plain | RegexOptions.IgnoreCase, Milliseconds)]
    private static partial Regex FeminineArticle();
}
