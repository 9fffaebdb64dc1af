namespace ChatAgent.Nlu.Embeddings;

/// <summary>How well vectors do on a test.</summary>
/// <param name="Spearman">Rank correlation with people's judgments; null for analogies.</param>
/// <param name="Accuracy">Share of covered analogies answered right; null for similarity.</param>
/// <param name="Covered">Rows whose words all have vectors.</param>
/// <param name="Rows">All rows.</param>
public sealed record VectorScore(double? Spearman, double? Accuracy, int Covered, int Rows);
