using System.Text.RegularExpressions;
using ChatAgent.Text;

namespace ChatAgent.Nlg;

/// <summary>Writes <c>{slot}</c> where a text has a slot's value, so that the model learns the words around values and never the values.</summary>
/// <remarks>
/// Spanish words that agree with a value are brought to one form, which <see cref="Lexicalizer.Fill"/> makes agree with any value again: "la Dra. Rojas" and
/// "el Dr. Fuentes" are "el {doctor}", "a la Klga. Soto" is "al {doctor}", "es la 1:00" is "son las {time}". Thread-safe.
/// </remarks>
public static partial class Delexicalizer
{
    /// <summary>The wording of a pair.</summary>
    public static string Delexicalize(ReplyPair pair) => Delexicalize(pair.Text, pair.Slots, pair.Language);

    /// <summary>Writes <c>{slot}</c> wherever a slot's value stands, the longest value first; a value that does not stand in the text changes nothing.</summary>
    /// <param name="text">A wording with its values.</param>
    /// <param name="slots">Name to value.</param>
    /// <param name="language">Whose words are brought to one form.</param>
    public static string Delexicalize(string text, IReadOnlyDictionary<string, string> slots, Language language)
    {
        // Values are looked for in what is still text, never inside a placeholder that was just written.
        var parts = new List<(string Text, bool IsSlot)> { (text, false) };
        foreach (var (name, value) in slots.Where(slot => slot.Value.Length > 0).OrderByDescending(slot => slot.Value.Length).ThenBy(slot => slot.Key, StringComparer.Ordinal))
        {
            for (var i = 0; i < parts.Count; i++)
            {
                var (part, isSlot) = parts[i];
                var at = isSlot ? -1 : IndexOfWhole(part, value);
                if (at < 0)
                {
                    continue;
                }

                parts[i] = (part[..at], false);
                parts.Insert(i + 1, ($"{{{name}}}", true));
                parts.Insert(i + 2, (part[(at + value.Length)..], false));
                i++;
            }
        }

        var wording = string.Concat(parts.Select(part => part.Text));
        return language == Language.Spanish ? SpanishForm(wording, slots) : wording;
    }

    private static string SpanishForm(string wording, IReadOnlyDictionary<string, string> slots)
    {
        wording = BeforePerson().Replace(wording, match => slots.TryGetValue(match.Groups["slot"].Value, out var value) && SpanishAgreement.IsTitledPerson(value)
            ? Replaced(match, match.Groups["words"].Value.ToLowerInvariant() switch { "la" => "el", "a la" => "al", _ => "del" })
            : match.Value);
        return BeforeClock().Replace(wording, match => slots.TryGetValue(match.Groups["slot"].Value, out var value) && SpanishAgreement.IsClockTime(value)
            ? Replaced(match, match.Groups["words"].Value.Length > 2 ? "son las" : "las")
            : match.Value);
    }

    private static string Replaced(Match match, string words) =>
        $"{(char.IsUpper(match.Value[0]) ? char.ToUpperInvariant(words[0]) + words[1..] : words)} {{{match.Groups["slot"].Value}}}";

    /// <summary>First place where the value stands by itself, not as a part of a longer word or number ("15" in "15:00"); −1 if none.</summary>
    private static int IndexOfWhole(string text, string value)
    {
        for (var at = text.IndexOf(value, StringComparison.Ordinal); at >= 0; at = text.IndexOf(value, at + 1, StringComparison.Ordinal))
        {
            var end = at + value.Length;
            if (!GoesOn(value[0], At(text, at - 1), At(text, at - 2)) && !GoesOn(value[^1], At(text, end), At(text, end + 1)))
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>The edge of a value and what is beside it are one word or one number.</summary>
    private static bool GoesOn(char edge, char beside, char beyond) =>
        (char.IsLetterOrDigit(edge) && char.IsLetterOrDigit(beside)) || (char.IsAsciiDigit(edge) && beside is (':' or '.' or ',' or '/') && char.IsAsciiDigit(beyond));

    private static char At(string text, int index) => index >= 0 && index < text.Length ? text[index] : ' ';

    private const RegexOptions Plain = RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture;
    private const int Milliseconds = 1000;

    [GeneratedRegex(@"\b(?<words>a la|de la|la) \{(?<slot>[a-z][a-z0-9_]*)\}", Plain, Milliseconds)]
    private static partial Regex BeforePerson();

    [GeneratedRegex(@"\b(?<words>es la|la) \{(?<slot>[a-z][a-z0-9_]*)\}", Plain, Milliseconds)]
    private static partial Regex BeforeClock();
}
