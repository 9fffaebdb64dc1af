using NodaTime;

namespace ChatAgent.Nlu.Times;

/// <summary>What the words say, before a clock and a calendar are held against them: the grammar's output, the resolver's input.</summary>
/// <remarks>At most one of Length, Recurrence and Number is set, and then Day, Part and Clock are null.</remarks>
internal sealed record TimeForm(DayForm? Day = null, DayPart? Part = null, ClockForm? Clock = null, TimeLength? Length = null, Recurrence? Recurrence = null, double? Number = null);

/// <summary>A length of time in the units in which people count.</summary>
internal sealed record TimeLength(int Months, int Days, long Seconds)
{
    public static TimeLength operator *(TimeLength length, int factor) => new(length.Months * factor, length.Days * factor, length.Seconds * factor);

    public static TimeLength operator +(TimeLength a, TimeLength b) => new(a.Months + b.Months, a.Days + b.Days, a.Seconds + b.Seconds);

    public bool IsWholeDays => Seconds == 0;
}

/// <summary>Something that comes again: each weekday or each so often, perhaps at an hour.</summary>
internal sealed record Recurrence(IsoDayOfWeek? Weekday, TimeLength? Every);

/// <summary>Where a relative expression counts from.</summary>
internal enum Origin
{
    /// <summary>When the words were written.</summary>
    Reference,

    /// <summary>The appointment that is spoken of.</summary>
    Anchor,
}

/// <summary>A day or a stretch of days.</summary>
internal abstract record DayForm
{
    /// <summary>"mañana", "anteayer".</summary>
    public sealed record Offset(int Days) : DayForm;

    /// <summary>"ese día", "the same day".</summary>
    public sealed record OfAnchor : DayForm;

    /// <summary>"30", "30 de abril", "martes 30/4/2026". The weekday never decides: a stated day number wins.</summary>
    public sealed record Calendar(int Day, int? Month, int? Year, IsoDayOfWeek? Weekday = null) : DayForm;

    /// <summary>"el 5 de este mes", "el 5 del próximo".</summary>
    public sealed record DayOfMonthOffset(int Day, int Months) : DayForm;

    /// <summary>"el martes": the first one after the day of writing, then so many weeks further.</summary>
    public sealed record OnWeekday(IsoDayOfWeek Day, int Further = 0) : DayForm;

    /// <summary>"el martes pasado".</summary>
    public sealed record LastWeekday(IsoDayOfWeek Day) : DayForm;

    /// <summary>"el martes de la próxima semana".</summary>
    public sealed record WeekdayOfWeek(IsoDayOfWeek Day, int Weeks) : DayForm;

    /// <summary>"el primer lunes de mayo"; -1 is the last. Without a month: of this month or, when past, of the next.</summary>
    public sealed record NthWeekday(int Nth, IsoDayOfWeek Day, DayForm Of) : DayForm;

    /// <summary>"dentro de una semana" (from now), "una semana después" (from the appointment).</summary>
    public sealed record Shifted(TimeLength Length, Origin Origin) : DayForm;

    /// <summary>"la próxima semana": Monday to Sunday of the ISO week so many weeks away.</summary>
    public sealed record Week(int Weeks, Origin Origin = Origin.Reference) : DayForm;

    /// <summary>"la semana del 11 de mayo".</summary>
    public sealed record WeekOf(DayForm Day) : DayForm;

    /// <summary>"la primera semana de mayo"; -1 is the last.</summary>
    public sealed record NthWeek(int Nth, DayForm Of) : DayForm;

    /// <summary>"este fin de semana".</summary>
    public sealed record Weekend(int Weeks) : DayForm;

    /// <summary>"en mayo", "mayo de 2027".</summary>
    public sealed record WholeMonth(int Number, int? Year) : DayForm;

    /// <summary>"este mes", "el próximo mes".</summary>
    public sealed record MonthOffset(int Months) : DayForm;

    /// <summary>"2027".</summary>
    public sealed record WholeYear(int Number) : DayForm;

    /// <summary>"este año", "el próximo año".</summary>
    public sealed record YearOffset(int Years) : DayForm;

    /// <summary>"a principios de mayo", "a fin de mes", "a mediados de la próxima semana".</summary>
    public sealed record PartOf(DayForm Of, Third Third) : DayForm;

    /// <summary>"del lunes al viernes".</summary>
    public sealed record Range(DayForm From, DayForm To) : DayForm;

    /// <summary>"desde el lunes" (that day included), "después del 15" (that day not included).</summary>
    public sealed record Since(DayForm From, bool Included) : DayForm;

    /// <summary>"hasta el viernes" (included), "antes del viernes" (not included): from the day of writing on.</summary>
    public sealed record Until(DayForm To, bool Included) : DayForm;
}

/// <summary>The beginning, the middle or the end of a stretch.</summary>
internal enum Third
{
    Early,
    Middle,
    Late,
}

/// <summary>A part of the day with a window of its own.</summary>
internal enum DayPart
{
    Dawn,
    Morning,
    Noon,
    Afternoon,
    Evening,
    Night,
    Early,
    FirstThing,
    LastThing,
    Midday,
}

/// <summary>An hour or a window of hours.</summary>
internal abstract record ClockForm
{
    /// <summary>An hour as said; <paramref name="Half"/> says whether morning or afternoon was stated.</summary>
    public sealed record At(int Hour, int Minute, Half Half = Half.Unsaid) : ClockForm;

    /// <summary>"de 3 a 5", "después de las 5" (no end), "antes de las 11" (no begin).</summary>
    public sealed record Window(At? From, At? To) : ClockForm;

    /// <summary>"a la misma hora".</summary>
    public sealed record OfAnchor : ClockForm;

    /// <summary>"más tarde ese día".</summary>
    public sealed record Later : ClockForm;

    /// <summary>"más temprano".</summary>
    public sealed record Earlier : ClockForm;

    /// <summary>"una hora después" (of the appointment), "en media hora" (from now).</summary>
    public sealed record Shifted(TimeLength Length, Origin Origin) : ClockForm;

    /// <summary>"ahora", "al tiro".</summary>
    public sealed record Now : ClockForm;
}

/// <summary>Which half of the clock was stated.</summary>
internal enum Half
{
    Unsaid,
    Am,
    Pm,
}
