using System.Collections.Concurrent;

namespace ChatAgent.Nlg;

/// <summary>Reads a text token by token and tells which phrase ends at each: of several the longest. Immutable and thread-safe.</summary>
/// <remarks>
/// The automaton of Aho and Corasick 1975 (doi:10.1145/360825.360855) over classes of tokens: " Pub" and "pub" are one class. A class of −1 is in no phrase and
/// leads back to the start.
/// </remarks>
public sealed class PhraseTable
{
    private readonly int[] _classOfToken;
    private readonly int[][] _tokensOfClass;
    private readonly List<Dictionary<int, int>> _children = [new Dictionary<int, int>()];
    private readonly List<int> _fallback = [0];
    private readonly List<int> _phrase = [-1];
    private readonly int[] _lengths;
    private readonly ConcurrentDictionary<int, (int Token, int Phrase)[]> _completions = new();

    /// <param name="classOfToken">For each token its class, 0 and more, or −1.</param>
    /// <param name="phrases">Runs of classes, none empty; the first of equal ones counts.</param>
    public PhraseTable(IReadOnlyList<int> classOfToken, IReadOnlyList<IReadOnlyList<int>> phrases)
    {
        _classOfToken = [.. classOfToken];
        _tokensOfClass = new int[_classOfToken.Length == 0 ? 0 : _classOfToken.Max() + 1][];
        foreach (var group in _classOfToken.Index().Where(entry => entry.Item >= 0).GroupBy(entry => entry.Item, entry => entry.Index))
        {
            _tokensOfClass[group.Key] = [.. group];
        }

        _lengths = [.. phrases.Select(phrase => phrase.Count)];
        for (var phrase = 0; phrase < phrases.Count; phrase++)
        {
            Add(phrases[phrase], phrase);
        }

        Link();
    }

    /// <summary>Number of phrases.</summary>
    public int Count => _lengths.Length;

    /// <summary>Tokens of a phrase.</summary>
    public int LengthOf(int phrase) => _lengths[phrase];

    /// <summary>The state after one more token; a text begins in state 0.</summary>
    public int Next(int state, int token)
    {
        var of = _classOfToken[token];
        if (of < 0)
        {
            return 0;
        }

        while (true)
        {
            if (_children[state].TryGetValue(of, out var next))
            {
                return next;
            }

            if (state == 0)
            {
                return 0;
            }

            state = _fallback[state];
        }
    }

    /// <summary>The longest phrase that ends where the state is, or −1.</summary>
    public int PhraseAt(int state) => _phrase[state];

    /// <summary>Every token after which a phrase ends, with the longest that does.</summary>
    public ReadOnlySpan<(int Token, int Phrase)> Completions(int state) => _completions.GetOrAdd(state, FindCompletions);

    private (int Token, int Phrase)[] FindCompletions(int state)
    {
        var found = new Dictionary<int, int>();
        for (var at = state; ; at = _fallback[at])
        {
            foreach (var (of, child) in _children[at])
            {
                // The deeper state comes first and holds the longer phrase.
                if (!found.ContainsKey(of))
                {
                    found.Add(of, _phrase[child]);
                }
            }

            if (at == 0)
            {
                break;
            }
        }

        return [.. found.Where(entry => entry.Value >= 0).SelectMany(entry => (_tokensOfClass[entry.Key] ?? []).Select(token => (token, entry.Value))).Order()];
    }

    private void Add(IReadOnlyList<int> classes, int phrase)
    {
        var state = 0;
        foreach (var of in classes)
        {
            if (!_children[state].TryGetValue(of, out var next))
            {
                next = _children.Count;
                _children[state].Add(of, next);
                _children.Add([]);
                _fallback.Add(0);
                _phrase.Add(-1);
            }

            state = next;
        }

        _phrase[state] = _phrase[state] < 0 ? phrase : _phrase[state];
    }

    /// <summary>Breadth first: a state's fallback is the longest proper end of it that is itself a beginning.</summary>
    private void Link()
    {
        var queue = new Queue<int>(_children[0].Values);
        while (queue.TryDequeue(out var state))
        {
            foreach (var (of, child) in _children[state])
            {
                var back = _fallback[state];
                int target;
                while (!_children[back].TryGetValue(of, out target) && back != 0)
                {
                    back = _fallback[back];
                }

                _fallback[child] = _children[back].TryGetValue(of, out target) ? target : 0;
                queue.Enqueue(child);
            }

            _phrase[state] = _phrase[state] < 0 ? _phrase[_fallback[state]] : _phrase[state];
        }
    }
}
