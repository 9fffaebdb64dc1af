using System.Runtime.InteropServices;

namespace ChatAgent.Nlu.Intents;

/// <summary>Weighted n-grams of words and characters: the sparse view of an utterance.</summary>
/// <remarks>
/// Words, pairs of neighbouring words (with the borders of the utterance), and the 2- to 5-character pieces of each bordered word. A feature weighs
/// (1 + ln count)·idf, idf = ln((1 + rows)/(1 + rows with it)) + 1. Each of the three groups is brought to length one, times its share
/// (<see cref="GroupShare"/>), and the whole to length one, so that long words do not drown short ones. Features are known by a 64-bit hash; two of them
/// falling together is less likely than 1 in 10⁸ for a vocabulary of 10⁵. Immutable and thread-safe.
/// </remarks>
internal sealed class NgramFeatures
{
    private const int Word = 0;
    private const int Pair = 1;
    private const int Piece = 2;
    private const int ShortestPiece = 2;
    private const int LongestPiece = 5;

    // Pieces of a word beyond its first letters repeat what is known of it.
    private const int MaxPieceStart = 24;

    /// <summary>Length that each group has in the whole: words, pairs, pieces. Chosen on the development rows of three corpora.</summary>
    private static readonly float[] GroupShare = [1f, 1f, 1.3f];

    private readonly ulong[] _hashes;
    private readonly float[] _idf;
    private readonly Dictionary<ulong, int> _numbers;

    public NgramFeatures(ulong[] hashes, float[] idf)
    {
        _hashes = hashes;
        _idf = idf;
        _numbers = new Dictionary<ulong, int>(hashes.Length);
        for (var i = 0; i < hashes.Length; i++)
        {
            _numbers[hashes[i]] = i;
        }
    }

    /// <summary>Number of features.</summary>
    public int Count => _hashes.Length;

    public ReadOnlySpan<ulong> Hashes => _hashes;

    public ReadOnlySpan<float> Idf => _idf;

    /// <summary>Counts the features of rows; a pair or piece seen in one row only is left out.</summary>
    public static NgramFeatures Build(IReadOnlyList<List<string>> rows)
    {
        var seen = new Dictionary<ulong, (int Group, int Rows, int Last)>();
        var found = new List<(ulong Hash, int Group)>();
        for (var row = 0; row < rows.Count; row++)
        {
            List(rows[row], found);
            foreach (var (hash, group) in found)
            {
                ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(seen, hash, out var exists);
                if (!exists || entry.Last != row)
                {
                    entry = (group, entry.Rows + 1, row);
                }
            }
        }

        var kept = seen.Where(entry => entry.Value.Rows > 1 || entry.Value.Group == Word).OrderBy(entry => entry.Key).ToArray();
        return new NgramFeatures(
            [.. kept.Select(entry => entry.Key)],
            [.. kept.Select(entry => MathF.Log((1f + rows.Count) / (1f + entry.Value.Rows)) + 1f)]);
    }

    /// <summary>Whether two words were seen next to each other.</summary>
    public bool HasPair(string first, string second) => _numbers.ContainsKey(Fnv(Fnv(Fnv(PairSeed, first), ' '), second));

    /// <summary>The features of an utterance that are known, with their weights; empty when none is.</summary>
    public SparseVector Vectorize(List<string> words)
    {
        var listed = t_listed ??= [];
        List(words, listed);
        var hits = t_hits ??= [];
        hits.Clear();
        foreach (var (hash, group) in listed)
        {
            if (_numbers.TryGetValue(hash, out var number))
            {
                hits.Add(((long)number << 2) | (uint)group);
            }
        }

        hits.Sort();
        var indices = new int[hits.Count];
        var values = new float[hits.Count];
        Span<byte> groups = hits.Count <= 1024 ? stackalloc byte[hits.Count] : new byte[hits.Count];
        Span<float> squares = stackalloc float[3];
        squares.Clear();
        var count = 0;
        for (var i = 0; i < hits.Count;)
        {
            var end = i + 1;
            while (end < hits.Count && hits[end] == hits[i])
            {
                end++;
            }

            var group = (int)(hits[i] & 3);
            indices[count] = (int)(hits[i] >> 2);
            values[count] = (1f + MathF.Log(end - i)) * _idf[indices[count]];
            groups[count] = (byte)group;
            squares[group] += values[count] * values[count];
            count++;
            i = end;
        }

        var total = 0f;
        for (var group = 0; group < 3; group++)
        {
            total += squares[group] > 0 ? GroupShare[group] * GroupShare[group] : 0;
        }

        for (var i = 0; i < count; i++)
        {
            values[i] *= GroupShare[groups[i]] / MathF.Sqrt(squares[groups[i]] * total);
        }

        return new SparseVector(indices, values, count);
    }

    [ThreadStatic]
    private static List<(ulong Hash, int Group)>? t_listed;

    [ThreadStatic]
    private static List<long>? t_hits;

    private static void List(List<string> words, List<(ulong Hash, int Group)> found)
    {
        found.Clear();
        var previous = Fnv(PairSeed, "<s>");
        foreach (var word in words)
        {
            found.Add((Fnv(WordSeed, word), Word));
            found.Add((Fnv(previous, word), Pair));
            previous = Fnv(Fnv(PairSeed, word), ' ');
            if (!UtteranceWords.IsKind(word))
            {
                Pieces(word, found);
            }
        }

        found.Add((Fnv(previous, "</s>"), Pair));
    }

    /// <summary>The pieces of "_word_", shortest first from each place.</summary>
    private static void Pieces(string word, List<(ulong Hash, int Group)> found)
    {
        var length = word.Length + 2;
        for (var start = 0; start + ShortestPiece <= length && start < MaxPieceStart; start++)
        {
            var hash = PieceSeed;
            for (var i = start; i < length && i < start + LongestPiece; i++)
            {
                hash = Fnv(hash, i == 0 || i == length - 1 ? '_' : word[i - 1]);
                if (i - start + 1 >= ShortestPiece)
                {
                    found.Add((hash, Piece));
                }
            }
        }
    }

    // FNV-1a over UTF-16 code units; the groups begin at different values.
    private const ulong WordSeed = 14695981039346656037;
    private const ulong PairSeed = WordSeed ^ 0x9E3779B97F4A7C15;
    private const ulong PieceSeed = WordSeed ^ 0xC2B2AE3D27D4EB4F;

    private static ulong Fnv(ulong hash, char c) => (hash ^ c) * 1099511628211;

    private static ulong Fnv(ulong hash, string text)
    {
        foreach (var c in text)
        {
            hash = Fnv(hash, c);
        }

        return hash;
    }
}
