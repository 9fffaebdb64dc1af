using System.Text;
using System.Text.RegularExpressions;
using ChatAgent.Text;

namespace ChatAgent.Nlg;

/// <summary>Puts values where a wording has placeholders, and brings the words before them into agreement.</summary>
/// <remarks>
/// In Spanish: el/la, del/de la, al/a la before a titled person; la/las and es/son before a clock time ("a la 1:00", "a las 13:00"); no article before "hoy" and
/// "mañana"; de + el and a + el contract where the value brings its own article; y/e and o/u by the value's first sound. In English: a/an. A value that opens
/// a sentence gets its capital, addresses excepted. The wording is read once from left to right: a value is never read as a wording.
/// </remarks>
public static partial class Lexicalizer
{
    /// <summary>The longest value that is put into a wording, in UTF-16 code units.</summary>
    public const int MaxValueLength = 500;

    /// <summary>Fills a wording.</summary>
    /// <param name="wording">With <c>{slot}</c> placeholders.</param>
    /// <param name="slots">A value for each of them; others are passed over.</param>
    /// <param name="capitals">A value that opens a sentence gets its capital.</param>
    /// <exception cref="KeyNotFoundException">A placeholder has no value.</exception>
    public static string Fill(string wording, IReadOnlyDictionary<string, string> slots, Language language, bool capitals = true)
    {
        var text = new StringBuilder(wording.Length + 64);
        var done = 0;
        foreach (var match in Placeholder().EnumerateMatches(wording))
        {
            var slot = wording.Substring(match.Index + 1, match.Length - 2);
            var value = slots.TryGetValue(slot, out var given) ? given : throw new KeyNotFoundException($"slot \"{slot}\" of the wording \"{wording}\" has no value");
            text.Append(wording, done, match.Index - done);
            done = match.Index + match.Length;
            if (language == Language.Spanish)
            {
                value = AgreeInSpanish(text, value);
            }
            else
            {
                AgreeInEnglish(text, value);
            }

            text.Append(capitals && OpensSentence(text) ? Capitalized(value) : value);
        }

        return text.Append(wording, done, wording.Length - done).ToString();
    }

    /// <summary>The value as it may be put into a text: runs of white space are one space, and what could be read as a placeholder or as markup is written with round brackets.</summary>
    /// <param name="act">Named in errors.</param>
    /// <param name="slot">Named in errors.</param>
    /// <exception cref="ArgumentException">The value is empty or longer than <see cref="MaxValueLength"/>.</exception>
    public static string Clean(string act, string slot, string value)
    {
        var clean = new StringBuilder(value.Length);
        foreach (var c in value.AsSpan().Trim())
        {
            if (char.IsWhiteSpace(c) || char.IsControl(c))
            {
                if (clean.Length > 0 && clean[^1] != ' ')
                {
                    clean.Append(' ');
                }
            }
            else
            {
                clean.Append(c switch { '{' or '<' or '[' => '(', '}' or '>' or ']' => ')', _ => c });
            }
        }

        if (clean.Length == 0)
        {
            throw new ArgumentException($"act \"{act}\": slot \"{slot}\" is empty, expected a value", nameof(value));
        }

        return clean.Length <= MaxValueLength
            ? clean.ToString()
            : throw new ArgumentException($"act \"{act}\": slot \"{slot}\" has {clean.Length} characters, expected at most {MaxValueLength}", nameof(value));
    }

    /// <summary>Changes the last words of <paramref name="text"/> so that <paramref name="value"/> can follow; returns the value, without its article where it went into a contraction.</summary>
    private static string AgreeInSpanish(StringBuilder text, string value)
    {
        var words = LastWords(text);
        if (SpanishAgreement.IsTitledPerson(value))
        {
            if (SpanishAgreement.IsFeminine(value))
            {
                ReplaceEnd(text, words, ("del", "de la"), ("al", "a la"), ("el", "la"));
            }
            else
            {
                ReplaceEnd(text, words, ("de la", "del"), ("a la", "al"), ("la", "el"));
            }
        }
        else if (SpanishAgreement.IsClockTime(value))
        {
            if (SpanishAgreement.IsHourOne(value))
            {
                ReplaceEnd(text, words, ("son las", "es la"), ("las", "la"));
            }
            else
            {
                ReplaceEnd(text, words, ("es la", "son las"), ("la", "las"));
            }
        }
        else if (SpanishAgreement.IsRelativeDay(value))
        {
            ReplaceEnd(text, words, ("del", "de"), ("al", "a"), ("el", string.Empty));
        }
        else if (value.StartsWith("el ", StringComparison.Ordinal))
        {
            if (ReplaceEnd(text, words, ("de", "del"), ("a", "al"), ("el", "el"), ("del", "del"), ("al", "al")))
            {
                return value[3..];
            }
        }

        if (SpanishAgreement.BeginsWithI(value))
        {
            ReplaceEnd(text, words, ("y", "e"));
        }
        else
        {
            ReplaceEnd(text, words, ("e", "y"));
        }

        if (SpanishAgreement.BeginsWithO(value))
        {
            ReplaceEnd(text, words, ("o", "u"));
        }
        else
        {
            ReplaceEnd(text, words, ("u", "o"));
        }

        return value;
    }

    private static void AgreeInEnglish(StringBuilder text, string value)
    {
        var words = LastWords(text);
        if (VowelSound().IsMatch(value))
        {
            ReplaceEnd(text, words, ("a", "an"));
        }
        else
        {
            ReplaceEnd(text, words, ("an", "a"));
        }
    }

    /// <summary>The end of the text where it is a space after words: enough for two words.</summary>
    private static string LastWords(StringBuilder text)
    {
        var length = Math.Min(12, text.Length);
        return text.Length > 0 && text[^1] == ' ' ? text.ToString(text.Length - length, length - 1) : string.Empty;
    }

    /// <summary>Replaces the words that end the text by the first pair that fits; a capital stays. The space after them stays unless nothing is left.</summary>
    private static bool ReplaceEnd(StringBuilder text, string end, params ReadOnlySpan<(string From, string To)> pairs)
    {
        foreach (var (from, to) in pairs)
        {
            var at = end.Length - from.Length;
            if (at < 0 || !end.EndsWith(from, StringComparison.OrdinalIgnoreCase) || (at > 0 && char.IsLetterOrDigit(end[at - 1])))
            {
                continue;
            }

            var cut = from.Length + 1;
            var replacement = char.IsUpper(end[at]) ? Capitalized(to) : to;
            text.Remove(text.Length - cut, cut).Append(replacement);
            if (to.Length > 0)
            {
                text.Append(' ');
            }

            return true;
        }

        return false;
    }

    private static bool OpensSentence(StringBuilder text)
    {
        var at = text.Length - 1;
        while (at >= 0 && text[at] is ' ' or '¿' or '¡' or '(' or '\n')
        {
            at--;
        }

        return at < 0 || (text[at] is '.' or '?' or '!' or '…' && at < text.Length - 1);
    }

    /// <summary>With a capital letter, unless the first word is an address ("losaromos.example/bonos", "r***@gmail.com").</summary>
    private static string Capitalized(string value)
    {
        if (value.Length == 0 || !char.IsLower(value[0]))
        {
            return value;
        }

        var space = value.IndexOf(' ', StringComparison.Ordinal);
        var word = space < 0 ? value.AsSpan() : value.AsSpan(0, space);
        return word.TrimEnd(",.;:").ContainsAny("@/.*") ? value : char.ToUpperInvariant(value[0]) + value[1..];
    }

    [GeneratedRegex(@"\{[a-z][a-z0-9_]*\}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();

    /// <summary>"an hour", "an 8:00 slot", "a unit", "a one-day", "a European", "a Urology visit".</summary>
    [GeneratedRegex(@"^(?!(?:uni|use|usu|euro|eulo|ewe|one\b|once\b|uro|ute|uto))(?:[aeioáéíó]|u|hour|honest|heir|8|11(?!\d)|18(?!\d))", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VowelSound();
}
