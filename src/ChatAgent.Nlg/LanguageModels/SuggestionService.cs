using System.Globalization;
using System.Text;

namespace ChatAgent.Nlg;

/// <summary>The next words while a person types: from any beginning, also in the middle of a word. Immutable and thread-safe.</summary>
/// <remarks>
/// A beginning that ends in a letter is read twice: as a word that goes on ("buenas no" gives "noches"), and as one that is finished. Only public words of the training
/// text come out (<see cref="PublicWords"/>): no name, number or address, whatever the model has learnt. Of models of characters and pieces a word is put together by a
/// small beam search until it ends. The last contexts are remembered, so that a further word costs one step of the model.
/// </remarks>
public sealed class SuggestionService
{
    /// <summary>Tokens of context that are read; what stands before hardly counts and costs time.</summary>
    private const int MaxContext = 64;
    private const int MaxPieces = 24;

    /// <summary>Contexts that are remembered: who types adds a word to the last one.</summary>
    private const int Remembered = 16;

    private readonly LanguageModel _model;

    /// <summary>Of models of words, by token: the word without capitals and accents, and whether it may be shown. Asked of every word at every letter typed.</summary>
    private readonly (string Folded, bool IsPublic)[] _words;
    private readonly Lock _gate = new();
    private readonly LinkedList<(int[] Context, LanguageState State, float[] Row)> _recent = new();

    /// <param name="model">Of any kind.</param>
    public SuggestionService(LanguageModel model)
    {
        _model = model;
        _words = model.Units.Unit == TextUnit.Word ? [.. model.Units.Vocabulary.Words.Select(word => (Fold(word), model.Words.Contains(word)))] : [];
    }

    /// <summary>The likeliest next words.</summary>
    /// <param name="typed">What stands there; empty for the beginning of a text.</param>
    /// <param name="count">How many at most, 1 to 50.</param>
    /// <param name="continuation">Words that follow each, 0 to 10: how the text could go on.</param>
    /// <returns>Best first. A probability is that of the word after the text, given how it begins.</returns>
    public IReadOnlyList<Suggestion> Suggest(string typed, int count = 5, int continuation = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 50);
        ArgumentOutOfRangeException.ThrowIfLessThan(continuation, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(continuation, 10);
        var (before, begun) = Cut(typed);
        var found = _model.Units.Unit == TextUnit.Word ? FromWords(before, begun, count) : FromPieces(before, begun, count);
        return continuation == 0 ? found : [.. found.Select(suggestion => suggestion with { Continuation = GoOn(before, suggestion.Word, continuation) })];
    }

    /// <summary>The text before the word that is being typed, and that word's letters so far.</summary>
    private static (string Before, string Begun) Cut(string typed)
    {
        var at = typed.Length;
        while (at > 0 && (char.IsLetterOrDigit(typed[at - 1]) || typed[at - 1] is '\'' or '’' or '-' || char.GetUnicodeCategory(typed[at - 1]) == UnicodeCategory.NonSpacingMark))
        {
            at--;
        }

        return (typed[..at], typed[at..]);
    }

    private IReadOnlyList<Suggestion> FromWords(string before, string begun, int count)
    {
        var row = Read(_model.Units.Encode(before), out _);
        var (best, total, letters) = (new List<(string Word, double LogProbability)>(count + 1), 0.0, Fold(begun));
        var vocabulary = _model.Units.Vocabulary;
        for (var token = 1; token < row.Length; token++)
        {
            if (begun.Length > 0 && token != _model.EndToken && _words[token].Folded.StartsWith(letters, StringComparison.Ordinal))
            {
                total += Math.Exp(row[token]);
            }
            else if (begun.Length > 0)
            {
                continue;
            }

            if (MayEnter(best, count, row[token]) && _words[token].IsPublic && token != _model.EndToken && !Same(vocabulary[token], begun))
            {
                Enter(best, count, vocabulary[token], row[token]);
            }
        }

        // "no" may be the whole word: then what follows it is as good a suggestion, as likely as the word itself is among those that begin so.
        if (begun.Length > 0 && vocabulary[begun] is var whole and not Text.Vocabulary.Unknown && total > 0)
        {
            var after = Read(_model.Units.Encode(before + begun), out _);
            for (var token = 1; token < after.Length; token++)
            {
                if (MayEnter(best, count, (double)row[whole] + after[token]) && _words[token].IsPublic && token != _model.EndToken)
                {
                    Enter(best, count, $"{begun} {vocabulary[token]}", (double)row[whole] + after[token]);
                }
            }
        }

        return [.. best.Select(word => new Suggestion(word.Word, begun.Length > 0 && total > 0 ? Math.Exp(word.LogProbability) / total : Math.Exp(word.LogProbability), string.Empty))];
    }

    private static bool MayEnter(List<(string Word, double LogProbability)> best, int count, double logProbability) => best.Count < count || logProbability >= best[^1].LogProbability;

    /// <summary>Best first; of equal ones in ordinal order.</summary>
    private static void Enter(List<(string Word, double LogProbability)> best, int count, string word, double logProbability)
    {
        var place = best.FindIndex(other => other.LogProbability < logProbability || (other.LogProbability == logProbability && string.CompareOrdinal(word, other.Word) < 0));
        best.Insert(place < 0 ? best.Count : place, (word, logProbability));
        if (best.Count > count)
        {
            best.RemoveAt(count);
        }
    }

    /// <summary>Words of pieces: a beam that keeps what agrees with the letters that stand there, each hypothesis until its word ends.</summary>
    private IReadOnlyList<Suggestion> FromPieces(string before, string begun, int count)
    {
        var blank = _model.Units.Unit == TextUnit.Subword ? BytePairs.Blank : ' ';

        // The blank before a word belongs to its first piece; of characters it is a token of its own and stands in the text.
        var context = _model.Units.Encode(_model.Units.Unit == TextUnit.Subword ? before.TrimEnd() : before);
        var row = Read(context, out var state);
        var width = Math.Max(8, 3 * count);
        var live = new List<(string Text, double LogProbability, LanguageState State, float[] Row)> { (string.Empty, 0.0, state, row) };
        var words = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var length = 0; length < MaxPieces && live.Count > 0; length++)
        {
            var next = new List<(string Text, double LogProbability, int From, int Token)>();
            for (var from = 0; from < live.Count; from++)
            {
                var (text, sum, _, distribution) = live[from];
                for (var token = 1; token < distribution.Length; token++)
                {
                    var piece = token == _model.EndToken ? string.Empty : _model.Units.Vocabulary[token];
                    var together = sum + distribution[token];
                    var isEnd = piece.Length == 0 || (text.Length > 0 && piece[0] == blank) || (text.Length > 0 && !IsOfWord(piece[0]));
                    if (isEnd)
                    {
                        if (text.Length > begun.Length && Begins(text, begun) && _model.Words.Contains(text))
                        {
                            words[text] = words.GetValueOrDefault(text) + Math.Exp(together);
                        }

                        continue;
                    }

                    var grown = text + piece.TrimStart(BytePairs.Blank);
                    if (grown.Length > text.Length && IsOfWord(grown[^1]) && (Begins(grown, begun) || Begins(begun, grown)))
                    {
                        next.Add((grown, together, from, token));
                    }
                }
            }

            live = [.. next.OrderByDescending(word => word.LogProbability).ThenBy(word => word.Text, StringComparer.Ordinal).Take(width).Select(word =>
            {
                var grown = _model.Gather(live[word.From].State, [0]);
                var distribution = new float[row.Length];
                _model.Next(grown, [word.Token], distribution);
                return (word.Text, word.LogProbability, grown, distribution);
            })];
        }

        var total = words.Values.Sum();
        return [.. words.OrderByDescending(word => word.Value).ThenBy(word => word.Key, StringComparer.Ordinal).Take(count)
            .Select(word => new Suggestion(word.Key, begun.Length > 0 && total > 0 ? word.Value / total : word.Value, string.Empty))];
    }

    /// <summary>The likeliest words after one, as long as a word is likelier than a sign or the end.</summary>
    private string GoOn(string before, string word, int words)
    {
        var (text, added) = ($"{before}{word}", new StringBuilder());
        for (var i = 0; i < words; i++)
        {
            if (_model.Units.Unit == TextUnit.Word && IsOver(text))
            {
                break;
            }

            if (Suggest($"{text} ", 1) is not [var best, ..])
            {
                break;
            }

            text = $"{text} {best.Word}";
            added.Append(added.Length > 0 ? " " : string.Empty).Append(best.Word);
        }

        return added.ToString();
    }

    private bool IsOver(string text)
    {
        var row = Read(_model.Units.Encode(text), out _);
        var best = 1;
        for (var token = 2; token < row.Length; token++)
        {
            best = row[token] > row[best] ? token : best;
        }

        return best == _model.EndToken || !_model.Words.Contains(_model.Units.Vocabulary[best]);
    }

    private float[] Read(int[] whole, out LanguageState state)
    {
        var context = whole.Length > MaxContext ? whole[^MaxContext..] : whole;
        var (known, row) = (0, new float[_model.VocabularySize - 1]);
        LanguageState? begun = null;
        lock (_gate)
        {
            foreach (var (before, reached, last) in _recent)
            {
                if (before.Length >= known && before.Length <= context.Length && context.AsSpan(0, before.Length).SequenceEqual(before))
                {
                    (known, begun) = (before.Length, reached);
                    last.CopyTo(row, 0);
                }
            }
        }

        if (begun is null)
        {
            begun = _model.Start(1);
            _model.Next(begun, [_model.EndToken], row);
        }
        else
        {
            begun = _model.Gather(begun, [0]);
        }

        foreach (var token in context.AsSpan(known))
        {
            _model.Next(begun, [token], row);
        }

        state = _model.Gather(begun, [0]);
        lock (_gate)
        {
            _recent.AddFirst((context, begun, [.. row]));
            if (_recent.Count > Remembered)
            {
                _recent.RemoveLast();
            }
        }

        return row;
    }

    private static bool IsOfWord(char letter) => char.IsLetter(letter) || letter is '\'' or '’' or '-' || char.GetUnicodeCategory(letter) == UnicodeCategory.NonSpacingMark;

    /// <summary>Capitals and accents do not count: who types "manana" means "mañana".</summary>
    private static bool Begins(string word, string letters) =>
        CultureInfo.InvariantCulture.CompareInfo.IsPrefix(word, letters, CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace);

    /// <summary>Without capitals and marks, as <see cref="Begins"/> compares.</summary>
    private static string Fold(string word)
    {
        var folded = new StringBuilder(word.Length);
        foreach (var letter in word.Normalize(NormalizationForm.FormD))
        {
            if (char.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark)
            {
                folded.Append(char.ToLowerInvariant(letter));
            }
        }

        return folded.ToString();
    }

    private static bool Same(string word, string letters) => string.Equals(word, letters, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A word that may come next.</summary>
/// <param name="Word">The whole word, also where its beginning stands there; with the finished word before it where that is what was read.</param>
/// <param name="Probability">0 to 1.</param>
/// <param name="Continuation">What may follow it; empty when it was not asked for.</param>
public sealed record Suggestion(string Word, double Probability, string Continuation);
