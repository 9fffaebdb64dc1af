namespace ChatAgent.Text.Corpora;

/// <summary>A stretch of a labelled text that names something.</summary>
/// <param name="Name">What kind of thing ("time", "doctor").</param>
/// <param name="Span">Where, in <see cref="LabelledText.Text"/>.</param>
/// <param name="Value">Its canonical form; the words themselves when the corpus gives none.</param>
public sealed record LabelledEntity(string Name, TextSpan Span, string Value);
