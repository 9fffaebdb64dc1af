using System.Globalization;
using System.Text;

namespace ChatAgent.Nlg;

/// <summary>Finds a value in a text as people write it: any case, with or without accents, with or without "the", its parts in any order.</summary>
internal static class ValueFinder
{
    private static readonly char[] Folded = [.. Enumerable.Range(0, 0x250).Select(code => Fold((char)code))];

    /// <summary>The text in lower case without accents, a character for a character.</summary>
    public static string Fold(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = source[i] < Folded.Length ? Folded[source[i]] : char.ToLowerInvariant(source[i]);
        }
    });

    /// <summary>The forms of a value that are looked for, folded, the likeliest first.</summary>
    public static IReadOnlyList<string> FormsOf(string value)
    {
        var whole = Fold(value);
        var forms = new List<string> { whole };
        var parts = whole.Replace(" or ", " and ", StringComparison.Ordinal).Split(" and ");
        if (parts.Length is 2 or 3)
        {
            forms.AddRange(Orders(parts).SelectMany(order => (string[])[string.Join(" and ", order), string.Join(" or ", order), string.Join(", ", order)]).Where(form => form != whole));
        }

        if (whole.StartsWith("the ", StringComparison.Ordinal) && whole.Length > 6)
        {
            forms.Add(whole[4..]);
        }

        return forms;
    }

    /// <summary>Where a folded form stands by itself in a folded text, from left to right; a "the" before a form that lost its own belongs to it.</summary>
    public static IEnumerable<(int At, int Length)> Occurrences(string folded, string form)
    {
        for (var at = folded.IndexOf(form, StringComparison.Ordinal); at >= 0; at = folded.IndexOf(form, at + form.Length, StringComparison.Ordinal))
        {
            if (IsWhole(folded, at, form.Length))
            {
                yield return (at, form.Length);
            }

            if (at + form.Length >= folded.Length)
            {
                yield break;
            }
        }
    }

    private static bool IsWhole(string text, int at, int length) =>
        !(char.IsLetterOrDigit(text[at]) && at > 0 && (char.IsLetterOrDigit(text[at - 1]) || (char.IsAsciiDigit(text[at]) && at > 1 && text[at - 1] is '.' or ',' or ':' && char.IsAsciiDigit(text[at - 2]))))
        && !(char.IsLetterOrDigit(text[at + length - 1]) && at + length < text.Length
            && (char.IsLetterOrDigit(text[at + length]) || (char.IsAsciiDigit(text[at + length - 1]) && at + length + 1 < text.Length && text[at + length] is '.' or ',' or ':' && char.IsAsciiDigit(text[at + length + 1]))))
        && !(at + length < text.Length && text[at + length] == '+');

    private static IEnumerable<string[]> Orders(string[] parts) => parts.Length == 2
        ? [[parts[0], parts[1]], [parts[1], parts[0]]]
        : [[parts[0], parts[1], parts[2]], [parts[0], parts[2], parts[1]], [parts[1], parts[0], parts[2]], [parts[1], parts[2], parts[0]], [parts[2], parts[0], parts[1]], [parts[2], parts[1], parts[0]]];

    private static char Fold(char c)
    {
        var plain = c.ToString().Normalize(NormalizationForm.FormD)[0];
        return CharUnicodeInfo.GetUnicodeCategory(plain) == UnicodeCategory.NonSpacingMark ? c : char.ToLowerInvariant(plain);
    }
}
