using System.Globalization;
using ChatAgent.Nlu.Appointments;
using NodaTime;
using NodaTime.Text;

namespace ChatAgent.Nlu.Times;

/// <summary>Holds a form against a calendar and a clock as Chile does: day before month, weeks from Monday, one value for each expression.</summary>
/// <remarks>
/// Source: the label guide's reading rules. An hour without am or pm: 1 to 7 is afternoon, 8 to 11 morning, 12 noon. A date without a year is the first on or after the day of
/// writing; a bare weekday the first after it. What the guide leaves open is settled here: a month's beginning, middle and end are days 1 to 10, 11 to 20, 21 to the last; a week's are its
/// two first, three middle and two last workdays; "earlier that day" is 08:00 to the appointment, the mirror of the guide's "later that day".
/// </remarks>
internal sealed class ChileanReading(TimeParseOptions options)
{
    private static readonly LocalTime _open = new(8, 0);
    private static readonly LocalTime _close = new(20, 0);

    private LocalDate Today => options.Reference.Date;

    private LocalDateTime Anchor => options.Anchor ?? options.Reference;

    /// <summary>What the form means, without its place in the text; null when no such day exists (30 February).</summary>
    public TimeExpression? Resolve(TimeForm form)
    {
        var draft = new TimeExpression { Span = default, Text = string.Empty, Kind = TimeKind.Number, Values = [], Timex = string.Empty };
        if (form.Number is { } number)
        {
            var text = number.ToString(CultureInfo.InvariantCulture);
            return draft with { Values = [text], Timex = text };
        }

        if (form.Length is { } length)
        {
            var period = PeriodOf(length);
            return draft with { Kind = TimeKind.Duration, Length = period, Values = [Iso(length)], Timex = Iso(length) };
        }

        if (form.Recurrence is { } recurrence)
        {
            var timex = recurrence.Weekday is { } day ? $"XXXX-WXX-{(int)day}" : Iso(recurrence.Every!);
            return draft with { Kind = TimeKind.Recurrence, Values = [timex], Timex = timex };
        }

        if (form.Day is { } when && Days(when) is null)
        {
            return null;
        }

        var (from, to) = form.Day is { } dayForm ? Days(dayForm)!.Value : (null, null);
        var anchored = form.Day is DayForm.OfAnchor or DayForm.Shifted { Origin: Origin.Anchor } or DayForm.Week { Origin: Origin.Anchor };
        switch (form.Clock)
        {
            case ClockForm.Now:
                return Instant(draft, options.Reference, false);
            case ClockForm.Shifted shifted:
                var origin = shifted.Origin == Origin.Anchor ? Anchor : options.Reference;
                var moved = from is { } stated && stated == to ? (stated + origin.TimeOfDay).PlusSeconds(shifted.Length.Seconds) : origin.PlusSeconds(shifted.Length.Seconds);
                return Instant(draft, moved, shifted.Origin == Origin.Anchor);
            case ClockForm.Later:
                return Combine(draft, from ?? Anchor.Date, from is null ? Anchor.Date : to, Anchor.TimeOfDay, Anchor.TimeOfDay < _close ? _close : new LocalTime(23, 59), true);
            case ClockForm.Earlier:
                return Combine(draft, from ?? Anchor.Date, from is null ? Anchor.Date : to, _open < Anchor.TimeOfDay ? _open : LocalTime.Midnight, Anchor.TimeOfDay, true);
            case ClockForm.OfAnchor:
                return Combine(draft, from, to, Anchor.TimeOfDay, null, true);
            case ClockForm.At { Hour: 24 or 0, Minute: 0 } midnight:
                return Combine(draft, from, to, LocalTime.Midnight, null, anchored);
            case ClockForm.At at:
                return Combine(draft, from, to, Time(at, form.Part), null, anchored);
            case ClockForm.Window window:
                var (start, end) = Bounds(window, form.Part);
                return start is null || end is null ? null : Combine(draft, from, to, start, end, anchored);
        }

        if (form.Part is { } part)
        {
            var (start, end) = WindowOf(part);
            return Combine(draft, from, to, start, end, anchored);
        }

        return form.Day is null ? null : Combine(draft, from, to, null, null, anchored);
    }

    /// <summary>The window of a part of the day.</summary>
    public static (LocalTime Start, LocalTime End) WindowOf(DayPart part) => part switch
    {
        DayPart.Dawn => (new LocalTime(0, 0), new LocalTime(6, 0)),
        DayPart.Morning => (_open, new LocalTime(13, 0)),
        DayPart.Noon or DayPart.Midday => (new LocalTime(12, 0), new LocalTime(14, 0)),
        DayPart.Afternoon => (new LocalTime(13, 0), _close),
        DayPart.Evening => (new LocalTime(18, 0), _close),
        DayPart.Night => (new LocalTime(19, 0), new LocalTime(23, 0)),
        DayPart.Early => (_open, new LocalTime(10, 0)),
        DayPart.FirstThing => (_open, new LocalTime(9, 30)),
        _ => (new LocalTime(18, 0), _close),
    };

    private static LocalTime Time(ClockForm.At at, DayPart? part)
    {
        var half = at.Half != Half.Unsaid ? at.Half : part switch
        {
            DayPart.Morning or DayPart.FirstThing or DayPart.Early or DayPart.Dawn => Half.Am,
            DayPart.Afternoon or DayPart.Evening or DayPart.Night or DayPart.LastThing => Half.Pm,
            _ => Half.Unsaid,
        };
        var hour = half switch
        {
            Half.Am => at.Hour == 12 ? part == DayPart.Morning ? 12 : 0 : at.Hour,
            Half.Pm => at.Hour < 12 ? at.Hour + 12 : at.Hour,
            _ => at.Hour is >= 1 and <= 7 ? at.Hour + 12 : at.Hour,
        };
        return new LocalTime(hour % 24, at.Minute);
    }

    private static (LocalTime? Start, LocalTime? End) Bounds(ClockForm.Window window, DayPart? part)
    {
        var end = window.To is { } to ? Time(to, part) : (LocalTime?)null;
        LocalTime? start = null;
        if (window.From is { } opens)
        {
            start = Time(opens, part);

            // "de 9 a 5 de la tarde" begins in the morning; "de 3 a 5 de la tarde" and "entre 10 y 11 am" share the half that is said once.
            if (opens.Half == Half.Unsaid && window.To is { Half: not Half.Unsaid and var said } && Time(opens with { Half = said }, null) is var shared && shared < end)
            {
                start = said == Half.Pm && opens.Hour is >= 8 and <= 11 ? start : shared;
            }
        }

        if (start is { } begin && end is { } finish && finish <= begin)
        {
            // "de 10 a 9": no window; "de 6 a 8" is 18:00 to 20:00, not 18:00 to 08:00.
            end = finish.Hour < 12 && finish.PlusHours(12) > begin ? finish.PlusHours(12) : null;
            return (start, end);
        }

        var closing = part is { } p && WindowOf(p).End is var close && start < close ? close : start < _close ? _close : new LocalTime(23, 59);
        var opening = part is { } q && WindowOf(q).Start is var first && first < end ? first : end > _open ? _open : LocalTime.Midnight;
        return (start ?? opening, end ?? closing);
    }

    private static TimeExpression Instant(TimeExpression draft, LocalDateTime at, bool anchored)
    {
        var value = ProposedSlot.At(at.Date, at.TimeOfDay).ToString();
        return draft with { Kind = TimeKind.Instant, From = at.Date, To = at.Date, Start = at.TimeOfDay, Values = [value], Timex = value, IsAnchored = anchored };
    }

    private static TimeExpression Combine(TimeExpression draft, LocalDate? from, LocalDate? to, LocalTime? start, LocalTime? end, bool anchored)
    {
        var oneDay = from is not null && from == to;
        var (kind, value) = (from, start, end) switch
        {
            (null, { } hour, null) => (TimeKind.Time, Clock(hour)),
            (null, { } begin, { } finish) => (TimeKind.Period, ProposedSlot.AnyDayWindow(begin, finish).ToString()),
            ({ } day, null, _) when oneDay => (TimeKind.Date, ProposedSlot.Day(day).ToString()),
            ({ } day, { } hour, null) when oneDay => (TimeKind.Instant, ProposedSlot.At(day, hour).ToString()),
            ({ } day, { } begin, { } finish) when oneDay => (TimeKind.Period, ProposedSlot.Window(day, begin, finish).ToString()),
            ({ } day, null, _) => (TimeKind.Period, to is { } last ? ProposedSlot.Days(day, last).ToString() : ProposedSlot.FromDayOn(day).ToString()),
            ({ } day, { } begin, _) => (TimeKind.Period, $"{(to is { } last ? ProposedSlot.Days(day, last) : ProposedSlot.FromDayOn(day))}T{Clock(begin)}{(end is { } until ? $"/T{Clock(until)}" : string.Empty)}"),
            _ => (TimeKind.Period, string.Empty),
        };
        var timex = kind == TimeKind.Time ? $"T{value}" : value;
        return draft with { Kind = kind, From = from, To = to, Start = start, End = end, Values = [value], Timex = timex, IsAnchored = anchored };
    }

    private static string Clock(LocalTime time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary>First and last day (null when open) of a form; null when there is no such day.</summary>
    private (LocalDate? From, LocalDate? To)? Days(DayForm form)
    {
        switch (form)
        {
            case DayForm.Offset(var days):
                return One(Today.PlusDays(days));
            case DayForm.OfAnchor:
                return One(Anchor.Date);
            case DayForm.Calendar calendar:
                return Find(calendar) is { } found ? One(found) : null;
            case DayForm.DayOfMonthOffset(var day, var months):
                return OnDay(Today.With(DateAdjusters.StartOfMonth).PlusMonths(months), day) is { } inMonth ? One(inMonth) : null;
            case DayForm.OnWeekday(var weekday, var further):
                return One(Today.Next(weekday).PlusWeeks(further));
            case DayForm.LastWeekday(var weekday):
                return One(Today.Previous(weekday));
            case DayForm.WeekdayOfWeek(var weekday, var weeks):
                return One(Monday(Today).PlusWeeks(weeks).PlusDays((int)weekday - 1));
            case DayForm.NthWeekday nth:
                return Days(nth.Of) is ({ } first, { } last) ? Nth(nth, first, last) : null;
            case DayForm.Shifted(var length, var origin):
                var from = origin == Origin.Anchor ? Anchor.Date : Today;
                return One(from.PlusMonths(length.Months).PlusDays(length.Days));
            case DayForm.Week(var weeks, var origin):
                return Week(origin == Origin.Anchor ? Anchor.Date : Today, weeks);
            case DayForm.WeekOf(var day):
                return Days(day) is ({ } inside, _) ? Week(inside, 0) : null;
            case DayForm.NthWeek(var nth, var of):
                return Days(of) is ({ } begin, { } end) ? nth > 0 ? Week(Monday(begin.PlusDays(3)), nth - 1) : Week(end.PlusDays(-3), 0) : null;
            case DayForm.Weekend(var weeks):
                var saturday = Monday(Today).PlusWeeks(weeks).PlusDays(5);
                return (saturday <= Today ? saturday.PlusWeeks(1) : saturday) is var next ? (next, next.PlusDays(1)) : null;
            case DayForm.WholeMonth(var number, var year):
                return Month(new LocalDate(year ?? (number < Today.Month ? Today.Year + 1 : Today.Year), number, 1));
            case DayForm.MonthOffset(var months):
                return Month(Today.With(DateAdjusters.StartOfMonth).PlusMonths(months));
            case DayForm.WholeYear(var number):
                return (new LocalDate(number, 1, 1), new LocalDate(number, 12, 31));
            case DayForm.YearOffset(var years):
                return (new LocalDate(Today.Year + years, 1, 1), new LocalDate(Today.Year + years, 12, 31));
            case DayForm.PartOf(var of, var third):
                return Days(of) is ({ } start, { } stop) ? PartOf(start, stop, third) : null;
            case DayForm.Range(var a, var b):
                return Days(a) is ({ } low, _) && Days(b) is (_, { } high) ? high >= low ? (low, high) : (low, b is DayForm.OnWeekday w ? low.Next(w.Day) : high) is var range && range.Item2 >= low ? range : null : null;
            case DayForm.Since(var since, var included):
                return Days(since) is ({ } s, var e) ? (included ? s : (e ?? s).PlusDays(1), null) : null;
            case DayForm.Until(var until, var included):
                return Days(until) is ({ } u, var v) ? (Today.PlusDays(1), included ? v ?? u : u.PlusDays(-1)) is var open && open.Item2 >= open.Item1 ? open : One(Today) : null;
            default:
                throw new InvalidOperationException($"Unknown form {form}.");
        }
    }

    private static (LocalDate? From, LocalDate? To) One(LocalDate day) => (day, day);

    private LocalDate? Find(DayForm.Calendar form)
    {
        if (form.Month is { } month)
        {
            if (form.Year is { } year)
            {
                return OnDay(new LocalDate(year, month, 1), form.Day);
            }

            // 29 February may be up to eight years away (2096 to 2104).
            for (var ahead = 0; ahead <= 8; ahead++)
            {
                if (OnDay(new LocalDate(Today.Year + ahead, month, 1), form.Day) is { } date && date >= Today)
                {
                    return date;
                }
            }

            return null;
        }

        for (var ahead = 0; ahead <= 2; ahead++)
        {
            if (OnDay(Today.With(DateAdjusters.StartOfMonth).PlusMonths(ahead), form.Day) is { } date && date >= Today)
            {
                return date;
            }
        }

        return null;
    }

    private static LocalDate? OnDay(LocalDate firstOfMonth, int day) =>
        day <= CalendarSystem.Iso.GetDaysInMonth(firstOfMonth.Year, firstOfMonth.Month) ? firstOfMonth.PlusDays(day - 1) : null;

    private (LocalDate? From, LocalDate? To)? Nth(DayForm.NthWeekday form, LocalDate first, LocalDate last)
    {
        var day = form.Nth < 0
            ? last.PlusDays(1).Previous(form.Day)
            : first.PlusDays(-1).Next(form.Day).PlusWeeks(form.Nth - 1);
        return day >= Today || form.Of is not DayForm.MonthOffset(0) || form.Nth < 0 ? One(day) : One(Today.With(DateAdjusters.StartOfMonth).PlusMonths(1).PlusDays(-1).Next(form.Day).PlusWeeks(form.Nth - 1));
    }

    private static LocalDate Monday(LocalDate day) => day.PlusDays(1 - (int)day.DayOfWeek);

    private static (LocalDate? From, LocalDate? To) Week(LocalDate day, int weeks) => (Monday(day).PlusWeeks(weeks), Monday(day).PlusWeeks(weeks).PlusDays(6));

    private static (LocalDate? From, LocalDate? To) Month(LocalDate first) => (first, first.With(DateAdjusters.EndOfMonth));

    private static (LocalDate? From, LocalDate? To) PartOf(LocalDate start, LocalDate stop, Third third) => (Period.DaysBetween(start, stop) > 7, third) switch
    {
        (true, Third.Early) => (start, start.PlusDays(9)),
        (true, Third.Middle) => (start.PlusDays(10), start.PlusDays(19)),
        (true, _) => (start.PlusDays(20), stop),
        (false, Third.Early) => (start, start.PlusDays(1)),
        (false, Third.Middle) => (start.PlusDays(1), start.PlusDays(3)),
        (false, _) => (start.PlusDays(3), start.PlusDays(4)),
    };

    private static Period PeriodOf(TimeLength length) => new PeriodBuilder { Months = length.Months, Days = length.Days, Seconds = length.Seconds }.Build().Normalize();

    private static string Iso(TimeLength length)
    {
        var date = (length.Months, length.Days) switch
        {
            (0, 0) => string.Empty,
            (var m, 0) => m % 12 == 0 ? $"{m / 12}Y" : $"{m}M",
            (0, var d) => d % 7 == 0 ? $"{d / 7}W" : $"{d}D",
            var (m, d) => $"{m}M{d}D",
        };
        var (hours, minutes, seconds) = (length.Seconds / 3600, length.Seconds / 60 % 60, length.Seconds % 60);
        var time = $"{(hours > 0 ? $"{hours}H" : string.Empty)}{(minutes > 0 ? $"{minutes}M" : string.Empty)}{(seconds > 0 ? $"{seconds}S" : string.Empty)}";
        return date.Length + time.Length == 0 ? "PT0S" : time.Length == 0 ? $"P{date}" : $"P{date}T{time}";
    }
}
