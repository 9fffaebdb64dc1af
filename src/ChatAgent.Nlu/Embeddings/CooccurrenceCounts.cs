namespace ChatAgent.Nlu.Embeddings;

/// <summary>How often words stand near each other, each pair weighted by one over its distance; both orders, so that the matrix is symmetric.</summary>
/// <remarks>Compressed rows: the columns of row i are Columns[Begin[i]..Begin[i + 1]], ascending.</remarks>
internal sealed class CooccurrenceCounts
{
    /// <summary>Most pairs held while counting; 16 bytes each.</summary>
    private const int MostPairs = 1 << 26;

    private CooccurrenceCounts(int[] begin, int[] columns, float[] values) => (Begin, Columns, Values) = (begin, columns, values);

    public int[] Begin { get; }

    public int[] Columns { get; }

    public float[] Values { get; }

    public static CooccurrenceCounts Count(EmbeddingText text, int window, CancellationToken cancellation)
    {
        // The smaller word number goes above: a pair is counted once and written twice.
        var (keys, sums, used) = (new long[1 << 20], new float[1 << 20], 0);
        Array.Fill(keys, -1);
        var tokens = text.Tokens.Span;
        for (var at = 0; at < tokens.Length; at++)
        {
            if ((at & 0xFFFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            for (var back = 1; tokens[at] != EmbeddingText.LineEnd && back <= window && at - back >= 0 && tokens[at - back] != EmbeddingText.LineEnd; back++)
            {
                var (a, b) = (Math.Min(tokens[at], tokens[at - back]), Math.Max(tokens[at], tokens[at - back]));
                var slot = Slot(keys, ((long)a << 32) | (uint)b);
                if (keys[slot] < 0)
                {
                    keys[slot] = ((long)a << 32) | (uint)b;
                    if (++used > MostPairs)
                    {
                        throw new ArgumentOutOfRangeException(nameof(text), $"more than {MostPairs:N0} different pairs of words, expected fewer: raise the least number of times a word must be seen");
                    }
                }

                sums[slot] += 1f / back;
                if (used * 2L > keys.Length)
                {
                    (keys, sums) = Grow(keys, sums);
                }
            }
        }

        var words = text.Words.Count;
        var begin = new int[words + 1];
        foreach (var key in keys)
        {
            if (key >= 0)
            {
                begin[(key >> 32) + 1]++;
                begin[(int)(uint)key + 1] += (key >> 32) == (uint)key ? 0 : 1;
            }
        }

        for (var i = 0; i < words; i++)
        {
            begin[i + 1] += begin[i];
        }

        var (columns, values, next) = (new int[begin[words]], new float[begin[words]], begin.ToArray());
        for (var i = 0; i < keys.Length; i++)
        {
            if (keys[i] >= 0)
            {
                var (a, b) = ((int)(keys[i] >> 32), (int)(uint)keys[i]);
                (columns[next[a]], values[next[a]++]) = (b, sums[i]);
                if (a != b)
                {
                    (columns[next[b]], values[next[b]++]) = (a, sums[i]);
                }
            }
        }

        for (var i = 0; i < words; i++)
        {
            Array.Sort(columns, values, begin[i], begin[i + 1] - begin[i]);
        }

        return new CooccurrenceCounts(begin, columns, values);
    }

    private static int Slot(long[] keys, long key)
    {
        var slot = (int)((ulong)key * 0x9E3779B97F4A7C15UL >> 20) & (keys.Length - 1);
        while (keys[slot] >= 0 && keys[slot] != key)
        {
            slot = (slot + 1) & (keys.Length - 1);
        }

        return slot;
    }

    private static (long[] Keys, float[] Sums) Grow(long[] keys, float[] sums)
    {
        var (wider, moved) = (new long[keys.Length * 2], new float[keys.Length * 2]);
        Array.Fill(wider, -1);
        for (var i = 0; i < keys.Length; i++)
        {
            if (keys[i] >= 0)
            {
                var slot = Slot(wider, keys[i]);
                (wider[slot], moved[slot]) = (keys[i], sums[i]);
            }
        }

        return (wider, moved);
    }
}
