using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;
using ChatAgent.Text;

namespace ChatAgent.Nlg;

/// <summary>Reads a finished reply back: a witness that knows the values and the text, and nothing of how the text was made. Immutable and thread-safe.</summary>
/// <remarks>
/// Every value has to be in the text as often as it was given and no more; once the values are struck out, nothing that looks like a fact may remain: no digit,
/// number in words, day, month, clock word, telephone, amount, address, title or name. What agrees in Spanish has to agree. The codes are
/// <list type="bullet">
/// <item>"missing:SLOT", "repeated:SLOT": a value is not there, or too often;</item>
/// <item>"invented:date", "invented:time", "invented:number", "invented:phone", "invented:money", "invented:url", "invented:person", "invented:name": a fact nobody gave;</item>
/// <item>"agreement:SLOT": "la Dr.", "a las 1:00", "de el", "y Ignacia";</item>
/// <item>"unreadable:placeholder", "unreadable:brackets", "unreadable:doubled", "unreadable:cut", "unreadable:marks", "unreadable:spaces", "unreadable:case": no finished text.</item>
/// </list>
/// </remarks>
public sealed partial class SlotChecker : IReplyChecker
{
    /// <summary>Stands for a struck-out value; the checker's own, in no language.</summary>
    private const char Struck = '\uE0FF';

    private readonly Regex? _knownNames;

    /// <summary>A checker that also looks for names that the owner knows: doctors, branches, insurers.</summary>
    /// <param name="knownNames">Names that may stand in a text only as a given value; empty ones are passed over.</param>
    public SlotChecker(IEnumerable<string>? knownNames = null)
    {
        string[] names = [.. (knownNames ?? []).Where(name => !string.IsNullOrWhiteSpace(name)).Select(Regex.Escape).Distinct(StringComparer.Ordinal).OrderByDescending(name => name.Length)];
        _knownNames = names.Length == 0
            ? null
            : new Regex($@"(?<![\p{{L}}\p{{N}}])({string.Join('|', names)})(?![\p{{L}}\p{{N}}])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1));
    }

    /// <inheritdoc/>
    public string? Check(string text, IReadOnlyDictionary<string, string> slots, Language language)
    {
        if (PlaceholderLike().IsMatch(text))
        {
            return "unreadable:placeholder";
        }

        var (rest, problem) = StrikeOut(text, slots, language);
        return problem
            ?? (language == Language.Spanish ? SpanishAgreementOf(text, slots) : EnglishAgreementOf(text, slots))
            ?? Invented(rest, language)
            ?? (language == Language.English && UnaskedQuestion().IsMatch(rest) ? "unreadable:marks" : null)
            ?? Shape(text, rest);
    }

    /// <summary>Strikes the values out, the longest first, and counts them.</summary>
    private static (string Remainder, string? Problem) StrikeOut(string text, IReadOnlyDictionary<string, string> slots, Language language)
    {
        var rest = text;
        foreach (var same in slots.GroupBy(slot => slot.Value, slot => slot.Key, StringComparer.Ordinal).OrderByDescending(same => same.Key.Length).ThenBy(same => same.Key, StringComparer.Ordinal))
        {
            var given = same.Count();
            var found = 0;
            while (Find(rest, same.Key, language) is var (at, length) && at >= 0)
            {
                rest = string.Concat(rest.AsSpan(0, at), Struck.ToString(), rest.AsSpan(at + length));
                found++;
            }

            if (found != given)
            {
                return (rest, $"{(found < given ? "missing" : "repeated")}:{same.Order(StringComparer.Ordinal).First()}");
            }
        }

        return (rest, null);
    }

    /// <summary>Where a value stands as whole words: as it was given, with a capital at the head of a sentence, or its article gone into "al" and "del".</summary>
    private static (int At, int Length) Find(string text, string value, Language language)
    {
        var exact = FindWhole(text, value);
        if (exact >= 0)
        {
            return (exact, value.Length);
        }

        var capital = char.ToUpper(value[0], CultureInfo.InvariantCulture) + value[1..];
        for (var at = FindWhole(text, capital); at >= 0; at = FindWhole(text, capital, at + 1))
        {
            if (IsHeadOfSentence(text, at))
            {
                return (at, value.Length);
            }
        }

        if (language == Language.Spanish && value.StartsWith("el ", StringComparison.Ordinal))
        {
            foreach (var contraction in (ReadOnlySpan<string>)["al ", "del "])
            {
                var joined = contraction + value[3..];
                var at = FindWhole(text, joined);
                if (at >= 0)
                {
                    return (at, joined.Length);
                }
            }
        }

        return (-1, 0);
    }

    private static int FindWhole(string text, string value, int from = 0)
    {
        while (from <= text.Length - value.Length)
        {
            var at = text.IndexOf(value, from, StringComparison.Ordinal);
            if (at < 0)
            {
                return -1;
            }

            var end = at + value.Length;

            // A word goes on through letters and digits; a clock time or a number also through ":" and "." with a digit behind.
            var openBefore = at > 0 && IsWordCharacter(value[0]) && (IsWordCharacter(text[at - 1]) || (at > 1 && char.IsDigit(value[0]) && text[at - 1] is ':' or '.' or ',' && char.IsDigit(text[at - 2])));
            var openAfter = end < text.Length && IsWordCharacter(value[^1])
                && (IsWordCharacter(text[end]) || (end + 1 < text.Length && char.IsDigit(value[^1]) && text[end] is ':' or '.' or ',' && end + 1 < text.Length && char.IsDigit(text[end + 1])));
            if (!openBefore && !openAfter)
            {
                return at;
            }

            from = at + 1;
        }

        return -1;
    }

    private static bool IsWordCharacter(char c) => char.IsLetterOrDigit(c) || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark;

    private static bool IsHeadOfSentence(string text, int at)
    {
        for (var before = at - 1; before >= 0; before--)
        {
            if (text[before] is not (' ' or '¿' or '¡' or '(' or '"' or '«' or '\n'))
            {
                return text[before] is '.' or '?' or '!' or '…';
            }
        }

        return true;
    }

    /// <summary>What remains once the values are struck out and still looks like a fact.</summary>
    private string? Invented(string rest, Language language)
    {
        if (AddressLike().IsMatch(rest))
        {
            return "invented:url";
        }

        if (MoneyLike().IsMatch(rest))
        {
            return "invented:money";
        }

        if (ClockLike().IsMatch(rest))
        {
            return "invented:time";
        }

        if (DayLike().IsMatch(rest))
        {
            return "invented:date";
        }

        if (PhoneLike().IsMatch(rest))
        {
            return "invented:phone";
        }

        if (rest.Any(char.IsDigit))
        {
            return "invented:number";
        }

        if (TitleLike().IsMatch(rest))
        {
            return "invented:person";
        }

        if (_knownNames?.IsMatch(rest) == true)
        {
            return "invented:name";
        }

        var (numbers, days, hours) = language == Language.Spanish ? (SpanishNumbers, SpanishDays, SpanishHours) : (EnglishNumbers, EnglishDays, EnglishHours);
        foreach (var word in Words().EnumerateMatches(rest))
        {
            var shown = rest.AsSpan(word.Index, word.Length);
            var lower = shown.ToString().ToLowerInvariant();
            if (numbers.Contains(lower))
            {
                return "invented:number";
            }

            if (days.Contains(lower))
            {
                return "invented:date";
            }

            if (hours.Contains(lower))
            {
                return "invented:time";
            }

            if (char.IsUpper(shown[0]) && !IsHeadOfSentence(rest, word.Index) && !NoNames.Contains(shown.ToString()))
            {
                return "invented:name";
            }
        }

        return null;
    }

    private static string? SpanishAgreementOf(string text, IReadOnlyDictionary<string, string> slots)
    {
        if (UncontractedArticle().IsMatch(text))
        {
            return "agreement:article";
        }

        foreach (var (slot, value) in slots)
        {
            var at = FindWhole(text, value);
            if (at <= 0)
            {
                continue;
            }

            var before = text[..at].TrimEnd(' ').Split(' ')[^1].TrimStart('¿', '¡', '(').ToLower(CultureInfo.InvariantCulture);
            var person = PersonWithTitle().Match(value);
            if (person.Success)
            {
                // The title's own ending tells; where it does not ("Psic."), either article is a reading of the name.
                var title = person.Groups["title"].Value;
                var woman = title[^1] == 'a';
                var man = title[^1] is 'o' or 'r';
                if ((woman && before is "el" or "del" or "al") || (man && before is "la"))
                {
                    return $"agreement:{slot}";
                }
            }
            else if (ClockValue().Match(value) is { Success: true } clock)
            {
                var one = clock.Groups["hour"].Value.TrimStart('0') == "1";
                if ((one && before == "las") || (!one && before == "la"))
                {
                    return $"agreement:{slot}";
                }
            }

            var first = char.ToLowerInvariant(value[0]);
            var sound = first == 'h' && value.Length > 1 ? char.ToLowerInvariant(value[1]) : first;
            var next = value.SkipWhile(c => char.ToLowerInvariant(c) == 'h').Skip(1).FirstOrDefault();
            var vocalic = sound is 'i' or 'í' && "aeoáéó".Contains(char.ToLowerInvariant(next), StringComparison.Ordinal);
            if ((before == "y" && sound is 'i' or 'í' && before == "y" && !vocalic) || (before == "o" && sound is 'o' or 'ó' && before == "o"))
            {
                return $"agreement:{slot}";
            }
        }

        return null;
    }

    private static string? EnglishAgreementOf(string text, IReadOnlyDictionary<string, string> slots)
    {
        foreach (var (slot, value) in slots)
        {
            var at = FindWhole(text, value);
            var before = at <= 0 ? string.Empty : text[..at].TrimEnd(' ').Split(' ')[^1].ToLowerInvariant();
            var vowel = "aeio".Contains(char.ToLowerInvariant(value[0]), StringComparison.Ordinal);
            if ((before == "a" && vowel && !value.StartsWith("one", StringComparison.OrdinalIgnoreCase) && !value.StartsWith("eu", StringComparison.OrdinalIgnoreCase))
                || (before == "an" && char.IsLetter(value[0]) && !vowel && char.ToLowerInvariant(value[0]) is not ('u' or 'h')))
            {
                return $"agreement:{slot}";
            }
        }

        return null;
    }

    /// <summary>Whether the text stands as a whole: closed, ended, written once.</summary>
    private static string? Shape(string text, string rest)
    {
        if (rest.Count(c => c == '(') != rest.Count(c => c == ')'))
        {
            return "unreadable:brackets";
        }

        if (rest.Count(c => c == '¿') > rest.Count(c => c == '?') || rest.Count(c => c == '¡') > rest.Count(c => c == '!') || DoubledMarks().IsMatch(rest))
        {
            return "unreadable:marks";
        }

        if (DoubledWord().IsMatch(rest))
        {
            return "unreadable:doubled";
        }

        if (text.Length == 0 || text[^1] is not ('.' or '?' or '!' or '…'))
        {
            return "unreadable:cut";
        }

        if (StrayBlank().IsMatch(rest))
        {
            return "unreadable:spaces";
        }

        return LowerHead().IsMatch(rest) ? "unreadable:case" : null;
    }

    private const RegexOptions Plain = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private const RegexOptions AnyCase = Plain | RegexOptions.IgnoreCase;
    private const int Milliseconds = 1000;

    /// <summary>Words with a capital that are no names.</summary>
    private static readonly FrozenSet<string> NoNames = FrozenSet.ToFrozenSet(["I", "I'm", "I'll", "I've", "I'd", "RUT", "OK", "English", "Spanish"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> SpanishNumbers = FrozenSet.ToFrozenSet(
        [
            "cero", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce", "trece", "catorce", "quince", "dieciséis", "diecisiete", "dieciocho",
            "diecinueve", "veinte", "veintiuno", "veinticinco", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa", "cien", "ciento", "doscientos", "quinientos",
            "mil", "millón", "millones", "docena", "segundo", "tercer", "tercero", "cuarto", "quinto", "ambas", "ambos", "doble", "mitad",
        ],
        StringComparer.Ordinal);

    private static readonly FrozenSet<string> EnglishNumbers = FrozenSet.ToFrozenSet(
        [
            "zero", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
            "nineteen", "twenty", "thirty", "forty", "fifty", "sixty", "hundred", "thousand", "million", "dozen", "third", "fourth", "fifth", "half", "twice",
        ],
        StringComparer.Ordinal);

    private static readonly FrozenSet<string> SpanishDays = FrozenSet.ToFrozenSet(
        [
            "lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo", "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
            "noviembre", "diciembre", "hoy", "mañana", "ayer", "anteayer", "anoche", "feriado",
        ],
        StringComparer.Ordinal);

    private static readonly FrozenSet<string> EnglishDays = FrozenSet.ToFrozenSet(
        [
            "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "april", "june", "july", "august", "september", "october", "november",
            "december", "today", "tomorrow", "yesterday", "tonight", "weekend",
        ],
        StringComparer.Ordinal);

    private static readonly FrozenSet<string> SpanishHours = FrozenSet.ToFrozenSet(["mediodía", "medianoche", "madrugada", "hrs"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> EnglishHours = FrozenSet.ToFrozenSet(["noon", "midnight", "o'clock"], StringComparer.Ordinal);

    [GeneratedRegex(@"\{|\}|<[/a-z]|</?s>|<unk>", AnyCase, Milliseconds)]
    private static partial Regex PlaceholderLike();

    [GeneratedRegex(@"://|www\.|\S@\S|[a-z0-9\-]\.(cl|com|org|net|es|example|io|dev)\b|\S/\S", AnyCase, Milliseconds)]
    private static partial Regex AddressLike();

    [GeneratedRegex(@"[$€£]|\b([Pp]esos|UF|UTM|USD|CLP|[Dd]ollars?|[Dd]ólar(es)?|[Ee]uros?)\b", Plain, Milliseconds)]
    private static partial Regex MoneyLike();

    [GeneratedRegex(@"\d{1,2} ?(:|h\b|hrs\b|am\b|pm\b|a\.m|p\.m)", AnyCase, Milliseconds)]
    private static partial Regex ClockLike();

    [GeneratedRegex(@"\d{1,4}[/\-]\d{1,2}|\d{1,2} de \p{L}|\d(st|nd|rd|th)\b", AnyCase, Milliseconds)]
    private static partial Regex DayLike();

    [GeneratedRegex(@"\+\d|\d[\d \-]{6,}\d|\*\d{3,}", Plain, Milliseconds)]
    private static partial Regex PhoneLike();

    [GeneratedRegex(@"(?<!\p{L})(Dra?|Sra?|Srta|Klg[oa]|Psic|Mat|Nut|Flg[oa]|Mr|Mrs|Ms|Prof|Av)\.", Plain, Milliseconds)]
    private static partial Regex TitleLike();

    [GeneratedRegex(@"\p{L}[\p{L}\p{M}'’]*", Plain, Milliseconds)]
    private static partial Regex Words();

    [GeneratedRegex(@"(?<!\p{L})([Dd]e|[Aa]) el (?!\p{Lu})", Plain, Milliseconds)]
    private static partial Regex UncontractedArticle();

    [GeneratedRegex(@"^(?<title>\p{Lu}\p{L}+)\.", Plain, Milliseconds)]
    private static partial Regex PersonWithTitle();

    [GeneratedRegex(@"^(?<hour>\d{1,2}):\d\d", Plain, Milliseconds)]
    private static partial Regex ClockValue();

    [GeneratedRegex(@"[.,;:] ?[.,;:]|\?\?|!!|[¿¡] ?[?!.,;:]|\( ?\)|, ?[)?!]|^[,;:.?!)]", Plain, Milliseconds)]
    private static partial Regex DoubledMarks();

    /// <summary>English has no mark that opens a question: it is told by its first words ("Should you be late, ..." asks nothing).</summary>
    [GeneratedRegex(@"(^|[.?!] )(Could|Would|Will|Can|Do|Does|Are|Is|Shall) (you|I|we|it|that|this)\b[^.?!]*\.", Plain, Milliseconds)]
    private static partial Regex UnaskedQuestion();

    [GeneratedRegex(@"(?<!\p{L})(?<word>\p{L}+) \k<word>(?!\p{L})", AnyCase, Milliseconds)]
    private static partial Regex DoubledWord();

    [GeneratedRegex(@"  |^ | $| [.,;:?!)]|[¿¡(] ", Plain, Milliseconds)]
    private static partial Regex StrayBlank();

    [GeneratedRegex(@"(^|[.?!…] )[¿¡(]*\p{Ll}", Plain, Milliseconds)]
    private static partial Regex LowerHead();
}
