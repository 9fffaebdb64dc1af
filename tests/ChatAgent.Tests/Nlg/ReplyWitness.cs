using ChatAgent.Text;

namespace ChatAgent.Nlg.Tests;

/// <summary>
/// Reads one act's text and says what is wrong with its slots. Written apart from ChatAgent.Nlg, word by word and without patterns, so that a fault of its checks
/// and of its agreement is not shared.
/// </summary>
/// <param name="names">Words of names that are facts: of people, branches, insurers, clinics.</param>
internal sealed class ReplyWitness(IEnumerable<string> names)
{
    private const string Gap = "▢";

    private static readonly string[] Facts =
    [
        "lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo", "enero", "febrero", "abril", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "april", "june", "july", "august", "september", "october", "november", "december",
        "hoy", "ayer", "mañana", "today", "tomorrow", "yesterday", "tonight", "mediodía", "medianoche", "noon", "midnight", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve",
        "diez", "doce", "quince", "veinte", "treinta", "cien", "mil", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "fifteen", "twenty", "thirty",
        "hundred", "thousand", "pesos", "dra", "dr", "klga", "klgo", "psic",
    ];

    /// <summary>Words with a capital that may stand inside a sentence.</summary>
    private static readonly string[] Capitals = ["I", "OK", "RUT", "English", "Spanish"];

    private readonly HashSet<string> _names = names.SelectMany(Words).Where(word => char.IsUpper(word[0]) && word.Length > 2).ToHashSet(StringComparer.Ordinal);

    /// <summary>The text without its values: what tells two wordings apart.</summary>
    public static string Wording(string text, RandomFilling filling)
    {
        var rest = Strike(text, filling.Act.Slots, out _);
        string[] articles = ["la ", "el ", "las ", "al ", "del ", "es ", "son "];
        return articles.Aggregate(rest, (wording, article) => wording.Replace(article + Gap, Gap, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Everything that is wrong; empty when nothing is.</summary>
    public IReadOnlyList<string> Complaints(string text, RandomFilling filling)
    {
        var slots = filling.Act.Slots;
        var rest = Strike(text, slots, out var counts);
        var complaints = counts.Where(slot => slot.Value != 1).Select(slot => $"{slot.Key} {slot.Value} times").ToList();
        complaints.AddRange(rest.Where(c => char.IsDigit(c) || "{}<>[]@/\\_*+$".Contains(c, StringComparison.Ordinal)).Select(c => $"stray '{c}'"));
        var words = Words(rest);
        complaints.AddRange(words.Where(word => Facts.Contains(word.ToLowerInvariant()) || _names.Contains(word)).Select(word => $"nobody gave \"{word}\""));
        complaints.AddRange(rest.Split([.. Gap, .. ".,;:?!"]).Select(Words).SelectMany(part => part.Zip(part.Skip(1))).Where(pair => string.Equals(pair.First, pair.Second, StringComparison.OrdinalIgnoreCase)).Select(pair => $"\"{pair.First}\" twice"));
        complaints.AddRange(Sentences(rest).SelectMany(sentence => Words(sentence).Skip(sentence.TrimStart('¿', '¡', ' ').StartsWith(Gap, StringComparison.Ordinal) ? 0 : 1))
            .Where(word => char.IsUpper(word[0]) && !Capitals.Contains(word.Split('\'', '’')[0])).Select(word => $"\"{word}\" looks like a name"));
        if (!".?!".Contains(text[^1], StringComparison.Ordinal) || rest.Contains("  ", StringComparison.Ordinal) || rest.Contains(" .", StringComparison.Ordinal) || rest.Contains(" ,", StringComparison.Ordinal))
        {
            complaints.Add("not a finished sentence");
        }

        complaints.AddRange(filling.Language == Language.Spanish ? Spanish(text, filling) : English(text, slots));
        return complaints;
    }

    /// <summary>What stands before a person and before an hour has to agree with them.</summary>
    private static IEnumerable<string> Spanish(string text, RandomFilling filling)
    {
        foreach (var (slot, value) in filling.Act.Slots)
        {
            if (WordBefore(text, value) is not { } before)
            {
                continue;
            }

            var wrong = slot switch
            {
                "doctor" => filling.WomanDoctor ? before is "el" or "del" or "al" : before is "la",
                "time" => before is "la" or "las" && (before == "la") != value.StartsWith("1:", StringComparison.Ordinal),
                "options" => before is "a" or "de" or "el" or "al" or "del",
                "patient" or "branch" => before is "el" or "del" or "al",
                "date" => before is "la" or "de" || (before == "a" && !text.Contains("stamos a ", StringComparison.Ordinal)),
                _ => false,
            };
            if (wrong || (before == "y" && value.StartsWith('I')) || (before == "o" && value[0] is 'O' or 'Ó'))
            {
                yield return $"\"{before} {value}\"";
            }
        }

        foreach (var pair in (string[])[" a el ", " de el ", " la Dr. ", " el Dra. ", " del Dra. ", " al Dra. ", " el Klga. ", " la Klgo. "])
        {
            if (text.Contains(pair, StringComparison.Ordinal) && !text.Contains(" de el martes", StringComparison.Ordinal))
            {
                yield return $"\"{pair}\"";
            }
        }
    }

    private static IEnumerable<string> English(string text, IReadOnlyDictionary<string, string> slots)
    {
        foreach (var (slot, value) in slots)
        {
            var before = WordBefore(text, value);
            if ((slot is "patient" or "doctor" or "date" or "time" && before is "a" or "an") || (before == "a" && "AEIOaeio".Contains(value[0], StringComparison.Ordinal)))
            {
                yield return $"\"{before} {value}\"";
            }
        }
    }

    /// <summary>The word before a value, or null where the value or a word before it is not there.</summary>
    private static string? WordBefore(string text, string value)
    {
        var at = text.IndexOf(value, StringComparison.Ordinal);
        return at > 1 && text[at - 1] == ' ' && Words(text[..at]) is [.., var last] && text[..(at - 1)].EndsWith(last, StringComparison.Ordinal) ? last.ToLowerInvariant() : null;
    }

    /// <summary>Puts a gap where each value stands, longest first, and counts them.</summary>
    private static string Strike(string text, IReadOnlyDictionary<string, string> slots, out Dictionary<string, int> counts)
    {
        counts = [];
        foreach (var (slot, value) in slots.OrderByDescending(given => given.Value.Length))
        {
            counts[slot] = 0;
            string[] forms = value.StartsWith("el ", StringComparison.Ordinal)
                ? [value, "El" + value[2..], "al" + value[2..], "del" + value[2..]]
                : [value, char.ToUpperInvariant(value[0]) + value[1..]];
            foreach (var form in forms)
            {
                for (var at = text.IndexOf(form, StringComparison.Ordinal); at >= 0; at = text.IndexOf(form, at + 1, StringComparison.Ordinal))
                {
                    var end = at + form.Length;
                    if ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (end == text.Length || !char.IsLetterOrDigit(text[end])))
                    {
                        text = text[..at] + Gap + text[end..];
                        counts[slot]++;
                    }
                }
            }
        }

        return text;
    }

    private static string[] Sentences(string text) => text.Split(['.', '?', '!', '…'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string[] Words(string text)
    {
        var words = new List<string>();
        var start = -1;
        for (var at = 0; at <= text.Length; at++)
        {
            var inside = at < text.Length && (char.IsLetter(text[at]) || (start >= 0 && text[at] is '\'' or '’' or '-'));
            if (inside && start < 0)
            {
                start = at;
            }
            else if (!inside && start >= 0)
            {
                words.Add(text[start..at]);
                start = -1;
            }
        }

        return [.. words];
    }
}
