using System.Globalization;
using ChatAgent.Text;
using NodaTime;

namespace ChatAgent.Dialogs;

/// <summary>Words days, hours and lists the way slots hold them (corpora/clinic/nlg/README.md): no article before a date or a time, 24 hours.</summary>
public static class SlotWording
{
    private static readonly string[] SpanishDays = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];

    private static readonly string[] SpanishMonths =
        ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"];

    private static readonly string[] EnglishDays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    private static readonly string[] EnglishMonths =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    /// <summary>"martes 28 de abril", "Tuesday 28 April".</summary>
    public static string Date(LocalDate date, Language language) => language == Language.English
        ? $"{EnglishDays[(int)date.DayOfWeek - 1]} {date.Day} {EnglishMonths[date.Month - 1]}"
        : $"{SpanishDays[(int)date.DayOfWeek - 1]} {date.Day} de {SpanishMonths[date.Month - 1]}";

    /// <summary>"9:00", "16:30".</summary>
    public static string Time(LocalTime time) => time.ToString("H:mm", CultureInfo.InvariantCulture);

    /// <summary>"el martes 28 de abril a las 9:00 o el jueves 30 de abril a las 10:30"; hours of one day share its name.</summary>
    public static string Options(IEnumerable<LocalDateTime> starts, Language language)
    {
        var on = language == Language.English ? string.Empty : "el ";
        var worded = new List<string>();
        LocalDate? day = null;
        foreach (var start in starts)
        {
            var at = language == Language.English ? "at" : start.Hour == 1 ? "a la" : "a las";
            worded.Add(day == start.Date ? $"{at} {Time(start.TimeOfDay)}" : $"{on}{Date(start.Date, language)} {at} {Time(start.TimeOfDay)}");
            day = start.Date;
        }

        return Or(worded, language);
    }

    /// <summary>One hour by itself, as a button says it: "El martes 28 de abril a las 9:00", "Tuesday 28 April at 9:00".</summary>
    public static string Button(LocalDateTime start, Language language)
    {
        var text = Options([start], language);
        return char.ToUpperInvariant(text[0]) + text[1..];
    }

    /// <summary>"a, b o c", "a, b or c".</summary>
    public static string Or(IReadOnlyList<string> items, Language language) => items.Count switch
    {
        0 => string.Empty,
        1 => items[0],
        _ => $"{string.Join(", ", items.Take(items.Count - 1))} {(language == Language.English ? "or" : "o")} {items[^1]}",
    };
}
