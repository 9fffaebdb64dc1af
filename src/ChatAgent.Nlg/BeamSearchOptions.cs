namespace ChatAgent.Nlg;

/// <summary>How a <see cref="BeamSearch"/> looks for texts.</summary>
public sealed record BeamSearchOptions
{
    /// <summary>Hypotheses kept after each token, 1 to 64. 1 is greedy search.</summary>
    public int BeamWidth { get; init; } = 5;

    /// <summary>
    /// Groups that share the width, a divisor of it: at each token a group is told what the groups before it took, and each keeps the same number of hypotheses.
    /// 1 is the plain search.
    /// </summary>
    public int Groups { get; init; } = 1;

    /// <summary>What a group's continuation loses for each hypothesis of the groups before it that took the same token at that place, 0 or more, in units of log-probability; only with several groups.</summary>
    public double Diversity { get; init; } = 0.5;

    /// <summary>Exponent of the length penalty, 0 (none) to 1. Larger values prefer longer texts.</summary>
    public double LengthPenalty { get; init; } = 0.6;

    /// <summary>Most tokens of a text, its end not counted, 1 to 1,024.</summary>
    public int MaxTokens { get; init; } = 60;

    /// <summary>No run of that many tokens stands in a text twice; 0 allows every repetition. A token right after itself is refused from 1 on.</summary>
    public int NoRepeatLength { get; init; } = 3;

    /// <summary>Accepted texts looked for, 1 to 64.</summary>
    public int Count { get; init; } = 1;

    /// <summary>How far below the best accepted score another accepted text may lie to be looked for, 0 or more; only with <see cref="Count"/> above 1.</summary>
    public double Margin { get; init; } = double.PositiveInfinity;

    /// <summary>Ends the search as soon as <see cref="Count"/> texts were accepted, though a longer one could still score above them. Without it the search is exact for its width.</summary>
    public bool StopAtCount { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    internal static void Require(BeamSearchOptions options)
    {
        if (options is not { BeamWidth: >= 1 and <= 64, LengthPenalty: >= 0 and <= 1, MaxTokens: >= 1 and <= 1024, NoRepeatLength: >= 0, Count: >= 1 and <= 64, Margin: >= 0, Diversity: >= 0, Groups: >= 1 } || options.BeamWidth % options.Groups != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options, "beam width and count 1 to 64, length penalty 0 to 1, 1 to 1024 tokens, margin and diversity 0 or more, and a number of groups that divides the width");
        }
    }
}
