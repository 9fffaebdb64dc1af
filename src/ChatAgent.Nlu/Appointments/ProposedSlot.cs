using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace ChatAgent.Nlu.Appointments;

/// <summary>A day, an hour, a range or a window that the writer asks for instead.</summary>
/// <remarks>
/// Six shapes, as the label guide writes them: a day; a day and hour; days from..to; from a day on; a window inside a day; a window on no particular day.
/// </remarks>
public sealed record ProposedSlot
{
    private ProposedSlot()
    {
    }

    /// <summary>First day, or null for a window on no particular day.</summary>
    public LocalDate? From { get; private init; }

    /// <summary>Last day, included; equal to <see cref="From"/> for one day, null when open or when no day is meant.</summary>
    public LocalDate? To { get; private init; }

    /// <summary>The hour, or where the window begins.</summary>
    public LocalTime? Start { get; private init; }

    /// <summary>Where the window ends; null for a single hour.</summary>
    public LocalTime? End { get; private init; }

    public static ProposedSlot Day(LocalDate day) => new() { From = day, To = day };

    public static ProposedSlot At(LocalDate day, LocalTime time) => new() { From = day, To = day, Start = time };

    public static ProposedSlot Days(LocalDate from, LocalDate to) => new() { From = from, To = to };

    public static ProposedSlot FromDayOn(LocalDate from) => new() { From = from };

    public static ProposedSlot Window(LocalDate day, LocalTime start, LocalTime end) => new() { From = day, To = day, Start = start, End = end };

    public static ProposedSlot AnyDayWindow(LocalTime start, LocalTime end) => new() { Start = start, End = end };

    /// <summary>The label guide's notation: <c>2026-04-30T16:30</c>, <c>2026-05-04/2026-05-10</c>, <c>2026-05-04/..</c>, <c>T08:00/T13:00</c>.</summary>
    public override string ToString() => (From, To, Start, End) switch
    {
        (null, _, { } start, { } end) => $"T{Clock(start)}/T{Clock(end)}",
        ({ } day, _, { } start, null) => $"{Iso(day)}T{Clock(start)}",
        ({ } day, _, { } start, { } end) => $"{Iso(day)}T{Clock(start)}/{Iso(day)}T{Clock(end)}",
        ({ } from, null, null, null) => $"{Iso(from)}/..",
        ({ } from, { } to, null, null) when from == to => Iso(from),
        ({ } from, { } to, null, null) => $"{Iso(from)}/{Iso(to)}",
        _ => string.Empty,
    };

    private static string Iso(LocalDate day) => LocalDatePattern.Iso.Format(day);

    private static string Clock(LocalTime time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);
}
