using System.Collections.Concurrent;
using ChatAgent.Text;

namespace ChatAgent.Nlg;

/// <summary>The texts that a model was taught, with what each says: people's own words for meanings like the one at hand. Immutable and thread-safe.</summary>
internal sealed class TaughtTexts
{
    /// <summary>Texts that are asked for their words.</summary>
    private const int Neighbours = 96;

    private readonly int[][] _tokens;
    private readonly int[][] _features;
    private readonly Dictionary<string, int> _numbers;
    private readonly ILookup<int, int> _byAct;
    private readonly ConcurrentDictionary<int, Dictionary<string, int>[]> _runsByAct = new();

    /// <param name="acts">Names of acts and features, numbered in that order.</param>
    /// <param name="texts">Of each text the number of its act, how many features, their numbers, how many tokens, the tokens; all laid end to end.</param>
    /// <exception cref="ArgumentException">The run of numbers is cut or points outside the names.</exception>
    public TaughtTexts(IReadOnlyList<string> names, int[] texts)
    {
        _numbers = names.Index().ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);
        var (acts, tokens, features) = (new List<int>(), new List<int[]>(), new List<int[]>());
        for (var at = 0; at < texts.Length;)
        {
            acts.Add(texts[at++]);
            features.Add(Take(texts, ref at));
            tokens.Add(Take(texts, ref at));
            if (acts[^1] < 0 || acts[^1] >= names.Count || features[^1].Any(feature => feature < 0 || feature >= names.Count))
            {
                throw new ArgumentException($"text {acts.Count} names what is not among {names.Count} acts and features", nameof(texts));
            }
        }

        (_tokens, _features) = ([.. tokens], [.. features]);
        _byAct = acts.Index().ToLookup(entry => entry.Item, entry => entry.Index);
    }

    public int Count => _tokens.Length;

    /// <summary>Tokens of a text.</summary>
    public ReadOnlySpan<int> this[int text] => _tokens[text];

    /// <summary>The texts of the act whose features differ least from the meaning's, nearest first.</summary>
    public int[] Nearest(ReplyMeaning meaning, int count)
    {
        if (!_numbers.TryGetValue(meaning.Act, out var act))
        {
            return [];
        }

        var wanted = new bool[_numbers.Count];
        foreach (var feature in meaning.Slots)
        {
            if (_numbers.TryGetValue(feature, out var number))
            {
                wanted[number] = true;
            }
        }

        var byDistance = new SortedDictionary<int, List<int>>();
        foreach (var text in _byAct[act])
        {
            var common = 0;
            foreach (var feature in _features[text])
            {
                common += wanted[feature] ? 1 : 0;
            }

            var distance = meaning.Slots.Count + _features[text].Length - (2 * common);
            if (!byDistance.TryGetValue(distance, out var list))
            {
                byDistance.Add(distance, list = []);
            }

            list.Add(text);
        }

        return [.. byDistance.Values.SelectMany(list => list).Take(count)];
    }

    /// <summary>The text of the act that has most runs in common with the given tokens, the first of equal ones; null where the act has none.</summary>
    public TaughtText? MostLike(ReplyModel model, string act, IReadOnlyList<int> tokens)
    {
        if (!_numbers.TryGetValue(act, out var number) || !_byAct.Contains(number))
        {
            return null;
        }

        var own = Agreement.RunsOf([.. tokens.Select(NameOf)]);
        var (text, agreement) = _byAct[number].Select(text => (text, Agreement.Of(own, Agreement.RunsOf([.. _tokens[text].Select(NameOf)])))).MaxBy(entry => entry.Item2);
        return new TaughtText(ReplyUnits.Join(_tokens[text].Select(token => token == Vocabulary.Unknown ? " …" : model.Units[token])), agreement);

        string NameOf(int token) => model.Units[token];
    }

    /// <summary>Share of the texts in which a run of tokens stands twice, 0 to 1.</summary>
    /// <param name="length">Of the run, 1 or more.</param>
    public double ShareWithRepeats(int length) => _tokens.Length == 0 ? 0.0 : (double)_tokens.Count(text => Repeats(text, length)) / _tokens.Length;

    private static bool Repeats(int[] text, int length)
    {
        for (var at = 0; at + length < text.Length; at++)
        {
            if (text.AsSpan(at + 1).IndexOf(text.AsSpan(at, length)) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>How much tokens have in common with the taught texts of an act, 0 to 1: the mean over those texts.</summary>
    public double LikenessTo(ReplyModel model, string act, IReadOnlyList<int> tokens)
    {
        if (!_numbers.TryGetValue(act, out var number) || !_byAct.Contains(number))
        {
            return 0.0;
        }

        var own = Agreement.RunsOf([.. tokens.Select(token => model.Units[token])]);
        return _runsByAct.GetOrAdd(number, _ => [.. _byAct[number].Select(text => Agreement.RunsOf([.. _tokens[text].Select(token => model.Units[token])]))]).Average(runs => Agreement.Of(own, runs));
    }

    /// <summary>How likely each run of one to four tokens stands in a text of the meaning: its share among the nearest texts.</summary>
    public RunShares SharesOf(ReplyMeaning meaning) => new([.. Nearest(meaning, Neighbours).Select(text => _tokens[text])]);

    private static int[] Take(int[] texts, ref int at)
    {
        var length = at < texts.Length ? texts[at++] : -1;
        if (length < 0 || at + length > texts.Length)
        {
            throw new ArgumentException($"the run of {texts.Length} numbers is cut at {at}", nameof(texts));
        }

        at += length;
        return texts[(at - length)..at];
    }
}
