namespace ChatAgent.Text;

/// <summary>One token of a chat message.</summary>
/// <param name="Span">Where it stands in what was typed.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its composed form (<see cref="TextNormalizer.Compose"/>).</param>
/// <param name="Folded">Its folded form, chat shorthand written out: "q" is "que", "xq" is "porque", "tb" is "tambien".</param>
public readonly record struct Token(TextSpan Span, TokenKind Kind, string Text, string Folded);
