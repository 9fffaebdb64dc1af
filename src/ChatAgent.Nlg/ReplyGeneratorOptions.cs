namespace ChatAgent.Nlg;

/// <summary>How a <see cref="ReplyGenerator"/> chooses its words.</summary>
public sealed record ReplyGeneratorOptions
{
    /// <summary>The search for the wordings of one act.</summary>
    public BeamSearchOptions Search { get; init; } = new() { Count = 4, Margin = 0.8, MaxTokens = 48 };

    /// <summary>Tokens that the request's seed draws from the model before the search goes on from them, 0 to 8; 0 gives the likeliest wordings only.</summary>
    public int OpeningTokens { get; init; } = 2;

    /// <summary>Each of those is drawn among the likeliest tokens that together have this share of the probability, above 0 to 1.</summary>
    public double OpeningMass { get; init; } = 0.85;

    /// <summary>Openings that are tried before the search begins without one, 0 or more.</summary>
    public int Openings { get; init; } = 2;

    /// <summary>Least length-normalised log-probability of a wording. Taught wordings lie above -2.7; what lies below -3 is mostly two wordings spliced.</summary>
    public double LeastScore { get; init; } = -3.0;
}
