namespace ChatAgent.Nlg;

/// <summary>One hypothesis of the final beam.</summary>
/// <param name="Text">With its slots put back.</param>
/// <param name="LogProbability">Sum over its tokens, natural logarithm.</param>
/// <param name="Score">Length-normalised.</param>
/// <param name="Verdict">"chosen", "refused:CODE" or "not needed".</param>
public sealed record BeamEntry(string Text, double LogProbability, double Score, string Verdict)
{
    /// <summary>Its units in their order, the end last; empty where only the text is known.</summary>
    public IReadOnlyList<SaidUnit> Units { get; init; } = [];

    /// <summary>Of a unit, the end counted: exp of the negative mean log-probability; null where only the text is known.</summary>
    public double? Perplexity => Units.Count == 0 ? null : Math.Exp(-LogProbability / Units.Count);
}
