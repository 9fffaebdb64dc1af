using ChatAgent.Text;

namespace ChatAgent.Nlu;

/// <summary>A word that carried a decision.</summary>
/// <param name="Span">Where it stands in the message.</param>
/// <param name="Text">As it was typed.</param>
/// <param name="Weight">By how much the intent's score falls when this word, after the heavier ones, is left out.</param>
public sealed record IntentEvidence(TextSpan Span, string Text, double Weight);
