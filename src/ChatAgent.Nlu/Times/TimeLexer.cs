using System.Globalization;
using System.Text;
using ChatAgent.Text;

namespace ChatAgent.Nlu.Times;

/// <summary>Cuts a text into words, runs of digits and signs that keep their place in it.</summary>
internal static class TimeLexer
{
    public static RuleToken[] Lex(string text)
    {
        var tokens = new List<RuleToken>(text.Length / 4);
        var folded = new StringBuilder();
        var i = 0;
        var space = true;
        while (i < text.Length)
        {
            var c = text[i];
            if (char.IsWhiteSpace(c) || IsInvisible(c))
            {
                space = space || char.IsWhiteSpace(c);
                i++;
                continue;
            }

            var start = i;
            folded.Clear();
            if (char.IsAsciiDigit(c))
            {
                while (i < text.Length && char.IsAsciiDigit(text[i]))
                {
                    folded.Append(text[i++]);
                }
            }
            else if (char.IsLetter(c) && c is not ('º' or 'ª'))
            {
                while (i < text.Length && ((char.IsLetter(text[i]) && text[i] is not ('º' or 'ª')) || IsMark(text[i]) || IsInvisible(text[i])))
                {
                    AppendFolded(folded, text[i++]);
                }
            }
            else
            {
                folded.Append(c is 'º' or '˚' ? '°' : c is '–' or '—' or '−' ? '-' : c);
                i++;
            }

            var word = folded.ToString();
            var value = char.IsAsciiDigit(c) && word.Length <= 9 ? int.Parse(word, CultureInfo.InvariantCulture) : -1;
            tokens.Add(new RuleToken(word, new TextSpan(start, i - start), value, space));
            space = false;
        }

        return [.. tokens];
    }

    private static bool IsMark(char c) => CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark;

    private static bool IsInvisible(char c) => c is '\u200B' or '\u200C' or '\u200D' or '\u2060' or '\uFEFF' or '\u00AD';

    private static void AppendFolded(StringBuilder folded, char c)
    {
        if (c < 128)
        {
            folded.Append(char.ToLowerInvariant(c));
            return;
        }

        if (IsMark(c) || IsInvisible(c))
        {
            return;
        }

        // A lone half of a surrogate pair cannot be normalised; letters outside the BMP have no accents to lose.
        if (char.IsSurrogate(c))
        {
            folded.Append(c);
            return;
        }

        foreach (var part in c.ToString().Normalize(NormalizationForm.FormD))
        {
            if (!IsMark(part))
            {
                folded.Append(char.ToLowerInvariant(part));
            }
        }
    }
}
