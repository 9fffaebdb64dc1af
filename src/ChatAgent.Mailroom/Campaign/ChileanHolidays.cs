using NodaTime;

namespace ChatAgent.Mailroom;

/// <summary>Public holidays of the whole of Chile, without election days and those of single regions or towns.</summary>
/// <remarks>
/// Sources: laws 2.977 (list), 19.668 (29 June and 12 October on Mondays), 20.148 (16 July), 20.215 and 20.983 (17 and 20 September, 2 January), 20.299 (31 October
/// beside a weekend), 21.357 (day of the winter solstice). The solstice is that of Meeus, "Astronomical Algorithms", table 27.b, without its periodic terms: at most
/// 20 minutes off, and not within two hours of a midnight of Santiago between 2021 and 2060.
/// </remarks>
public static class ChileanHolidays
{
    private static readonly DateTimeZone Santiago = DateTimeZoneProviders.Tzdb["America/Santiago"];

    /// <summary>Whether a day is one.</summary>
    public static bool Contains(LocalDate day) => Of(day.Year).Contains(day);

    /// <summary>The holidays of a year, 2021 to 2100, in order.</summary>
    public static IReadOnlyList<LocalDate> Of(int year)
    {
        var easter = EasterSunday(year);
        var days = new SortedSet<LocalDate>
        {
            new(year, 1, 1),
            easter.PlusDays(-2),
            easter.PlusDays(-1),
            new(year, 5, 1),
            new(year, 5, 21),
            WinterSolstice(year),
            ToMonday(new(year, 6, 29)),
            new(year, 7, 16),
            new(year, 8, 15),
            new(year, 9, 18),
            new(year, 9, 19),
            ToMonday(new(year, 10, 12)),
            BesideWeekend(new(year, 10, 31)),
            new(year, 11, 1),
            new(year, 12, 8),
            new(year, 12, 25),
        };
        if (new LocalDate(year, 1, 1).DayOfWeek == IsoDayOfWeek.Sunday)
        {
            days.Add(new(year, 1, 2));
        }

        switch (new LocalDate(year, 9, 18).DayOfWeek)
        {
            case IsoDayOfWeek.Tuesday or IsoDayOfWeek.Saturday:
                days.Add(new(year, 9, 17));
                break;
            case IsoDayOfWeek.Wednesday:
                days.Add(new(year, 9, 20));
                break;
        }

        return [.. days];
    }

    /// <summary>Tuesday to Thursday: the Monday before; Friday: the Monday after.</summary>
    private static LocalDate ToMonday(LocalDate day) => day.DayOfWeek switch
    {
        IsoDayOfWeek.Tuesday or IsoDayOfWeek.Wednesday or IsoDayOfWeek.Thursday => day.Previous(IsoDayOfWeek.Monday),
        IsoDayOfWeek.Friday => day.Next(IsoDayOfWeek.Monday),
        _ => day,
    };

    /// <summary>Tuesday: the Friday before; Wednesday: the Friday after.</summary>
    private static LocalDate BesideWeekend(LocalDate day) => day.DayOfWeek switch
    {
        IsoDayOfWeek.Tuesday => day.Previous(IsoDayOfWeek.Friday),
        IsoDayOfWeek.Wednesday => day.Next(IsoDayOfWeek.Friday),
        _ => day,
    };

    /// <summary>Gregorian computus (Meeus, chapter 8).</summary>
    private static LocalDate EasterSunday(int year)
    {
        var (a, b, c) = (year % 19, year / 100, year % 100);
        var h = ((19 * a) + b - (b / 4) - ((b - ((b + 8) / 25) + 1) / 3) + 15) % 30;
        var l = (32 + (2 * (b % 4)) + (2 * (c / 4)) - h - (c % 4)) % 7;
        var m = (a + (11 * h) + (22 * l)) / 451;
        var n = h + l - (7 * m) + 114;
        return new LocalDate(year, n / 31, (n % 31) + 1);
    }

    private static LocalDate WinterSolstice(int year)
    {
        var y = (year - 2000) / 1000.0;
        var julian = 2451716.56767 + (365241.62603 * y) + (0.00325 * y * y) + (0.00888 * y * y * y) - (0.00030 * y * y * y * y);
        return Instant.FromJulianDate(julian).InZone(Santiago).Date;
    }
}
