namespace ChatAgent.Dialogs;

/// <summary>A slot: a value that an act words, or an answer that a flow collects and decides on.</summary>
/// <param name="Name">"date".</param>
/// <param name="Type">What it holds.</param>
/// <param name="Values">The closed list of a <see cref="SlotType.Category"/>; empty for other types.</param>
public sealed record SlotDefinition(string Name, SlotType Type, IReadOnlyList<string> Values);
