namespace ChatAgent.Nlu;

/// <summary>An intent with its calibrated probability, 0 to 1.</summary>
public sealed record IntentScore(string Intent, double Score);
