namespace ChatAgent.Nlg;

/// <summary>One hypothesis of the final beam.</summary>
/// <param name="Text">With its slots put back.</param>
/// <param name="LogProbability">Sum over its tokens, natural logarithm.</param>
/// <param name="Score">Length-normalised.</param>
/// <param name="Verdict">"chosen", "refused:CODE" or "not needed".</param>
public sealed record BeamEntry(string Text, double LogProbability, double Score, string Verdict);
