using ChatAgent.Text;

namespace ChatAgent.Nlu.Distance;

/// <summary>What an answer does with one point of the rubric.</summary>
/// <param name="Point">The point.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Distance">How far the nearest stretch of the answer is from saying it, 0 to 1.</param>
/// <param name="Spans">The stretch of the answer that decided; nothing when it is missing.</param>
/// <param name="Differences">In what that stretch differs, spans of the point's wording first and of the stretch second.</param>
public sealed record PointGrade(RubricPoint Point, PointStatus Status, double Distance, IReadOnlyList<TextSpan> Spans, IReadOnlyList<DifferenceKind> Differences);
