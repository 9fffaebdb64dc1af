using ChatAgent.Text;

namespace ChatAgent.Nlu;

/// <summary>A stretch of a message with an intent of its own: "sí voy" and "¿dónde queda?" of "sí voy, y ¿dónde queda?".</summary>
/// <param name="Intent">Name of the intent.</param>
/// <param name="Score">Calibrated probability of the stretch read alone, 0 to 1.</param>
/// <param name="Span">Where it stands in <see cref="Meaning.Text"/>, without the comma or "y" that joins it to its neighbours.</param>
public sealed record IntentPart(string Intent, double Score, TextSpan Span);
