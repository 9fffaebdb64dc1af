using NodaTime;

namespace ChatAgent.Nlu.Times;

/// <summary>Names of weekdays and months, with the spellings that hurried thumbs give them.</summary>
internal sealed class TimeVocabulary
{
    private readonly Dictionary<string, int> _weekdays;
    private readonly Dictionary<string, int> _weekdayShorts;
    private readonly Dictionary<string, int> _months;
    private readonly Dictionary<string, int> _monthShorts;

    private TimeVocabulary(string weekdays, string weekdayShorts, string months, string monthShorts)
    {
        _weekdays = Table(weekdays);
        _weekdayShorts = Table(weekdayShorts);
        _months = Table(months);
        _monthShorts = Table(monthShorts);
    }

    public static TimeVocabulary Spanish { get; } = new(
        "lunes=1 martes=2 miercoles=3 jueves=4 viernes=5 sabado=6 sabados=6 domingo=7 domingos=7",
        "lun=1 mar=2 mie=3 mier=3 mierc=3 jue=4 vie=5 vier=5 sab=6 dom=7 lu=1 ma=2 mi=3 ju=4 vi=5 sa=6 do=7",
        "enero=1 febrero=2 marzo=3 abril=4 mayo=5 junio=6 julio=7 agosto=8 septiembre=9 setiembre=9 octubre=10 noviembre=11 diciembre=12",
        "ene=1 feb=2 mar=3 abr=4 may=5 jun=6 jul=7 ago=8 agos=8 sep=9 sept=9 set=9 oct=10 nov=11 dic=12");

    public static TimeVocabulary English { get; } = new(
        "monday=1 tuesday=2 wednesday=3 thursday=4 friday=5 saturday=6 sunday=7 mondays=1 tuesdays=2 wednesdays=3 thursdays=4 fridays=5 saturdays=6 sundays=7 thurs=4 tues=2",
        "mon=1 tue=2 wed=3 weds=3 thu=4 thur=4 fri=5 sat=6 sun=7",
        "january=1 february=2 march=3 april=4 may=5 june=6 july=7 august=8 september=9 october=10 november=11 december=12",
        "jan=1 feb=2 mar=3 apr=4 may=5 jun=6 jul=7 aug=8 sep=9 sept=9 oct=10 nov=11 dec=12");

    /// <summary>The weekday whose full name this is, one slip allowed; null for other words.</summary>
    public IsoDayOfWeek? Weekday(string word) => Find(_weekdays, word) is { } day ? (IsoDayOfWeek)day : null;

    /// <summary>The weekday that a short form stands for ("mar", "ju"); the caller makes sure that a number stands beside it.</summary>
    public IsoDayOfWeek? WeekdayShort(string word) => _weekdayShorts.TryGetValue(word, out var day) ? (IsoDayOfWeek)day : null;

    /// <summary>The month whose full name this is, one slip allowed in long names.</summary>
    public int? Month(string word) => Find(_months, word);

    /// <summary>The month that a short form stands for.</summary>
    public int? MonthShort(string word) => _monthShorts.TryGetValue(word, out var month) ? month : null;

    private static int? Find(Dictionary<string, int> names, string word)
    {
        if (names.TryGetValue(word, out var number))
        {
            return number;
        }

        if (word.Length < 4)
        {
            return null;
        }

        foreach (var (name, value) in names)
        {
            if (IsSlipOf(word, name))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>One letter left out, doubled, swapped with its neighbour, or (in names of seven letters and more, where no other word is so near) replaced; the first letter stays.</summary>
    private static bool IsSlipOf(string word, string name)
    {
        // Short names have neighbours of their own: "mayor", "junto", "abrir", "unes", "enfermo".
        if (name.Length < 5 || word[0] != name[0] || Math.Abs(word.Length - name.Length) > 1)
        {
            return false;
        }

        if (name is "enero" or "marzo" or "abril" or "junio" or "julio" or "march" or "april" or "august" or "agosto")
        {
            return false;
        }

        var i = 0;
        while (i < word.Length && i < name.Length && word[i] == name[i])
        {
            i++;
        }

        var typed = word.AsSpan(i);
        var meant = name.AsSpan(i);
        return (word.Length - name.Length) switch
        {
            -1 => typed.SequenceEqual(meant[1..]),
            1 => typed[1..].SequenceEqual(meant) && (i == 0 || typed[0] == word[i - 1] || name.Length >= 6),
            _ => (typed.Length >= 2 && typed[0] == meant[1] && typed[1] == meant[0] && typed[2..].SequenceEqual(meant[2..]))
                || (name.Length >= 7 && typed.Length > 0 && typed[1..].SequenceEqual(meant[1..])),
        };
    }

    private static Dictionary<string, int> Table(string entries) => entries.Split(' ')
        .Select(entry => entry.Split('='))
        .ToDictionary(pair => pair[0], pair => int.Parse(pair[1], System.Globalization.CultureInfo.InvariantCulture), StringComparer.Ordinal);
}
