namespace ChatAgent.Nlu.Embeddings;

/// <summary>Draws wrong words, the more often the more frequent: share in proportion to count^¾ (Mikolov et al. 2013, section 2.2).</summary>
internal sealed class NegativeSampler
{
    private const double Power = 0.75;
    private readonly int[] _table;

    public NegativeSampler(IReadOnlyList<long> counts)
    {
        // A power of two, so that a draw is a mask; each word has at least about four cells to be right in.
        var size = 1 << 20;
        while (size < counts.Count * 4L && size < 1 << 28)
        {
            size <<= 1;
        }

        _table = new int[size];
        var sum = counts.Sum(count => Math.Pow(count, Power));
        var (word, until) = (0, Math.Pow(counts[0], Power) / sum);
        for (var i = 0; i < size; i++)
        {
            _table[i] = word;
            if ((i + 1.0) / size > until && word < counts.Count - 1)
            {
                until += Math.Pow(counts[++word], Power) / sum;
            }
        }
    }

    public int Draw(ref FastRandom random) => _table[(int)(random.Next() & (uint)(_table.Length - 1))];
}
