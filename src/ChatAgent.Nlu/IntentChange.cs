namespace ChatAgent.Nlu;

/// <summary>The few words without which a message would be read otherwise.</summary>
/// <param name="Without">The words, in the order of the text.</param>
/// <param name="Intent">What would be read then; null for out of scope.</param>
/// <param name="Score">The score of that reading's best intent, 0 to 1.</param>
public sealed record IntentChange(IReadOnlyList<string> Without, string? Intent, double Score);
