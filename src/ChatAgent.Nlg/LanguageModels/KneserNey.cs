using System.Runtime.InteropServices;

namespace ChatAgent.Nlg;

/// <summary>Estimates an <see cref="NGramModel"/> by interpolated modified Kneser-Ney smoothing.</summary>
/// <remarks>
/// α(c w) = max(a(c w) − D(a(c w)), 0) / Σ a(c ·)      γ(c) = Σ D(a(c ·)) / Σ a(c ·)
/// a  of the highest order how often c w stands in the text; below it before how many different words it stands, but for n-grams at a text's beginning,
///    before which nothing can stand: those are counted as they are
/// D(1), D(2), D(3 and more) of each order from n_1 … n_4, the numbers of n-grams with a = 1 … 4:
///    Y = n_1/(n_1 + 2 n_2), D(i) = i − (i + 1) Y n_(i+1)/n_i
/// Source: Chen and Goodman 1998, TR-10-98, Harvard, section 4.1.6; the treatment of beginnings is SRILM's. One pass over the text with a hash table an order,
/// then a sort; O(n · tokens) memory.
/// </remarks>
public static class KneserNey
{
    /// <summary>Most words that are looked at together.</summary>
    public const int MaxOrder = 8;

    /// <summary>Counts and smooths.</summary>
    /// <param name="tokens">Texts one after another, each closed by <paramref name="endToken"/>; ids below <paramref name="vocabulary"/>.</param>
    /// <param name="vocabulary">V, 1 or more.</param>
    /// <param name="endToken">Ends each text.</param>
    /// <param name="order">n, 1 to <see cref="MaxOrder"/>.</param>
    /// <param name="cancellationToken">Asked now and then.</param>
    /// <exception cref="ArgumentException">There are no tokens.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The order or a token is outside its range.</exception>
    public static NGramModel Train(ReadOnlySpan<int> tokens, int vocabulary, int endToken, int order, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)endToken, (uint)vocabulary, nameof(endToken));
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, MaxOrder);
        if (tokens.IsEmpty)
        {
            throw new ArgumentException("there are no tokens to count", nameof(tokens));
        }

        var counts = Count(tokens, vocabulary, endToken, order, cancellationToken);
        var levels = new NGramModel.Level[order - 1];
        int[] places = [.. Enumerable.Range(0, vocabulary)];
        for (var n = 2; n <= order; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (levels[n - 2], places) = Smooth(counts[n - 1], places, isHighest: n == order);
        }

        return new NGramModel(SmoothUnigrams(counts[0], isHighest: order == 1), levels, endToken);
    }

    private static Counts[] Count(ReadOnlySpan<int> tokens, int vocabulary, int endToken, int order, CancellationToken cancellationToken)
    {
        var counts = new Counts[order];
        for (var n = 0; n < order; n++)
        {
            counts[n] = new Counts();
        }

        for (var word = 0; word < vocabulary; word++)
        {
            counts[0].Add((ulong)word, begins: false);
        }

        // before[k] is the n-gram of the k + 1 words before the current one, −1 where a text's beginning is nearer.
        Span<int> before = stackalloc int[MaxOrder];
        Span<int> now = stackalloc int[MaxOrder];
        before.Fill(-1);
        before[0] = endToken;
        for (var i = 0; i < tokens.Length; i++)
        {
            if ((i & 0xFFFF) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            var word = tokens[i];
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)word, (uint)vocabulary, nameof(tokens));
            now[0] = word;
            counts[0].Raw(word)++;
            for (var n = 1; n < order; n++)
            {
                if (before[n - 1] < 0)
                {
                    now[n] = -1;
                    continue;
                }

                var key = ((ulong)(uint)before[n - 1] << 32) | (uint)word;
                if (!counts[n].TryGet(key, out now[n]))
                {
                    // A text begins at its end token, which is a context of one word.
                    now[n] = counts[n].Add(key, begins: n == 1 ? before[0] == endToken : counts[n - 1].Begins(before[n - 1]));
                    counts[n - 1].Continuations(now[n - 1])++;
                }

                counts[n].Raw(now[n])++;
            }

            if (word == endToken)
            {
                before.Fill(-1);
                before[0] = endToken;
            }
            else
            {
                now.CopyTo(before);
            }
        }

        return counts;
    }

    private static float[] SmoothUnigrams(Counts counts, bool isHighest)
    {
        var discounts = Discounts.Of(counts, isHighest);
        var probabilities = new float[counts.Length];
        var (total, left) = (0.0, 0.0);
        for (var word = 0; word < probabilities.Length; word++)
        {
            var count = counts.Adjusted(word, isHighest);
            (total, left) = (total + count, left + discounts[count]);
        }

        for (var word = 0; word < probabilities.Length; word++)
        {
            var count = counts.Adjusted(word, isHighest);
            probabilities[word] = total == 0.0 ? 1f / probabilities.Length : (float)((count - discounts[count] + (left / probabilities.Length)) / total);
        }

        return probabilities;
    }

    /// <param name="counts">Of this order; its contexts are numbered as they were met.</param>
    /// <param name="contextPlaces">Where each context stands now.</param>
    /// <param name="isHighest">Whether raw counts decide.</param>
    private static (NGramModel.Level Level, int[] Places) Smooth(Counts counts, int[] contextPlaces, bool isHighest)
    {
        var discounts = Discounts.Of(counts, isHighest);
        var keys = new ulong[counts.Length];
        var met = new int[counts.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            var key = counts.Key(i);
            (keys[i], met[i]) = (((ulong)(uint)contextPlaces[key >> 32] << 32) | (uint)key, i);
        }

        Array.Sort(keys, met);
        var level = new NGramModel.Level(new int[contextPlaces.Length + 1], new int[keys.Length], new float[keys.Length], new float[contextPlaces.Length]);
        var places = new int[keys.Length];
        for (var first = 0; first < keys.Length;)
        {
            var context = (int)(keys[first] >> 32);
            var (end, total, left) = (first, 0.0, 0.0);
            for (; end < keys.Length && (int)(keys[end] >> 32) == context; end++)
            {
                var count = counts.Adjusted(met[end], isHighest);
                (total, left) = (total + count, left + discounts[count]);
            }

            level.Starts[context + 1] = end - first;
            level.Gammas[context] = total == 0.0 ? 1f : (float)(left / total);
            for (; first < end; first++)
            {
                var count = counts.Adjusted(met[first], isHighest);
                level.Words[first] = (int)(uint)keys[first];
                level.Weights[first] = total == 0.0 ? 0f : (float)((count - discounts[count]) / total);
                places[met[first]] = first;
            }
        }

        for (var context = 0; context < contextPlaces.Length; context++)
        {
            level.Starts[context + 1] += level.Starts[context];
        }

        return (level, places);
    }

    /// <summary>D(1), D(2), D(3 and more).</summary>
    private readonly struct Discounts(double one, double two, double more)
    {
        public double this[int count] => count switch { 0 => 0.0, 1 => one, 2 => two, _ => more };

        public static Discounts Of(Counts counts, bool isHighest)
        {
            Span<double> n = stackalloc double[5];
            for (var i = 0; i < counts.Length; i++)
            {
                if (counts.Adjusted(i, isHighest) is >= 1 and <= 4 and var count)
                {
                    n[count]++;
                }
            }

            // Small texts lack some of the four: then half a count less for each time seen, as Ney's absolute discounting would near enough do.
            var y = n[1] / Math.Max(1.0, n[1] + (2.0 * n[2]));
            return new Discounts(Discount(1, y, n), Discount(2, y, n), Discount(3, y, n));
        }

        private static double Discount(int times, double y, ReadOnlySpan<double> n) =>
            n[times] > 0.0 && n[times + 1] > 0.0 && y > 0.0 ? Math.Clamp(times - ((times + 1) * y * n[times + 1] / n[times]), 0.0, times) : 0.5 * times;
    }

    /// <summary>The n-grams of one order in the order in which they were met.</summary>
    private sealed class Counts
    {
        private readonly Dictionary<ulong, int> _numbers = new(1 << 16, new Mixed());
        private readonly List<ulong> _keys = [];
        private readonly List<bool> _begins = [];
        private readonly List<int> _raw = [];
        private readonly List<int> _continuations = [];

        public int Length => _keys.Count;

        public ulong Key(int number) => _keys[number];

        public bool Begins(int number) => _begins[number];

        public ref int Raw(int number) => ref CollectionsMarshal.AsSpan(_raw)[number];

        public ref int Continuations(int number) => ref CollectionsMarshal.AsSpan(_continuations)[number];

        public int Adjusted(int number, bool isHighest) => isHighest || _begins[number] ? _raw[number] : _continuations[number];

        public bool TryGet(ulong key, out int number) => _numbers.TryGetValue(key, out number);

        public int Add(ulong key, bool begins)
        {
            _numbers.Add(key, _keys.Count);
            _keys.Add(key);
            _begins.Add(begins);
            _raw.Add(0);
            _continuations.Add(0);
            return _keys.Count - 1;
        }
    }

    /// <summary>Context and word are both small numbers: unmixed they would share a few buckets.</summary>
    private sealed class Mixed : IEqualityComparer<ulong>
    {
        public bool Equals(ulong x, ulong y) => x == y;

        public int GetHashCode(ulong key) => (int)((key * 0x9E3779B97F4A7C15UL) >> 32);
    }
}
