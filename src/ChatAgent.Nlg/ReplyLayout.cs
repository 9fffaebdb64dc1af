using System.Text.Json.Serialization;
using ChatAgent.Text;

namespace ChatAgent.Nlg;

/// <summary>Which number stands for which act, slot, language and style in the model's context, and what it has been taught.</summary>
/// <remarks>
/// context = [act, one of A][slots given, S][slots still to be said, S][language, 2][style, 2]. The third part is the memory of the semantically
/// conditioned cell of Wen et al. 2015 (arXiv:1508.01745), emptied by the placeholders themselves instead of a learnt gate.
/// </remarks>
internal sealed class ReplyLayout
{
    private readonly Dictionary<string, int> _acts;
    private readonly Dictionary<string, int> _slots;

    public ReplyLayout(ReplyKnowledge knowledge)
    {
        Knowledge = knowledge;
        _acts = knowledge.Acts.Index().ToDictionary(act => act.Item, act => act.Index, StringComparer.Ordinal);
        _slots = knowledge.Slots.Index().ToDictionary(slot => slot.Item, slot => slot.Index, StringComparer.Ordinal);
        Lexicon = knowledge.IsOpen ? new SlotLexicon(knowledge.Copied, knowledge.Phrases) : SlotLexicon.Plain;
    }

    /// <summary>How slots get into words.</summary>
    public SlotLexicon Lexicon { get; }

    public ReplyKnowledge Knowledge { get; }

    /// <summary>Floats of one context.</summary>
    public int Size => _acts.Count + (2 * _slots.Count) + 4;

    /// <summary>Place in a context of "slot s is still to be said"; −1 of a slot that was never taught.</summary>
    public int RemainingPlace(string slot) => _slots.TryGetValue(slot, out var index) ? _acts.Count + _slots.Count + index : -1;

    /// <summary>The act was taught in that language with each of these slots; where slots combine freely, each slot was taught.</summary>
    public bool Knows(ReplyMeaning meaning) =>
        Knowledge.Taught.TryGetValue(ReplyKnowledge.Key(meaning.Act, meaning.Language), out var slots)
        && meaning.Slots.All(slot => Knowledge.IsOpen ? _slots.ContainsKey(slot) : slots.Contains(slot, StringComparer.Ordinal));

    /// <summary>Whether the act was taught with exactly these slots: with fewer it would have learnt no wording, and with more it could not say them. Free slots need no more than to be known.</summary>
    public bool CanWord(ReplyMeaning meaning) =>
        Knows(meaning) && (Knowledge.IsOpen || Knowledge.Taught[ReplyKnowledge.Key(meaning.Act, meaning.Language)].Length == meaning.Slots.Count);

    /// <summary>The other acts of the language that were taught with just the meaning's slots.</summary>
    public IEnumerable<string> Rivals(ReplyMeaning meaning) => Knowledge.Acts.Where(act =>
        act != meaning.Act && Knowledge.Taught.TryGetValue(ReplyKnowledge.Key(act, meaning.Language), out var slots) && slots.Length == meaning.Slots.Count && meaning.Slots.All(slot => slots.Contains(slot, StringComparer.Ordinal)));

    /// <summary>Writes the context before the first token.</summary>
    /// <exception cref="ArgumentException">The act or a slot was never taught.</exception>
    public void Write(ReplyMeaning meaning, Span<float> context)
    {
        context.Clear();
        if (!_acts.TryGetValue(meaning.Act, out var act))
        {
            throw new ArgumentException($"act \"{meaning.Act}\" was never taught to this model", nameof(meaning));
        }

        context[act] = 1f;
        foreach (var slot in meaning.Slots)
        {
            if (!_slots.TryGetValue(slot, out var index))
            {
                throw new ArgumentException($"slot \"{slot}\" was never taught to this model", nameof(meaning));
            }

            context[_acts.Count + index] = 1f;
            context[_acts.Count + _slots.Count + index] = 1f;
        }

        var rest = context[(_acts.Count + (2 * _slots.Count))..];
        rest[meaning.Language == Language.English ? 1 : 0] = 1f;

        rest[StyleOf(meaning) == ReplyStyle.Informal ? 3 : 2] = 1f;
    }

    /// <summary>Every three units in a row that the meaning's act was taught with, in the language and the style that is spoken, laid end to end; null where slots combine freely.</summary>
    public int[]? TriplesOf(ReplyMeaning meaning) => Knowledge.IsOpen ? null : Knowledge.Triples[ReplyKnowledge.Key(meaning.Act, meaning.Language, StyleOf(meaning))];

    /// <summary>The style that is spoken: one in which the act was never taught would leave the words to other acts, and a yes could become a no.</summary>
    private ReplyStyle StyleOf(ReplyMeaning meaning)
    {
        var styles = Knowledge.Styles.GetValueOrDefault(ReplyKnowledge.Key(meaning.Act, meaning.Language), []);
        return styles.Length == 0 || styles.Contains(meaning.Style) ? meaning.Style : styles[0];
    }
}

/// <summary>What a reply model was taught, as its file keeps it.</summary>
/// <param name="Acts">In the order of the context.</param>
/// <param name="Slots">In the order of the context.</param>
/// <param name="Units">Vocabulary in the order of its numbers.</param>
/// <param name="Taught">"act/es" to the slots it was seen with.</param>
/// <param name="Styles">"act/es" to the styles it was seen in.</param>
/// <param name="Triples">"act/es/Formal" to the runs of three units it was seen with, laid end to end; empty where slots combine freely.</param>
/// <param name="IsOpen">Slots combine freely and may be worded, as in a benchmark, instead of one set of copied slots an act, as a bot has.</param>
/// <param name="Copied">Slots whose value is copied, where slots combine freely.</param>
/// <param name="Phrases">What says the other values.</param>
/// <param name="Capitals">Texts begin with a capital.</param>
/// <param name="Texts">The taught texts as <see cref="TaughtTexts"/> lays them out, names being acts then slots.</param>
/// <param name="PerMeaning">Mean number of texts that a meaning was taught with.</param>
internal sealed record ReplyKnowledge(
    string[] Acts, string[] Slots, string[] Units, Dictionary<string, string[]> Taught, Dictionary<string, ReplyStyle[]> Styles, Dictionary<string, int[]> Triples,
    bool IsOpen, string[] Copied, SlotPhrase[] Phrases, bool Capitals, int[] Texts, double PerMeaning)
{
    public static string Key(string act, Language language) => $"{act}/{language.ToCode()}";

    public static ReplyKnowledge From(IReadOnlyList<ReplyPair> pairs, Lessons lessons, Vocabulary units) => From(pairs, lessons.Lexicon, units) with
    {
        PerMeaning = Math.Max(1.0, (double)pairs.Count / pairs.Select(pair => $"{pair.Act} {string.Join('|', pair.Slots.Select(slot => $"{slot.Key}={slot.Value}"))}").Distinct(StringComparer.Ordinal).Count()),
    };

    private static ReplyKnowledge From(IReadOnlyList<ReplyPair> pairs, SlotLexicon lexicon, Vocabulary units) => new(
        [.. pairs.Select(pair => pair.Act).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        [.. pairs.SelectMany(pair => lexicon.FeaturesOf(pair.Slots)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        [.. units.Words],
        ByAct(pairs, group => group.SelectMany(pair => lexicon.FeaturesOf(pair.Slots)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray()),
        ByAct(pairs, group => group.Select(pair => pair.Style).Distinct().Order().ToArray()),
        !lexicon.IsPlain ? [] : pairs.GroupBy(pair => Key(pair.Act, pair.Language, pair.Style), StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.SelectMany(pair => TriplesOf(pair, units)).Distinct().Order().SelectMany(triple => (int[])[triple.BeforeLast, triple.Last, triple.Next]).ToArray(), StringComparer.Ordinal),
        !lexicon.IsPlain,
        [.. lexicon.Copied],
        [.. lexicon.Phrases],
        pairs.Any(pair => char.IsUpper(pair.Text.FirstOrDefault(char.IsLetter))),
        [],
        1.0);

    /// <summary>Names that <see cref="Texts"/> counts by.</summary>
    public IReadOnlyList<string> Names() => [.. Acts, .. Slots];

    /// <summary>With the texts that were learnt from.</summary>
    public ReplyKnowledge WithTexts(Lessons lessons, Vocabulary units)
    {
        var numbers = Names().Index().ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);
        return this with
        {
            Texts = [.. lessons.Referees.SelectMany(row => (int[])[
                numbers[row.Pair.Act],
                .. Counted(lessons.Lexicon.FeaturesOf(row.Pair.Slots).Select(feature => numbers[feature])),
                .. Counted(row.Units.Select(unit => units[unit]))])],
        };
    }

    private static int[] Counted(IEnumerable<int> numbers) => numbers.ToArray() is var all ? [all.Length, .. all] : [];

    /// <summary>"act/es/Formal".</summary>
    public static string Key(string act, Language language, ReplyStyle style) => $"{Key(act, language)}/{style}";

    /// <summary>Every unit of a wording behind the two before it, start and end included.</summary>
    private static IEnumerable<(int BeforeLast, int Last, int Next)> TriplesOf(ReplyPair pair, Vocabulary units)
    {
        int[] tokens = [units[ReplyModel.StartUnit], units[ReplyModel.StartUnit], .. ReplyUnits.Split(Delexicalizer.Delexicalize(pair)).Select(unit => units[unit]), units[ReplyModel.EndUnit]];
        return Enumerable.Range(2, tokens.Length - 2).Select(at => (tokens[at - 2], tokens[at - 1], tokens[at]));
    }

    private static Dictionary<string, T> ByAct<T>(IReadOnlyList<ReplyPair> pairs, Func<IEnumerable<ReplyPair>, T> of) => pairs
        .GroupBy(pair => Key(pair.Act, pair.Language), StringComparer.Ordinal)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => of(group), StringComparer.Ordinal);
}

/// <summary>Sizes of a reply model, as its file keeps them.</summary>
/// <param name="Members">Networks whose log-probabilities are averaged.</param>
internal sealed record ReplySizes(int Embedding, int Hidden, int Layers, int Members);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReplyKnowledge))]
[JsonSerializable(typeof(ReplySizes))]
internal sealed partial class ReplyModelJson : JsonSerializerContext;
