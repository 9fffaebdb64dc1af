namespace ChatAgent.Nlu.Distance;

/// <summary>A value that stands in a text.</summary>
/// <param name="First">Its first token.</param>
/// <param name="End">The token after its last.</param>
/// <param name="Kind">Only values of one kind can contradict each other.</param>
/// <param name="Value">Its normal form; two values are the same when these are.</param>
internal sealed record TextValue(int First, int End, ValueKind Kind, string Value);
