namespace ChatAgent.Dialogs;

/// <summary>What is said to an intent that needs no flow.</summary>
/// <param name="Acts">In order.</param>
/// <param name="Kind">Whether it is a public fact (it also answers a question inside another answer) or small talk.</param>
/// <param name="HandOver">The reason to call a person besides, or null.</param>
public sealed record Answer(IReadOnlyList<string> Acts, AnswerKind Kind, string? HandOver);
