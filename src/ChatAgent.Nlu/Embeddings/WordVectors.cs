using ChatAgent.Neural;
using ChatAgent.Nlu.Entities;
using ChatAgent.Text;

namespace ChatAgent.Nlu.Embeddings;

/// <summary>Words with their vectors, and what can be asked of them.</summary>
/// <remarks>V words of D numbers, row-major. With subwords a word outside the list has the mean of its n-grams' vectors. Immutable and thread-safe.</remarks>
public sealed class WordVectors
{
    private readonly string[] _words;
    private readonly RowMatrix _rows;
    private readonly float[] _norms;
    private readonly Dictionary<string, int> _numbers;

    internal WordVectors(string[] words, RowMatrix rows, SubwordVectors? subwords = null)
    {
        (_words, _rows, Subwords) = (words, rows, subwords);
        _numbers = new Dictionary<string, int>(words.Length, StringComparer.Ordinal);
        _norms = new float[words.Length];
        for (var i = 0; i < words.Length; i++)
        {
            _numbers.TryAdd(words[i], i);
            _norms[i] = (float)Kernels.Norm(rows[i]);
        }
    }

    /// <summary>V.</summary>
    public int Count => _words.Length;

    /// <summary>D.</summary>
    public int Dimensions => _rows.Columns;

    /// <summary>The words in the order of the file or of falling frequency.</summary>
    public IReadOnlyList<string> Words => _words;

    /// <summary>Unseen words get vectors.</summary>
    public bool HasSubwords => Subwords is not null;

    internal SubwordVectors? Subwords { get; }

    internal RowMatrix Rows => _rows;

    /// <summary>A table of vectors given row by row.</summary>
    /// <exception cref="ArgumentException">The number of values is not words × dimensions, a word stands twice or a value is not finite.</exception>
    public static WordVectors FromRows(IReadOnlyList<string> words, ReadOnlySpan<float> values)
    {
        if (words.Count == 0 || values.Length == 0 || values.Length % words.Count != 0 || words.Distinct(StringComparer.Ordinal).Count() != words.Count || !Kernels.AllFinite(values))
        {
            throw new ArgumentException($"{values.Length} values for {words.Count} words: expected the same number of finite values for each, and each word once", nameof(values));
        }

        var rows = new RowMatrix(words.Count, values.Length / words.Count);
        for (var i = 0; i < words.Count; i++)
        {
            values.Slice(i * rows.Columns, rows.Columns).CopyTo(rows[i]);
        }

        return new WordVectors([.. words], rows);
    }

    /// <summary>The word itself is listed.</summary>
    public bool Contains(string word) => _numbers.ContainsKey(word);

    /// <summary>The vector of a word, D numbers: its own, that of its lower-case form, or of its n-grams.</summary>
    /// <returns>False where there is none.</returns>
    public bool TryGetVector(string word, out ReadOnlySpan<float> vector)
    {
        if (TryNumber(word, out var number))
        {
            vector = _rows[number];
            return true;
        }

        var composed = new float[Dimensions];
        var found = Subwords is not null && Subwords.TryCompose(word.ToLowerInvariant(), composed);
        vector = found ? composed : default;
        return found;
    }

    /// <summary>As <see cref="TryGetVector"/>.</summary>
    /// <exception cref="UnknownWordException">There is none.</exception>
    public ReadOnlySpan<float> VectorOf(string word) => TryGetVector(word, out var vector) ? vector : throw new UnknownWordException(word, SpeltAlike(word, 3));

    /// <summary>Cosine of two words' vectors; 0 where one is zero.</summary>
    /// <exception cref="UnknownWordException">One has no vector.</exception>
    public double Similarity(string a, string b) => Cosine(VectorOf(a), VectorOf(b));

    /// <summary>The words nearest to a word, itself left out, nearest first.</summary>
    /// <exception cref="UnknownWordException">It has no vector.</exception>
    public IReadOnlyList<Neighbour> Nearest(string word, int count, VectorMetric metric = VectorMetric.Cosine)
    {
        var vector = VectorOf(word);
        return Nearest(vector, count, metric, [word, word.ToLowerInvariant()]);
    }

    /// <summary>The words nearest to a vector, nearest first; equal values in ordinal order.</summary>
    /// <param name="leaveOut">Words that are not wanted.</param>
    public IReadOnlyList<Neighbour> Nearest(ReadOnlySpan<float> vector, int count, VectorMetric metric, IReadOnlyCollection<string> leaveOut)
    {
        var norm = (float)Kernels.Norm(vector);
        var values = new float[Count];
        for (var i = 0; i < Count; i++)
        {
            var dot = Kernels.Dot(vector, _rows[i]);

            // |a − b|² = |a|² + |b|² − 2ab
            values[i] = metric == VectorMetric.Cosine
                ? dot / Math.Max(1e-12f, norm * _norms[i])
                : -MathF.Sqrt(Math.Max(0f, (norm * norm) + (_norms[i] * _norms[i]) - (2f * dot)));
        }

        return Best(values, count, leaveOut, metric == VectorMetric.Cosine ? 1 : -1);
    }

    /// <summary>What is to <paramref name="c"/> as <paramref name="b"/> is to <paramref name="a"/>; the three left out.</summary>
    /// <param name="multiply">3CosMul, products of shifted cosines (Levy and Goldberg 2014), in place of 3CosAdd, cos(x, b − a + c) with unit vectors.</param>
    /// <exception cref="UnknownWordException">One has no vector.</exception>
    public IReadOnlyList<Neighbour> Analogy(string a, string b, string c, int count, bool multiply = false)
    {
        var (va, vb, vc) = (Unit(a), Unit(b), Unit(c));
        string[] asked = [a, b, c, a.ToLowerInvariant(), b.ToLowerInvariant(), c.ToLowerInvariant()];
        var values = new float[Count];
        if (!multiply)
        {
            var target = new float[Dimensions];
            Kernels.Axpy(-1f, va, target);
            Kernels.Add(vb, target);
            Kernels.Add(vc, target);
            return Nearest(target, count, VectorMetric.Cosine, asked);
        }

        for (var i = 0; i < Count; i++)
        {
            var norm = Math.Max(1e-12f, _norms[i]);
            var (ca, cb, cc) = (Shifted(va, i, norm), Shifted(vb, i, norm), Shifted(vc, i, norm));
            values[i] = cb * cc / (ca + 0.001f);
        }

        return Best(values, count, asked, 1);
    }

    /// <summary>The words by how little they belong: lowest mean cosine to the others first.</summary>
    /// <param name="words">Three or more.</param>
    /// <exception cref="UnknownWordException">One has no vector.</exception>
    /// <exception cref="ArgumentException">Less than three words.</exception>
    public IReadOnlyList<Neighbour> OddOneOut(IReadOnlyList<string> words)
    {
        if (words.Count < 3)
        {
            throw new ArgumentException($"{words.Count} words, expected 3 or more", nameof(words));
        }

        var units = words.Select(Unit).ToArray();
        return
        [
            .. words.Select((word, i) => new Neighbour(word, units.Where((_, j) => j != i).Average(other => (double)Kernels.Dot(units[i], other))))
                .OrderBy(word => word.Value).ThenBy(word => word.Word, StringComparer.Ordinal),
        ];
    }

    /// <summary>Known words at most two typing errors away, or the same but for accents and case; the nearest and most frequent first.</summary>
    public IReadOnlyList<string> SpeltAlike(string word, int count)
    {
        var folded = TextNormalizer.Fold(word);
        return
        [
            .. _words.Select((known, i) => (Word: known, Rank: i, Distance: EditDistance.Between(folded, TextNormalizer.Fold(known), 2)))
                .Where(known => known.Distance <= 2 && known.Distance < Math.Max(1, folded.Length - 1))
                .OrderBy(known => known.Distance).ThenBy(known => known.Rank).Take(count).Select(known => known.Word),
        ];
    }

    internal static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var norms = Kernels.Norm(a) * Kernels.Norm(b);
        return norms < 1e-24 ? 0 : Kernels.Dot(a, b) / norms;
    }

    internal bool TryNumber(string word, out int number) => _numbers.TryGetValue(word, out number) || _numbers.TryGetValue(word.ToLowerInvariant(), out number);

    /// <summary>The word's vector, of length 1.</summary>
    internal float[] Unit(string word)
    {
        var unit = VectorOf(word).ToArray();
        Kernels.Scale((float)(1.0 / Math.Max(1e-12, Kernels.Norm(unit))), unit);
        return unit;
    }

    private float Shifted(float[] unit, int row, float norm) => ((Kernels.Dot(unit, _rows[row]) / norm) + 1f) / 2f;

    private List<Neighbour> Best(float[] values, int count, IReadOnlyCollection<string> leaveOut, int sign)
    {
        var skip = leaveOut.ToHashSet(StringComparer.Ordinal);
        var heap = new PriorityQueue<int, (float, int)>();
        for (var i = 0; i < values.Length; i++)
        {
            if (skip.Contains(_words[i]) || count <= 0)
            {
                continue;
            }

            // Later words lose ties, so that the more frequent one stays.
            heap.Enqueue(i, (values[i], -i));
            if (heap.Count > count)
            {
                heap.Dequeue();
            }
        }

        var best = new List<Neighbour>(heap.Count);
        while (heap.TryDequeue(out var i, out _))
        {
            best.Add(new Neighbour(_words[i], values[i] * sign));
        }

        best.Reverse();
        return best;
    }
}
