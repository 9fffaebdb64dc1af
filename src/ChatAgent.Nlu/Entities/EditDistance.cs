namespace ChatAgent.Nlu.Entities;

/// <summary>How many typing errors lie between two words.</summary>
internal static class EditDistance
{
    /// <summary>Insertions, deletions, replacements and swaps of neighbours, up to a limit.</summary>
    /// <returns>The distance, or <paramref name="limit"/> + 1 when it is larger.</returns>
    /// <remarks>Optimal string alignment (Damerau 1964, restricted): no stretch is edited twice. Time |a|·|b|.</remarks>
    public static int Between(ReadOnlySpan<char> a, ReadOnlySpan<char> b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) > limit)
        {
            return limit + 1;
        }

        Span<int> rows = stackalloc int[3 * 65];
        if (b.Length > 64)
        {
            rows = new int[3 * (b.Length + 1)];
        }

        var width = b.Length + 1;
        var before = rows[..width];
        var previous = rows.Slice(width, width);
        var current = rows.Slice(2 * width, width);
        for (var j = 0; j < width; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            var least = i;
            for (var j = 1; j < width; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                var distance = Math.Min(Math.Min(previous[j] + 1, current[j - 1] + 1), previous[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    distance = Math.Min(distance, before[j - 2] + 1);
                }

                current[j] = distance;
                least = Math.Min(least, distance);
            }

            if (least > limit)
            {
                return limit + 1;
            }

            var reused = before;
            before = previous;
            previous = current;
            current = reused;
        }

        return Math.Min(previous[b.Length], limit + 1);
    }
}
