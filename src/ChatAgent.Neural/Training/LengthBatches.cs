namespace ChatAgent.Neural;

/// <summary>Batches of sequences of about the same length, in an order that a seed decides.</summary>
internal static class LengthBatches
{
    /// <summary>Batches sorted together: wide enough that little is padded, narrow enough that batches change from epoch to epoch.</summary>
    private const int Window = 50;

    /// <summary>Indexes of the sequences, batch by batch.</summary>
    public static int[][] Make(ReadOnlySpan<int> lengths, int batch, int seed, int epoch)
    {
        var random = new Random(unchecked((seed * 1_000_003) + epoch));
        int[] order = [.. Enumerable.Range(0, lengths.Length)];
        random.Shuffle(order);
        var ofLength = lengths.ToArray();
        for (var start = 0; start < order.Length; start += Window * batch)
        {
            Array.Sort(order, start, Math.Min(Window * batch, order.Length - start), Comparer<int>.Create((a, b) => ofLength[a] != ofLength[b] ? ofLength[a].CompareTo(ofLength[b]) : a.CompareTo(b)));
        }

        int[][] batches = [.. order.Chunk(batch)];
        random.Shuffle(batches);
        return batches;
    }
}
