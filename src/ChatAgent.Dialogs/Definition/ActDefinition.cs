namespace ChatAgent.Dialogs;

/// <summary>One thing that the agent can say.</summary>
/// <param name="Name">"confirm_recorded".</param>
/// <param name="Slots">All of them are given a value whenever the act is said.</param>
public sealed record ActDefinition(string Name, IReadOnlyList<string> Slots);
