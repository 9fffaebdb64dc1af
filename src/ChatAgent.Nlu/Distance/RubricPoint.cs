namespace ChatAgent.Nlu.Distance;

/// <summary>One statement of a model answer, or one that an answer must not make.</summary>
/// <param name="Id">Its name in the results.</param>
/// <param name="Wordings">What it says, the first, and other ways to say it that count as much.</param>
/// <param name="Weight">What it is worth, above 0; for a statement that must not be made, what it costs.</param>
public sealed record RubricPoint(string Id, IReadOnlyList<string> Wordings, double Weight);
