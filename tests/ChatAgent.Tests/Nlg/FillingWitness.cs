using System.Text.RegularExpressions;
using ChatAgent.Text;

namespace ChatAgent.Nlg.Tests;

/// <summary>The tests' own reader of a finished text: shares nothing with the decoder or with SlotChecker.</summary>
/// <remarks>It cuts the values out by splitting, and what is left may hold only words that the corpus' wordings hold outside their values, and no digit.</remarks>
internal sealed class FillingWitness
{
    private readonly HashSet<string> _words = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="pairs">The corpus: their texts without their values are the words that may be said.</param>
    public FillingWitness(IEnumerable<ReplyPair> pairs)
    {
        foreach (var pair in pairs)
        {
            var rest = pair.Slots.Values.OrderByDescending(value => value.Length).Aggregate(pair.Text, (text, value) => text.Replace(value, " ", StringComparison.Ordinal));
            _words.UnionWith(Words(rest));
        }

        _words.UnionWith(["la", "el", "del", "al", "las", "es", "son", "e", "u", "y", "o", "an", "a"]);
    }

    /// <summary>What is wrong, or null.</summary>
    public string? Problem(string text, IReadOnlyDictionary<string, string> slots, Language language)
    {
        var rest = text;
        foreach (var (slot, value) in slots.OrderByDescending(slot => slot.Value.Length))
        {
            var forms = new List<string> { value, char.ToUpperInvariant(value[0]) + value[1..] };
            if (language == Language.Spanish && value.StartsWith("el ", StringComparison.Ordinal))
            {
                forms.AddRange(["del " + value[3..], "al " + value[3..]]);
            }

            var parts = forms.Distinct(StringComparer.Ordinal).Select(form => Regex.Split(rest, $@"(?<![\p{{L}}\p{{N}}]){Regex.Escape(form)}(?![\p{{L}}\p{{N}}])", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))).MaxBy(split => split.Length)!;
            if (parts.Length != 2)
            {
                return $"{slot} stands {parts.Length - 1} times";
            }

            rest = $"{parts[0]} | {parts[1]}";
        }

        if (rest.Any(char.IsDigit))
        {
            return $"a digit is left in \"{rest}\"";
        }

        if (Words(rest).FirstOrDefault(word => !_words.Contains(word)) is { } strange)
        {
            return $"\"{strange}\" is in no wording";
        }

        if (rest.AsSpan().ContainsAny('{', '}', '<'))
        {
            return "a placeholder is left";
        }

        return language == Language.Spanish ? Disagreement(text, slots) : null;
    }

    private static string? Disagreement(string text, IReadOnlyDictionary<string, string> slots)
    {
        if (slots.TryGetValue("time", out var time))
        {
            var one = time.Split(':')[0] == "1";
            if (text.Contains($"{(one ? "las" : "la")} {time}", StringComparison.Ordinal))
            {
                return $"article before {time}";
            }
        }

        if (slots.TryGetValue("doctor", out var doctor) && doctor.Split('.')[0] is "Dra" or "Dr" or "Klga" or "Klgo")
        {
            var woman = doctor!.Split('.')[0].EndsWith('a');
            if (Regex.IsMatch(text, $@"\b{(woman ? "([Ee]l|[Dd]el|[Aa]l)" : "[Ll]a")} {Regex.Escape(doctor)}", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)))
            {
                return $"article before {doctor}";
            }
        }

        return null;
    }

    private static IEnumerable<string> Words(string text) => Regex.Matches(text, @"\p{L}[\p{L}\p{M}'’]*", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)).Select(match => match.Value);
}
