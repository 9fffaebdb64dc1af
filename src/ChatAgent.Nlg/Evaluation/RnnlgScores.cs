namespace ChatAgent.Nlg;

/// <summary>BLEU and slot error as the RNNLG benchmark counts them.</summary>
/// <param name="Bleu">0 to 1, four-grams over every text of every meaning.</param>
/// <param name="SlotErrorRate">0 and more: errors over slots, summed over every text of every meaning.</param>
/// <remarks>
/// The way of counting (github.com/shawnwun/RNNLG, loader/GentScorer.py, loader/DataReader.py, generator/net.py), for each row of the test file in turn:
/// references   the texts of all rows whose meaning has the same act, slots and special values (yes, no, none, dontcare, ?), normalised, their own values out and the row's put in
/// BLEU         all texts of the row (5 of a beam of 10 in the published figures) against them; closest reference length of each text, the first of equal ones; no smoothing but 1e-7
/// slot error   the row's values are replaced by slot tokens in the text; |given − said| summed over slots with a value, and over yes/no slots by counting their keywords
/// slots        those given; none of the acts ?select and suggest, whose errors do not count either
/// </remarks>
public sealed record RnnlgScores(double Bleu, double SlotErrorRate)
{
    private static readonly string[] ValueSlots =
    [
        "address", "area", "count", "food", "goodformeal", "name", "near", "phone", "postcode", "price", "pricerange", "battery", "batteryrating", "design", "dimension", "drive", "driverange", "family",
        "memory", "platform", "utility", "warranty", "weight", "weightrange", "hdmiport", "ecorating", "audio", "accessories", "color", "powerconsumption", "resolution", "screensize", "screensizerange",
    ];

    private static readonly (string Slot, string[] Keywords)[] BinarySlots =
    [
        ("kidsallowed", ["child", "kid", "kids", "children"]), ("dogsallowed", ["dog", "dogs", "puppy"]), ("hasinternet", ["internet", "wifi"]), ("acceptscreditcards", ["card", "cards"]),
        ("isforbusinesscomputing", ["business", "nonbusiness", "home", "personal", "general"]), ("hasusbport", ["usb"]),
    ];

    /// <summary>Scores a test file's rows.</summary>
    /// <param name="rows">Meanings with their texts.</param>
    /// <param name="texts">For each row one or more texts.</param>
    /// <exception cref="ArgumentException">The numbers differ, or a row has no texts.</exception>
    public static RnnlgScores Of(IReadOnlyList<MeaningRow> rows, IReadOnlyList<IReadOnlyList<string>> texts)
    {
        if (rows.Count != texts.Count || rows.Count == 0 || texts.Any(some => some.Count == 0))
        {
            throw new ArgumentException($"texts for {texts.Count} rows, expected one or more for each of {rows.Count}", nameof(texts));
        }

        string[][] references = [.. ReferencesOf(rows)];
        var (matched, total) = (new double[4], new double[4]);
        var (said, closest, errors, slots) = (0, 0, 0, 0);
        for (var i = 0; i < rows.Count; i++)
        {
            string[][] expected = [.. references[i].Select(reference => reference.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
            foreach (var text in texts[i].Select(RnnlgText.Normalize))
            {
                var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                said += words.Length;
                closest += expected.MinBy(reference => Math.Abs(reference.Length - words.Length))!.Length;
                for (var n = 1; n <= 4; n++)
                {
                    Dictionary<string, int>[] grams = [.. expected.Select(reference => Grams(reference, n))];
                    foreach (var (gram, count) in Grams(words, n))
                    {
                        matched[n - 1] += Math.Min(count, grams.Max(other => other.GetValueOrDefault(gram)));
                        total[n - 1] += count;
                    }
                }

                var (wrong, given) = SlotErrors(rows[i].Act, Delexicalize(text, rows[i].Act));
                (errors, slots) = (errors + wrong, slots + given);
            }
        }

        const double Tiny = 1e-7;
        var precision = Enumerable.Range(0, 4).Average(n => Math.Log((matched[n] / (total[n] + Tiny)) + Tiny));
        return new RnnlgScores((said > closest ? 1.0 : Math.Exp(1.0 - ((double)closest / said))) * Math.Exp(precision), slots == 0 ? 0.0 : (double)errors / slots);
    }

    /// <summary>Errors and slots of one delexicalised text.</summary>
    internal static (int Errors, int Slots) SlotErrors(DialogAct act, string text)
    {
        if (act.Name is "?select" or "suggest")
        {
            return (0, 0);
        }

        var words = text.Split(' ');
        var (errors, slots) = (0, 0);
        foreach (var slot in ValueSlots)
        {
            // The benchmark knows the first three values of a slot.
            var given = Math.Min(3, act.Slots.Count(entry => SlotLexicon.BaseOf(entry.Key) == slot && !SlotLexicon.IsSpecial(entry.Value)));
            errors += Math.Abs(given - words.Count(word => word == Token(slot)));
            slots += given;
        }

        foreach (var (slot, keywords) in BinarySlots)
        {
            var given = act.Slots.Count(entry => SlotLexicon.BaseOf(entry.Key) == slot && SlotLexicon.IsSpecial(entry.Value) && entry.Value != SlotLexicon.Asked);
            errors += Math.Abs(given - words.Count(word => keywords.Contains(word, StringComparer.Ordinal)));
            slots += given;
        }

        return (errors, slots);
    }

    private static IEnumerable<string[]> ReferencesOf(IReadOnlyList<MeaningRow> rows)
    {
        var bySkeleton = rows.GroupBy(row => SkeletonOf(row.Act), StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Select(row => Delexicalize(row.Text ?? string.Empty, row.Act)).ToArray(), StringComparer.Ordinal);
        return rows.Select(row => bySkeleton[SkeletonOf(row.Act)].Select(text => Lexicalize(text, row.Act)).ToArray());
    }

    private static string SkeletonOf(DialogAct act) =>
        $"{act.Name} {string.Join(' ', act.Slots.Select(slot => SlotLexicon.IsSpecial(slot.Value) ? $"{SlotLexicon.BaseOf(slot.Key)}={slot.Value}" : slot.Key).Order(StringComparer.Ordinal))}";

    /// <summary>The row's values as slot tokens: the longest value first, each where it stands first, its parts around "and" or "or" in any order.</summary>
    private static string Delexicalize(string text, DialogAct act)
    {
        foreach (var (slot, value) in act.Slots.Where(slot => !SlotLexicon.IsSpecial(slot.Value)).OrderByDescending(slot => slot.Value.Length))
        {
            // The benchmark looks for the value anywhere and then replaces it as whole words only.
            if (OrdersOf(value).FirstOrDefault(order => text.Contains(order, StringComparison.Ordinal)) is { } found)
            {
                text = ReplaceFirst(text, found, Token(SlotLexicon.BaseOf(slot)));
            }
        }

        return text;
    }

    private static string Lexicalize(string text, DialogAct act)
    {
        foreach (var (slot, value) in act.Slots.Where(slot => !SlotLexicon.IsSpecial(slot.Value)).OrderByDescending(slot => SlotLexicon.BaseOf(slot.Key).Length))
        {
            text = ReplaceFirst(text, Token(SlotLexicon.BaseOf(slot)), value);
        }

        return text;
    }

    private static IEnumerable<string> OrdersOf(string value)
    {
        var parts = value.Replace(" or ", " and ", StringComparison.Ordinal).Split(" and ");
        string[][] orders = [.. Orders(parts)];
        return orders.Select(order => string.Join(" and ", order)).Concat(orders.Select(order => string.Join(" or ", order)));
    }

    private static IEnumerable<string[]> Orders(string[] parts) => parts.Length is 1 or > 5
        ? [parts]
        : parts.SelectMany((first, i) => Orders([.. parts[..i], .. parts[(i + 1)..]]).Select(rest => (string[])[first, .. rest]));

    private static string ReplaceFirst(string text, string found, string by)
    {
        var whole = $" {text} ";
        var at = whole.IndexOf($" {found} ", StringComparison.Ordinal);
        return at < 0 ? text : string.Concat(whole.AsSpan(0, at), $" {by} ", whole.AsSpan(at + found.Length + 2))[1..^1];
    }

    private static string Token(string slot) => $"SLOT_{slot.ToUpperInvariant()}";

    private static Dictionary<string, int> Grams(string[] words, int n)
    {
        var grams = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var at = 0; at + n <= words.Length; at++)
        {
            var gram = string.Join(' ', words, at, n);
            grams[gram] = grams.GetValueOrDefault(gram) + 1;
        }

        return grams;
    }
}
