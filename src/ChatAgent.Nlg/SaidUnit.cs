namespace ChatAgent.Nlg;

/// <summary>One unit of a hypothesis.</summary>
/// <param name="Text">As the model says it, with the blank before it: " {date}" where a value is copied. Empty for the end of the text.</param>
/// <param name="Slot">The slot that it says, alone or with its neighbours; null where it says none.</param>
/// <param name="LogProbability">Given what stands before it, natural logarithm.</param>
public sealed record SaidUnit(string Text, string? Slot, double LogProbability);
