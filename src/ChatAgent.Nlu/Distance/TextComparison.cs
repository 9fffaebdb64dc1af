namespace ChatAgent.Nlu.Distance;

/// <summary>How far apart in meaning two texts are.</summary>
/// <param name="Distance">0, the same, to 1.</param>
/// <param name="IsEquivalent">Whether the distance is at most the model's threshold.</param>
/// <param name="Differences">In what they differ, the weightier kinds first.</param>
public sealed record TextComparison(double Distance, bool IsEquivalent, IReadOnlyList<TextDifference> Differences);
