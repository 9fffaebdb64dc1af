using System.Globalization;
using ChatAgent.Nlu.Times;
using ChatAgent.Text;
using NodaTime;

namespace ChatAgent.Nlu.Distance;

/// <summary>Finds what must agree exactly: numbers, ordinals, shares, dates, hours, lengths of time, numbers of laws.</summary>
/// <remarks>A weekday or a day without a year is read from a fixed Monday, so that two texts written alike mean the same. Thread-safe.</remarks>
internal static class ValueReader
{
    private static readonly LocalDateTime _reference = new(2026, 1, 5, 8, 0);

    /// <summary>The values of a text, in its order, none overlapping.</summary>
    public static List<TextValue> Read(string text, IReadOnlyList<Token> tokens, Language language)
    {
        var values = new List<TextValue>();
        for (var i = 0; i < tokens.Count; i++)
        {
            if (OwnValue(tokens, i, language) is { } own)
            {
                values.Add(own);
                i = own.End - 1;
            }
        }

        foreach (var found in TimeExpressionParser.Parse(text, new TimeParseOptions { Reference = _reference, Language = language, Numbers = true }))
        {
            var (first, end) = (0, 0);
            for (var i = 0; i < tokens.Count; i++)
            {
                if (tokens[i].Span.Overlaps(found.Span))
                {
                    (first, end) = (end == 0 ? i : first, i + 1);
                }
            }

            // "ocho horas antes del examen": eight hours, whatever they are before.
            if (found.Kind == TimeKind.Instant && end - first > 2 && tokens[end - 1].Folded is "antes" or "despues" or "before" or "after" or "later" or "earlier"
                && TimeExpressionParser.Parse(text[tokens[first].Span.Start..tokens[end - 2].Span.End], new TimeParseOptions { Reference = _reference, Language = language }) is [{ Length: { } length }])
            {
                values.Add(new TextValue(first, end - 1, ValueKind.Length, Length(length)));
                continue;
            }

            if (end > 0 && !values.Exists(v => v.First < end && first < v.End))
            {
                values.AddRange(Of(found, first, end, tokens));
            }
        }

        values.Sort(static (a, b) => a.First.CompareTo(b.First));
        return values;
    }

    /// <summary>What the grammar of times does not read: 19.496 as one number, percentages, halves, dozens, ordinals.</summary>
    private static TextValue? OwnValue(IReadOnlyList<Token> tokens, int i, Language language)
    {
        var word = tokens[i].Folded;
        var next = i + 1 < tokens.Count ? tokens[i + 1].Folded : string.Empty;
        var previous = i > 0 ? tokens[i - 1].Folded : string.Empty;
        if (tokens[i].Kind is TokenKind.Number && Number(tokens[i].Text, language) is { } number)
        {
            var percent = next is "%" ? 2 : next is "por" or "per" && i + 2 < tokens.Count && tokens[i + 2].Folded is "ciento" or "cent" ? 3 : next is "percent" ? 2 : 0;
            if (percent > 0)
            {
                return new TextValue(i, i + percent, ValueKind.Share, Text(number));
            }

            // "3.000", "19.496": the grammar of times would read two numbers.
            return tokens[i].Text.AsSpan().ContainsAny('.', ',') ? new TextValue(i, i + 1, ValueKind.Number, Text(number)) : null;
        }

        if (language == Language.Spanish)
        {
            if (word is "diez" or "veinte" or "treinta" or "cuarenta" or "cincuenta" or "cien" && next == "por" && i + 2 < tokens.Count && tokens[i + 2].Folded == "ciento")
            {
                var share = word switch { "diez" => 10, "veinte" => 20, "treinta" => 30, "cuarenta" => 40, "cincuenta" => 50, _ => 100 };
                return new TextValue(i, i + 3, ValueKind.Share, Text(share));
            }

            if (word is "mediodia")
            {
                return new TextValue(i, i + 1, ValueKind.Time, "12:00");
            }

            if (word == "mitad")
            {
                return new TextValue(i, i + 1, ValueKind.Share, "50");
            }

            if (word == "tercio" && previous == "un")
            {
                return new TextValue(i, i + 1, ValueKind.Share, Text(100 / 3m));
            }

            if (word == "docena" || (word == "par" && previous == "un" && next == "de"))
            {
                return new TextValue(i, i + 1, ValueKind.Number, word == "docena" ? "12" : "2");
            }

            var ordinal = word switch
            {
                "primer" or "primera" => 1,
                "primero" => previous is "en" or "el" or "salio" ? 1 : 0,
                "segundo" or "segunda" => next is "hora" ? 0 : 2,
                "tercer" or "tercero" or "tercera" => next is "edad" ? 0 : 3,
                "cuarto" or "cuarta" => next is "piso" or "lugar" or "año" or "ano" or "dia" or "hijo" or "vez" or "puesto" ? 4 : 0,
                "quinto" or "quinta" => 5,
                "sexto" or "sexta" => 6,
                "septimo" or "septima" => 7,
                "octavo" or "octava" => 8,
                "noveno" or "novena" => 9,
                "decimo" or "decima" => 10,
                _ => 0,
            };
            return ordinal > 0 ? new TextValue(i, i + 1, ValueKind.Number, Text(ordinal)) : null;
        }

        if (word == "dozen" || (word == "couple" && previous == "a"))
        {
            return new TextValue(i, i + 1, ValueKind.Number, word == "dozen" ? "12" : "2");
        }

        if (word is "half" && next is "of" or "the")
        {
            return new TextValue(i, i + 1, ValueKind.Share, "50");
        }

        var english = previous is "the" or "my" or "his" or "her" ? Array.IndexOf(_englishOrdinals, word) : -1;
        return english >= 0 ? new TextValue(i, i + 1, ValueKind.Number, Text(english + 1)) : null;
    }

    private static readonly string[] _englishOrdinals = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

    private static IEnumerable<TextValue> Of(TimeExpression found, int first, int end, IReadOnlyList<Token> tokens)
    {
        switch (found.Kind)
        {
            case TimeKind.Number:
                // "un", "a": an article more often than a count, and "1" is what it is as a numeral.
                if (found.Values[0] != "1")
                {
                    yield return new TextValue(first, end, ValueKind.Number, found.Values[0]);
                }

                break;
            case TimeKind.Duration when found.Length is { } length:
                yield return new TextValue(first, end, ValueKind.Length, Length(length));
                break;
            case TimeKind.Instant or TimeKind.Date or TimeKind.Time when found.From is not null || found.Start is not null:
                if (found.From is { } day)
                {
                    yield return new TextValue(first, end, ValueKind.Day, day.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture));
                }

                if (found.Start is { } hour)
                {
                    yield return new TextValue(first, end, ValueKind.Time, hour.ToString("HH:mm", CultureInfo.InvariantCulture));
                }

                break;
            default:
                yield return new TextValue(first, end, found.Kind == TimeKind.Recurrence ? ValueKind.Recurrence : ValueKind.Period, found.Values[0]);
                break;
        }
    }

    /// <summary>Days, hours and minutes in minutes; months as thirty days, years as twelve of them: "90 días" is "3 meses".</summary>
    private static string Length(Period length) =>
        Text((((((length.Years * 12m) + length.Months) * 30) + (length.Weeks * 7m) + length.Days) * 1440) + (length.Hours * 60m) + length.Minutes + (length.Seconds / 60m));

    private static decimal? Number(string typed, Language language)
    {
        var (group, point) = language == Language.English ? (',', '.') : ('.', ',');
        var digits = new string([.. typed.Where(c => c != group).Select(c => c == point ? '.' : c).Where(static c => char.IsAsciiDigit(c) || c == '.')]);

        // "3.5" in a Spanish text is no thousands.
        var parts = typed.Split(group);
        if (parts.Length > 1 && parts.Skip(1).Any(static p => p.TakeWhile(char.IsAsciiDigit).Count() != 3))
        {
            digits = new string([.. typed.Select(c => c == ',' ? '.' : c).Where(static c => char.IsAsciiDigit(c) || c == '.')]);
        }

        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static string Text(decimal number) => number.ToString("0.####", CultureInfo.InvariantCulture);
}
