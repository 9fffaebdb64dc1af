using ChatAgent.Text;

namespace ChatAgent.Nlu.Entities;

/// <summary>Finds the names of a lexicon in a message, with typing errors.</summary>
/// <remarks>
/// A name matches word by word in folded form: a word of five letters or more may have one error, of nine or more two; shorter ones none. The longest match from a
/// place wins, then the one with fewer errors. Doctors are also found by title or first name with a surname, and by a rare surname alone.
/// Immutable and thread-safe.
/// </remarks>
internal sealed class LexiconMatcher
{
    private static readonly string[] Titles = ["dr", "dra", "doctor", "doctora", "psic", "klga", "klgo", "kine", "kinesiologa", "kinesiologo", "psicologo", "psicologa", "sr", "sra"];

    // Surnames that are also everyday words do not name a doctor by themselves.
    private static readonly HashSet<string> EverydaySurnames = new(StringComparer.Ordinal) { "leal", "fuentes", "soto", "vidal", "lagos", "rojas", "tapia", "leon", "bravo", "prado", "campos", "flores", "reyes", "rey", "luna", "pino", "rosas", "blanco" };

    private readonly Alias[] _aliases;
    private readonly Dictionary<char, int[]> _byFirstLetter;

    public LexiconMatcher(NluLexicon lexicon)
    {
        _aliases = [.. lexicon.Entries.SelectMany(Aliases).DistinctBy(alias => (alias.Entity, alias.Value, string.Join(' ', alias.Words)))];
        _byFirstLetter = _aliases.Index().GroupBy(entry => entry.Item.Words[0][0]).ToDictionary(group => group.Key, group => (int[])[.. group.Select(entry => entry.Index)]);
    }

    /// <summary>Matches that do not overlap, in the order of the text.</summary>
    public IEnumerable<Entity> Find(string text, IReadOnlyList<Token> tokens)
    {
        Entity? open = null;
        foreach (var found in Matches(text, tokens))
        {
            // "Kine Pérez-Cotapos": two matches of one name with nothing but a mark or a blank between them are one.
            if (open is not null && (open.Name, open.Value) == (found.Name, found.Value) && !text.AsSpan(open.Span.End, found.Span.Start - open.Span.End).ContainsAnyExcept(" .,-"))
            {
                var span = new TextSpan(open.Span.Start, found.Span.End - open.Span.Start);
                open = open with { Span = span, Text = span.In(text), Confidence = Math.Max(open.Confidence, found.Confidence) };
                continue;
            }

            if (open is not null)
            {
                yield return open;
            }

            open = found;
        }

        if (open is not null)
        {
            yield return open;
        }
    }

    private IEnumerable<Entity> Matches(string text, IReadOnlyList<Token> tokens)
    {
        var words = new List<(string Folded, TextSpan Span)>(tokens.Count);
        foreach (var token in tokens)
        {
            if (token.Kind is (TokenKind.Word or TokenKind.Number) && token.Folded.Length > 0)
            {
                // "dr." and "dra" are written out by the tokeniser; the lists are read the same way.
                words.Add((token.Folded, token.Span));
            }
        }

        for (var at = 0; at < words.Count;)
        {
            var (alias, errors) = Longest(words, at);
            if (alias is null)
            {
                at++;
                continue;
            }

            var last = words[at + alias.Words.Length - 1].Span;
            var span = new TextSpan(words[at].Span.Start, last.End - words[at].Span.Start);
            yield return new Entity(alias.Entity, span, span.In(text), alias.Value, Math.Round(alias.Confidence * (1 - (0.1 * errors)), 3));
            at += alias.Words.Length;
        }
    }

    private (Alias? Alias, int Errors) Longest(List<(string Folded, TextSpan Span)> words, int at)
    {
        (Alias? Alias, int Errors) best = (null, 0);

        // A typing error rarely hits the first letter; asking for it keeps the search to a few candidates.
        if (!_byFirstLetter.TryGetValue(words[at].Folded[0], out var candidates))
        {
            return best;
        }

        foreach (var index in candidates)
        {
            var alias = _aliases[index];
            if (at + alias.Words.Length > words.Count || (best.Alias is { } longest && alias.Words.Length < longest.Words.Length))
            {
                continue;
            }

            var errors = 0;
            for (var i = 0; i < alias.Words.Length && errors >= 0; i++)
            {
                var (said, name) = (words[at + i].Folded, alias.Words[i]);
                var allowed = alias.IsExact || name.Length < 5 ? 0 : name.Length < 9 ? 1 : 2;
                var distance = said == name ? 0 : allowed == 0 ? 1 : EditDistance.Between(said, name, allowed);
                errors = distance > allowed ? -1 : errors + distance;
            }

            if (errors >= 0 && (best.Alias is null || alias.Words.Length > best.Alias.Words.Length || errors < best.Errors))
            {
                best = (alias, errors);
            }
        }

        return best;
    }

    private static IEnumerable<Alias> Aliases(LexiconEntry entry)
    {
        foreach (var name in entry.Synonyms.Prepend(entry.Value))
        {
            var words = WordsOf(name);
            if (words.Length > 0)
            {
                yield return new Alias(entry.Entity, entry.Value, words, false, 1.0);
            }
        }

        if (entry.Entity == "doctor")
        {
            foreach (var alias in OfDoctor(entry))
            {
                yield return alias;
            }
        }
    }

    private static IEnumerable<Alias> OfDoctor(LexiconEntry entry)
    {
        string[] written = WordsOf(entry.Value);
        var title = written.Length > 0 && IsTitle(written[0]) ? written[0] : null;
        string[] names = title is null ? written : written[1..];
        if (names.Length < 2)
        {
            yield break;
        }

        var (first, surnames) = (names[0], names[1..]);
        yield return new Alias(entry.Entity, entry.Value, names, false, 1.0);
        foreach (var surname in surnames)
        {
            yield return new Alias(entry.Entity, entry.Value, [first, surname], false, 0.95);
            foreach (var said in Titles.Select(ChatShorthand.Expand).Distinct(StringComparer.Ordinal))
            {
                yield return new Alias(entry.Entity, entry.Value, [said, surname], false, 0.95);
            }

            if (surname.Length >= 4 && !EverydaySurnames.Contains(surname))
            {
                yield return new Alias(entry.Entity, entry.Value, [surname], true, 0.7);
            }
        }

        foreach (var said in Titles.Select(ChatShorthand.Expand).Distinct(StringComparer.Ordinal))
        {
            yield return new Alias(entry.Entity, entry.Value, [said, first], false, 0.9);
            yield return new Alias(entry.Entity, entry.Value, [said, first, surnames[0]], false, 1.0);
        }

        if (surnames.Length > 1)
        {
            yield return new Alias(entry.Entity, entry.Value, [.. surnames], false, 0.95);
        }
    }

    private static bool IsTitle(string word) => Titles.Contains(word, StringComparer.Ordinal) || word is "doctor" or "doctora";

    private static string[] WordsOf(string name) =>
        [.. Tokenizer.Tokenize(name).Where(token => token.Kind is TokenKind.Word or TokenKind.Number).Select(token => token.Folded)];

    /// <param name="IsExact">Whether no typing error is allowed.</param>
    private sealed record Alias(string Entity, string Value, string[] Words, bool IsExact, double Confidence);
}
