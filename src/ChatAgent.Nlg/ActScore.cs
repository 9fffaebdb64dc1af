namespace ChatAgent.Nlg;

/// <summary>How likely a wording is under one act.</summary>
/// <param name="Act">Name of the act.</param>
/// <param name="LogProbability">Of the whole wording, natural logarithm.</param>
public sealed record ActScore(string Act, double LogProbability);
