using System.Text.RegularExpressions;

namespace ChatAgent.Nlg;

/// <summary>Reads the eight slots of the E2E benchmark out of a text by patterns written by hand, and counts what differs from the meaning.</summary>
/// <remarks>
/// The search and the model know nothing of these patterns. An error is a given value that the text does not say, or says otherwise (one error, not two), and a slot that the
/// text says and nobody gave. Amounts and words of one height are one value: a text may say "cheap" of "less than £20", and "highly rated" of "5 out of 5".
/// </remarks>
public static partial class E2ESlotReader
{
    private static readonly (string Slot, string Value, Regex Pattern)[] Patterns =
    [
        ("area", "city centre", CityCentre()), ("area", "riverside", Riverside()),
        ("eat_type", "coffee shop", Coffee()), ("eat_type", "pub", Pub()), ("eat_type", "restaurant", Restaurant()),
        ("food", "chinese", Chinese()), ("food", "english", English()), ("food", "fast food", FastFood()), ("food", "french", French()), ("food", "indian", Indian()), ("food", "italian", Italian()), ("food", "japanese", Japanese()),
        ("customer_rating", "1 out of 5", One()), ("customer_rating", "low", Low()), ("customer_rating", "3 out of 5", Three()), ("customer_rating", "average", Average()), ("customer_rating", "5 out of 5", Five()), ("customer_rating", "high", High()),
        ("price_range", "cheap", Cheap()), ("price_range", "less than £20", Under20()), ("price_range", "moderate", Moderate()), ("price_range", "£20-25", Between()), ("price_range", "high", Dear()), ("price_range", "more than £30", Over30()),
    ];

    private static readonly string[][] SameHeight = [["1 out of 5", "low"], ["3 out of 5", "average"], ["5 out of 5", "high"], ["cheap", "less than £20"], ["moderate", "£20-25"], ["high", "more than £30"]];

    /// <summary>Whether every slot is one of the eight.</summary>
    public static bool Knows(IReadOnlyDictionary<string, string> slots) =>
        slots.Keys.All(slot => slot is "name" or "near" or "area" or "eat_type" or "food" or "customer_rating" or "price_range" or "family_friendly");

    /// <summary>Number of errors in a text.</summary>
    /// <param name="text">What was said.</param>
    /// <param name="slots">The meaning; <see cref="Knows"/> it.</param>
    public static int Errors(string text, IReadOnlyDictionary<string, string> slots) => Problems(text, slots).Count;

    /// <summary>"missing:food", "wrong:area", "added:price_range", one for each error.</summary>
    public static IReadOnlyList<string> Problems(string text, IReadOnlyDictionary<string, string> slots)
    {
        var problems = new List<string>();
        var rest = ValueFinder.Fold(text);
        foreach (var slot in (ReadOnlySpan<string>)["name", "near"])
        {
            if (!slots.TryGetValue(slot, out var value))
            {
                continue;
            }

            // A name may hold a word that looks like a value ("Café Rouge", "Raja Indian Cuisine").
            var form = ValueFinder.FormsOf(value).FirstOrDefault(form => ValueFinder.Occurrences(rest, form).Any());
            if (form is null)
            {
                problems.Add($"missing:{slot}");
            }
            else
            {
                rest = rest.Replace(form, "#", StringComparison.Ordinal);
            }
        }

        foreach (var group in Patterns.GroupBy(pattern => pattern.Slot, StringComparer.Ordinal))
        {
            Judge(group.Key, [.. group.Where(pattern => pattern.Pattern.IsMatch(rest)).Select(pattern => pattern.Value)], slots, problems);
        }

        Judge("family_friendly", FamilyOf(rest), slots, problems);
        return problems;
    }

    private static void Judge(string slot, string[] said, IReadOnlyDictionary<string, string> slots, List<string> problems)
    {
        if (slots.TryGetValue(slot, out var value))
        {
            var wanted = ValueFinder.Fold(value);
            string[] allowed = Array.Find(SameHeight, height => slot is "customer_rating" or "price_range" && height.Contains(wanted, StringComparer.Ordinal)) ?? [wanted];
            if (said.Length == 0)
            {
                problems.Add($"missing:{slot}");
            }
            else if (!said.All(one => allowed.Contains(one, StringComparer.Ordinal)))
            {
                problems.Add($"wrong:{slot}");
            }
        }
        else if (said.Length > 0 && slot != "eat_type")
        {
            // "restaurant" is said of any place that serves food.
            problems.Add($"added:{slot}");
        }
        else if (said.Any(one => one != "restaurant"))
        {
            problems.Add($"added:{slot}");
        }
    }

    private static string[] FamilyOf(string text) => NotForFamilies().IsMatch(text) ? [SlotLexicon.No] : ForFamilies().IsMatch(text) ? [SlotLexicon.Yes] : [];

    private const RegexOptions Plain = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private const int Milliseconds = 1000;

    [GeneratedRegex(@"\b(city|town)('s)? (cent(er|re)|area)|\bcent(er|re) of (the )?(city|town)|\bdowntown\b|\bin the (city|cent(er|re))\b|\bcity[- ]cent", Plain, Milliseconds)]
    private static partial Regex CityCentre();

    [GeneratedRegex(@"\briver", Plain, Milliseconds)]
    private static partial Regex Riverside();

    [GeneratedRegex(@"\bcoffee|\bcafe", Plain, Milliseconds)]
    private static partial Regex Coffee();

    [GeneratedRegex(@"\bpubs?\b", Plain, Milliseconds)]
    private static partial Regex Pub();

    [GeneratedRegex(@"\brestaurants?\b", Plain, Milliseconds)]
    private static partial Regex Restaurant();

    [GeneratedRegex(@"\bchinese", Plain, Milliseconds)]
    private static partial Regex Chinese();

    [GeneratedRegex(@"\b(english|british)", Plain, Milliseconds)]
    private static partial Regex English();

    [GeneratedRegex(@"\bfast[- ]?food", Plain, Milliseconds)]
    private static partial Regex FastFood();

    [GeneratedRegex(@"\bfrench", Plain, Milliseconds)]
    private static partial Regex French();

    [GeneratedRegex(@"\bindian", Plain, Milliseconds)]
    private static partial Regex Indian();

    [GeneratedRegex(@"\bitalian", Plain, Milliseconds)]
    private static partial Regex Italian();

    [GeneratedRegex(@"\bjapanese", Plain, Milliseconds)]
    private static partial Regex Japanese();

    [GeneratedRegex(@"\b(1|one)[- ]?(out of|of|/|stars?)", Plain, Milliseconds)]
    private static partial Regex One();

    [GeneratedRegex(@"\b(low|poor|bad)(ly)?[- ](customer |quality )?(rat|review|customer)|\brat(ed|ing|ings)( (is|are|as|of))?( very| quite)? (low|poor|bad)|\bpoorly\b", Plain, Milliseconds)]
    private static partial Regex Low();

    [GeneratedRegex(@"\b(3|three)[- ]?(out of|of|/|stars?)", Plain, Milliseconds)]
    private static partial Regex Three();

    [GeneratedRegex(@"\b(average|moderate|decent|mediocre)(ly)?[- ](customer |quality )?(rat|review|customer)|\brat(ed|ing|ings)( (is|are|as|of))?( an?)? (average|moderate)", Plain, Milliseconds)]
    private static partial Regex Average();

    [GeneratedRegex(@"\b(5|five)[- ]?(out of|of|/|stars?)(?! ?(1|one|3|three))", Plain, Milliseconds)]
    private static partial Regex Five();

    [GeneratedRegex(@"\b(high|excellent|great|good|top|outstanding)(ly)?[- ](customer |quality )?(rat|review|customer)|\brat(ed|ing|ings)( (is|are|as|of))?( very)? (high|excellent)", Plain, Milliseconds)]
    private static partial Regex High();

    [GeneratedRegex(@"\b(cheap|inexpensive|affordabl|low[- ](cost|price)|lower[- ]price|budget)|\bpric(e|es|ing)( range)?( is| are)? (cheap|low)|\blow[- ]?(range )?pric", Plain, Milliseconds)]
    private static partial Regex Cheap();

    [GeneratedRegex(@"\b(less|lower|cheaper) than £? ?(20|twenty)|\b(under|below|up to|within) £? ?(20|twenty)|£ ?20 (or|and) (less|under|below)", Plain, Milliseconds)]
    private static partial Regex Under20();

    [GeneratedRegex(@"\b(moderate|mid|medium|average|reasonabl[ey]|middle)(ly)?[- ](range[- ]|range of )?(pric|cost|range)|\bpric(e|es|ing)( range)?( (is|are|of))?( an?)? (moderate|average|medium|reasonable)|\bmoderate(ly)? pric", Plain, Milliseconds)]
    private static partial Regex Moderate();

    [GeneratedRegex(@"£? ?20 ?(-|–|to|and) ?£? ?25", Plain, Milliseconds)]
    private static partial Regex Between();

    [GeneratedRegex(@"(?<!in)(?<!less )\bexpensive|\b(high|higher|highly|upper)[- ](end )?(pric|cost|range)|\bpric(e|es|ing)( range)?( (is|are|of))?( a| the)?( bit)? (high|higher|expensive)|\bhigh[- ]end\b|\bcostly", Plain, Milliseconds)]
    private static partial Regex Dear();

    [GeneratedRegex(@"\b(more|greater|higher) than £? ?30|\b(over|above|from|at|exceed\w*) £? ?30|£ ?30 (or|and) (more|above|over|up)", Plain, Milliseconds)]
    private static partial Regex Over30();

    [GeneratedRegex(@"\badults?\b|\b(not?|non|isn't|aren't|doesn't|don't|without|never|neither)\b[ -]?(\w+[ -]){0,4}(famil|kid|child|all ages)|\b(famil|kid|child)\w*[ -](un|non[- ]?)friendly|\b(famil|kid|child)\w*( \w+)? (are|is)(n't| not) |\b(famil|kid|child)\w*[- ]friendly:? no\b", Plain, Milliseconds)]
    private static partial Regex NotForFamilies();

    [GeneratedRegex(@"\b(famil|kid|child)|\ball ages", Plain, Milliseconds)]
    private static partial Regex ForFamilies();
}
