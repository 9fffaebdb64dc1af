using ChatAgent.Text;

namespace ChatAgent.Nlu.Appointments;

/// <summary>Words that decided, and why.</summary>
/// <param name="Span">Where they stand in the text that was read.</param>
/// <param name="Text">The words.</param>
/// <param name="Why">A short reason in English, stable enough to count ("a condition", "negated attendance").</param>
public sealed record Evidence(TextSpan Span, string Text, string Why);
