using ChatAgent.Text;

namespace ChatAgent.Nlu.Times;

/// <summary>A word, a run of digits or one sign, folded (lower case, no accents).</summary>
/// <param name="Folded">"miercoles", "24", "/".</param>
/// <param name="Span">Where it stands in the text as typed.</param>
/// <param name="Value">The number that the digits spell; -1 for all else and for runs longer than nine digits.</param>
/// <param name="SpaceBefore">Whether white space (or the beginning) stands before it.</param>
/// <param name="Marked">Whether the word was typed with an accent: "sí" says yes, "si" may mean if.</param>
internal readonly record struct RuleToken(string Folded, TextSpan Span, int Value, bool SpaceBefore, bool Marked = false)
{
    public bool IsDigits => Value >= 0;

    public bool IsWord => Folded.Length > 0 && char.IsLetter(Folded[0]);
}
