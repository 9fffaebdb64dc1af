using ChatAgent.Text;

namespace ChatAgent.Nlg;

/// <summary>A training pair: a meaning and one wording of it, as a row of corpora/*/nlg holds it.</summary>
public sealed record ReplyPair(string Act, Language Language, ReplyStyle Style, IReadOnlyDictionary<string, string> Slots, string Text);
