namespace ChatAgent.Nlu.Distance;

/// <summary>The grade of one answer.</summary>
/// <param name="Score">Weights of the covered points less those of forbidden statements, over the weight of all points; 0 to 1.</param>
/// <param name="IsPassed">Whether the score reaches the rubric's.</param>
/// <param name="Points">In the order of the rubric.</param>
/// <param name="MustNot">In the order of the rubric; covered means that the answer makes the statement.</param>
public sealed record AnswerGrade(double Score, bool IsPassed, IReadOnlyList<PointGrade> Points, IReadOnlyList<PointGrade> MustNot);
