using System.Collections.Frozen;
using ChatAgent.Text;

namespace ChatAgent.Nlu.Distance;

/// <summary>Words and phrases that mean alike, their contraries, the same events from the other side, things that exclude each other, and what tells the senses of a word apart.</summary>
/// <remarks>Written by hand in <c>Meanings.*.txt</c> and <c>Senses.*.txt</c>, whose heads explain the form. Immutable and thread-safe.</remarks>
internal sealed class MeaningLexicon
{
    /// <summary>Words of the longest phrase.</summary>
    public const int MaxPhrase = 5;

    private static readonly Lazy<MeaningLexicon> _spanish = new(static () => new MeaningLexicon(Language.Spanish));
    private static readonly Lazy<MeaningLexicon> _english = new(static () => new MeaningLexicon(Language.English));

    private readonly FrozenDictionary<string, Meaning[]> _meanings;
    private readonly FrozenDictionary<string, int[]> _kinds;
    private readonly FrozenDictionary<string, Sense[]> _senses;
    private readonly FrozenSet<string> _verbs;

    private MeaningLexicon(Language language)
    {
        Stems = WordStems.Load(language);
        var meanings = new Dictionary<string, List<Meaning>>(StringComparer.Ordinal);
        var kinds = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        var verbs = new HashSet<string>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in NluResource.Lines($"Meanings.{language.ToCode()}.txt"))
        {
            number++;
            if (line[0] == '%')
            {
                foreach (var word in line[1..].Split(','))
                {
                    Add(kinds, KeyOf(word), number);
                }

                continue;
            }

            foreach (var part in line.Split('|', StringSplitOptions.TrimEntries))
            {
                var meaning = new Meaning(number, part[0] == '-', part[0] == '~');
                foreach (var phrase in (meaning.IsContrary || meaning.IsConverse ? part[1..] : part).Split(',', StringSplitOptions.TrimEntries))
                {
                    var key = KeyOf(phrase);
                    Add(meanings, key, meaning);
                    var folded = TextNormalizer.Fold(phrase);
                    if (language == Language.Spanish && !folded.Contains(' ', StringComparison.Ordinal) && folded.Length > 3
                        && (folded[^2..] is "ar" or "er" or "ir" || folded.EndsWith("arse", StringComparison.Ordinal) || folded.EndsWith("erse", StringComparison.Ordinal) || folded.EndsWith("irse", StringComparison.Ordinal)))
                    {
                        verbs.Add(key);
                    }
                }
            }
        }

        _meanings = meanings.ToFrozenDictionary(static e => e.Key, static e => e.Value.ToArray(), StringComparer.Ordinal);
        _kinds = kinds.ToFrozenDictionary(static e => e.Key, static e => e.Value.ToArray(), StringComparer.Ordinal);
        _verbs = verbs.ToFrozenSet(StringComparer.Ordinal);
        _senses = NluResource.Lines($"Senses.{language.ToCode()}.txt").ToFrozenDictionary(
            line => KeyOf(line[..line.IndexOf(':', StringComparison.Ordinal)]),
            line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(';').Select(ReadSense).ToArray(),
            StringComparer.Ordinal);
    }

    public WordStems Stems { get; }

    /// <summary>The lexicon of a language.</summary>
    public static MeaningLexicon For(Language language) => (language == Language.English ? _english : _spanish).Value;

    /// <summary>What a phrase of stems, one blank between them, can mean; empty when it is not listed.</summary>
    public IReadOnlyList<Meaning> MeaningsOf(string key) => _meanings.TryGetValue(key, out var found) ? found : [];

    /// <summary>The kinds of things that a stem is one of.</summary>
    public IReadOnlyList<int> KindsOf(string key) => _kinds.TryGetValue(key, out var found) ? found : [];

    /// <summary>The senses of a stem; empty when it has one.</summary>
    public IReadOnlyList<Sense> SensesOf(string stem) => _senses.TryGetValue(stem, out var found) ? found : [];

    /// <summary>Whether a stem is a verb's.</summary>
    public bool IsVerb(string stem) => _verbs.Contains(stem) || Stems.IsVerb(stem);

    private static void Add<T>(Dictionary<string, List<T>> table, string key, T value)
    {
        var list = table.TryGetValue(key, out var found) ? found : table[key] = [];
        if (!list.Contains(value))
        {
            list.Add(value);
        }
    }

    private string KeyOf(string phrase) =>
        string.Join(' ', phrase.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => Stems.Of(TextNormalizer.Fold(word.ToLowerInvariant()), word)));

    private Sense ReadSense(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var cues = new List<Cue>();
        foreach (var cue in text[(equals + 1)..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            cues.Add(cue switch
            {
                "Aa" => new Cue(CueKind.Capital, string.Empty),
                "aa" => new Cue(CueKind.NoCapital, string.Empty),
                "v>" => new Cue(CueKind.VerbAfter, string.Empty),
                "#<" => new Cue(CueKind.NumberBefore, string.Empty),
                ['<', .. var before] => new Cue(CueKind.Before, TextNormalizer.Fold(before)),
                ['>', .. var after] => new Cue(CueKind.After, TextNormalizer.Fold(after)),
                _ => new Cue(CueKind.Anywhere, KeyOf(cue)),
            });
        }

        return new Sense(text[..equals].Trim(), [.. cues]);
    }

    /// <summary>One meaning of a phrase: the line that lists it, and on which side of the line it stands.</summary>
    public readonly record struct Meaning(int Line, bool IsContrary, bool IsConverse);

    /// <summary>One sense of a word and its cues.</summary>
    public sealed record Sense(string Name, Cue[] Cues);

    /// <summary>A sign of a sense.</summary>
    public readonly record struct Cue(CueKind Kind, string Word);

    public enum CueKind
    {
        Anywhere,
        Before,
        After,
        Capital,
        NoCapital,
        VerbAfter,
        NumberBefore,
    }
}
