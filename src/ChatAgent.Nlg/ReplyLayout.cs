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
    }

    public ReplyKnowledge Knowledge { get; }

    /// <summary>Floats of one context.</summary>
    public int Size => _acts.Count + (2 * _slots.Count) + 4;

    /// <summary>Place in a context of "slot s is still to be said"; −1 of a slot that was never taught.</summary>
    public int RemainingPlace(string slot) => _slots.TryGetValue(slot, out var index) ? _acts.Count + _slots.Count + index : -1;

    /// <summary>The act was taught in that language with each of these slots.</summary>
    public bool Knows(ReplyMeaning meaning) =>
        Knowledge.Taught.TryGetValue(ReplyKnowledge.Key(meaning.Act, meaning.Language), out var slots) && meaning.Slots.All(slot => slots.Contains(slot, StringComparer.Ordinal));

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

    /// <summary>Every three units in a row that the meaning's act was taught with, in the language and the style that is spoken, laid end to end.</summary>
    public int[] TriplesOf(ReplyMeaning meaning) => Knowledge.Triples[ReplyKnowledge.Key(meaning.Act, meaning.Language, StyleOf(meaning))];

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
internal sealed record ReplyKnowledge(string[] Acts, string[] Slots, string[] Units, Dictionary<string, string[]> Taught, Dictionary<string, ReplyStyle[]> Styles, Dictionary<string, int[]> Triples)
{
    public static string Key(string act, Language language) => $"{act}/{language.ToCode()}";

    public static ReplyKnowledge From(IReadOnlyList<ReplyPair> pairs, Vocabulary units) => new(
        [.. pairs.Select(pair => pair.Act).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        [.. pairs.SelectMany(pair => pair.Slots.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        [.. units.Words],
        ByAct(pairs, group => group.SelectMany(pair => pair.Slots.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray()),
        ByAct(pairs, group => group.Select(pair => pair.Style).Distinct().Order().ToArray()),
        pairs.GroupBy(pair => Key(pair.Act, pair.Language, pair.Style), StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.SelectMany(pair => TriplesOf(pair, units)).Distinct().Order().SelectMany(triple => (int[])[triple.BeforeLast, triple.Last, triple.Next]).ToArray(), StringComparer.Ordinal));

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
internal sealed record ReplySizes(int Embedding, int Hidden, int Layers);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReplyKnowledge))]
[JsonSerializable(typeof(ReplySizes))]
internal sealed partial class ReplyModelJson : JsonSerializerContext;
