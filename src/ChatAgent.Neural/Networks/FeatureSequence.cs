namespace ChatAgent.Neural;

/// <summary>A sequence whose every step has one row of the embedding, or several: a word and its pieces. Immutable.</summary>
public sealed class FeatureSequence
{
    private readonly int[] _ids;
    private readonly int[] _starts;

    private FeatureSequence(int[] ids, int[] starts) => (_ids, _starts) = (ids, starts);

    /// <summary>Steps.</summary>
    public int Length => _starts.Length - 1;

    /// <summary>The rows of a step: the first is the word's, the rest, if any, its pieces'.</summary>
    public ReadOnlySpan<int> this[int step] => _ids.AsSpan(_starts[step].._starts[step + 1]);

    /// <summary>One row a step.</summary>
    public static FeatureSequence OfTokens(ReadOnlySpan<int> tokens) => new(tokens.ToArray(), [.. Enumerable.Range(0, tokens.Length + 1)]);

    /// <summary>Several rows a step.</summary>
    /// <exception cref="ArgumentException">A step has none.</exception>
    public static FeatureSequence Of(IReadOnlyList<int[]> steps)
    {
        var starts = new int[steps.Count + 1];
        for (var t = 0; t < steps.Count; t++)
        {
            if (steps[t].Length == 0)
            {
                throw new ArgumentException($"step {t} has no row, expected one or more", nameof(steps));
            }

            starts[t + 1] = starts[t] + steps[t].Length;
        }

        return new FeatureSequence([.. steps.SelectMany(static step => step)], starts);
    }

    /// <summary>The steps from <paramref name="start"/> on, at most <paramref name="length"/>.</summary>
    public FeatureSequence Slice(int start, int length)
    {
        var end = Math.Min(Length, start + length);
        return new FeatureSequence(_ids[_starts[start].._starts[end]], [.. _starts[start..(end + 1)].Select(at => at - _starts[start])]);
    }
}
