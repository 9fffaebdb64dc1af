using ChatAgent.Text;

namespace ChatAgent.Nlu.Distance;

/// <summary>Something in which two texts differ.</summary>
/// <param name="Kind">What sort of difference.</param>
/// <param name="A">Where it stands in the first text; empty when it is only in the second.</param>
/// <param name="B">Where it stands in the second text; empty when it is only in the first.</param>
public sealed record TextDifference(DifferenceKind Kind, TextSpan A, TextSpan B);
