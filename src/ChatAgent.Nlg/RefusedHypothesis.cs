namespace ChatAgent.Nlg;

/// <summary>A hypothesis that a check refused.</summary>
/// <param name="Text">The hypothesis with its slots put back.</param>
/// <param name="Check">Code of the check: "missing:date", "repeated:time", "invented:doctor", "said_before".</param>
/// <param name="Score">Its length-normalised log-probability.</param>
public sealed record RefusedHypothesis(string Text, string Check, double Score);
