namespace ChatAgent.Nlg;

/// <summary>A finished text of a beam search.</summary>
/// <param name="Tokens">Without start and end.</param>
/// <param name="TokenLogProbabilities">Of each token and of the end after them, natural logarithm; one longer than <paramref name="Tokens"/>.</param>
/// <param name="LogProbability">Their sum.</param>
/// <param name="Score">The sum over the length penalty, 0 or less.</param>
/// <param name="Refused">Why the caller's check refused it; null when it was accepted.</param>
public sealed record BeamHypothesis(IReadOnlyList<int> Tokens, IReadOnlyList<float> TokenLogProbabilities, double LogProbability, double Score, string? Refused);
