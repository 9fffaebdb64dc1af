using ChatAgent.Text;
using NodaTime;

namespace ChatAgent.Nlu.Times;

/// <summary>A date, hour, period, duration, recurrence or number that stands in a text, and what it means.</summary>
public sealed record TimeExpression
{
    /// <summary>Where it stands in the text as typed.</summary>
    public required TextSpan Span { get; init; }

    /// <summary>The words.</summary>
    public required string Text { get; init; }

    /// <summary>What sort of expression it is.</summary>
    public required TimeKind Kind { get; init; }

    /// <summary>
    /// What it stands for, in the label guide's notation: <c>2026-04-30</c>, <c>2026-04-30T16:30</c>, <c>16:30</c>, <c>2026-05-04/2026-05-10</c>,
    /// <c>2026-05-04/..</c>, <c>2026-04-30T13:00/2026-04-30T20:00</c>, <c>T13:00/T20:00</c>, <c>PT1H30M</c>, <c>42</c>. The Chilean reading gives exactly one.
    /// </summary>
    public required IReadOnlyList<string> Values { get; init; }

    /// <summary>TIMEX3-like form that keeps what was left open (<c>XXXX-WXX-2</c> for "los martes").</summary>
    public required string Timex { get; init; }

    /// <summary>First day meant, or null when no day is.</summary>
    public LocalDate? From { get; init; }

    /// <summary>Last day meant, included; null when open or when no day is meant.</summary>
    public LocalDate? To { get; init; }

    /// <summary>The hour, or where the window begins.</summary>
    public LocalTime? Start { get; init; }

    /// <summary>Where the window ends; null for a single hour.</summary>
    public LocalTime? End { get; init; }

    /// <summary>The length, for durations.</summary>
    public Period? Length { get; init; }

    /// <summary>Whether the appointment was needed to read it ("una hora después", "misma hora").</summary>
    public bool IsAnchored { get; init; }
}
