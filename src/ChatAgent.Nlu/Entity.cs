using ChatAgent.Text;

namespace ChatAgent.Nlu;

/// <summary>A stretch of the message with a meaning of its own.</summary>
/// <param name="Name">"time", "doctor", "branch", "specialty", "person", "rut", "phone", "code", "insurer", "email".</param>
/// <param name="Span">Where it stands in <see cref="Meaning.Text"/>.</param>
/// <param name="Text">The words.</param>
/// <param name="Value">Canonical form: the list's name of a doctor, "12345678-5" for a RUT, ISO for a time.</param>
/// <param name="Confidence">0 to 1.</param>
public sealed record Entity(string Name, TextSpan Span, string Text, string Value, double Confidence);
