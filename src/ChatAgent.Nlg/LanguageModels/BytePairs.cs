namespace ChatAgent.Nlg;

/// <summary>Pieces of words by byte-pair encoding over characters: what stands together most often is joined first. Immutable and thread-safe.</summary>
/// <remarks>
/// A word begins with "▁", which stands for the blank before it; so pieces put together are the text again. Source: Sennrich et al. 2016, arXiv:1508.07909,
/// algorithm 1; of equally frequent pairs the ordinally first is joined, so that the same text gives the same pieces.
/// </remarks>
public sealed class BytePairs
{
    /// <summary>Stands for the blank before a word.</summary>
    public const char Blank = '▁';

    private readonly Dictionary<(string Left, string Right), int> _ranks;

    private BytePairs(IReadOnlyList<(string Left, string Right)> merges)
    {
        Merges = merges;
        _ranks = merges.Index().ToDictionary(merge => merge.Item, merge => merge.Index);
    }

    /// <summary>Pairs in the order in which they are joined.</summary>
    public IReadOnlyList<(string Left, string Right)> Merges { get; }

    /// <summary>Restores what <see cref="Merges"/> gave.</summary>
    public static BytePairs Of(IReadOnlyList<(string Left, string Right)> merges) => new(merges);

    /// <summary>Learns pieces.</summary>
    /// <param name="words">Running words without blanks.</param>
    /// <param name="pieces">Most different pieces, single characters included, 1 or more.</param>
    /// <param name="cancellationToken">Asked at every join.</param>
    public static BytePairs Learn(IEnumerable<string> words, int pieces, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pieces, 1);
        var counted = words.CountBy(word => word, StringComparer.Ordinal).OrderBy(entry => entry.Key, StringComparer.Ordinal).ToArray();
        var symbols = counted.Select(entry => Characters(entry.Key)).ToArray();
        var pairs = new Dictionary<(string, string), long>();
        var places = new Dictionary<(string, string), HashSet<int>>();
        void Count(int word, int sign)
        {
            for (var i = 0; i + 1 < symbols[word].Count; i++)
            {
                var pair = (symbols[word][i], symbols[word][i + 1]);
                pairs[pair] = pairs.GetValueOrDefault(pair) + ((long)sign * counted[word].Value);
                if (sign > 0)
                {
                    (places.TryGetValue(pair, out var at) ? at : places[pair] = []).Add(word);
                }
            }
        }

        for (var word = 0; word < symbols.Length; word++)
        {
            Count(word, 1);
        }

        var queue = new PriorityQueue<(string Left, string Right), (long NegativeCount, string Left, string Right)>(new MostFrequentFirst());
        foreach (var (pair, count) in pairs)
        {
            queue.Enqueue(pair, (-count, pair.Item1, pair.Item2));
        }

        var merges = new List<(string, string)>();
        var known = symbols.SelectMany(word => word).Distinct(StringComparer.Ordinal).Count();
        while (known + merges.Count < pieces && queue.TryDequeue(out var best, out var priority))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = pairs.GetValueOrDefault(best);
            if (count < 2)
            {
                continue;
            }

            if (count != -priority.NegativeCount)
            {
                // It was counted anew since: it waits in its new place.
                queue.Enqueue(best, (-count, best.Left, best.Right));
                continue;
            }

            merges.Add(best);
            var touched = new HashSet<(string, string)>();
            foreach (var word in places[best].Order().ToArray())
            {
                Count(word, -1);
                Join(symbols[word], best);
                Count(word, 1);
                for (var i = 0; i + 1 < symbols[word].Count; i++)
                {
                    touched.Add((symbols[word][i], symbols[word][i + 1]));
                }
            }

            foreach (var pair in touched.Where(pair => pairs.GetValueOrDefault(pair) >= 2))
            {
                queue.Enqueue(pair, (-pairs[pair], pair.Item1, pair.Item2));
            }
        }

        return new BytePairs(merges);
    }

    /// <summary>The pieces of one word; the first begins with <see cref="Blank"/>.</summary>
    public IReadOnlyList<string> Split(string word)
    {
        var pieces = Characters(word);
        while (pieces.Count > 1)
        {
            var (best, rank) = (-1, int.MaxValue);
            for (var i = 0; i + 1 < pieces.Count; i++)
            {
                if (_ranks.TryGetValue((pieces[i], pieces[i + 1]), out var found) && found < rank)
                {
                    (best, rank) = (i, found);
                }
            }

            if (best < 0)
            {
                break;
            }

            Join(pieces, Merges[rank]);
        }

        return pieces;
    }

    private static List<string> Characters(string word) => [.. $"{Blank}{word}".EnumerateRunes().Select(rune => rune.ToString())];

    private static void Join(List<string> pieces, (string Left, string Right) pair)
    {
        for (var i = 0; i + 1 < pieces.Count; i++)
        {
            if (pieces[i] == pair.Left && pieces[i + 1] == pair.Right)
            {
                pieces[i] = pair.Left + pair.Right;
                pieces.RemoveAt(i + 1);
            }
        }
    }

    private sealed class MostFrequentFirst : IComparer<(long NegativeCount, string Left, string Right)>
    {
        public int Compare((long NegativeCount, string Left, string Right) x, (long NegativeCount, string Left, string Right) y) =>
            x.NegativeCount != y.NegativeCount ? x.NegativeCount.CompareTo(y.NegativeCount)
            : string.CompareOrdinal(x.Left, y.Left) is not 0 and var left ? left
            : string.CompareOrdinal(x.Right, y.Right);
    }
}
