namespace ChatAgent.Email;

/// <summary>What a calendar part says about one event. Source: RFC 5545, RFC 5546 (iTIP), RFC 6047.</summary>
public sealed record CalendarMessage
{
    /// <summary>"REPLY", "COUNTER", "REQUEST", "CANCEL"…, upper case; null when the part names none.</summary>
    public string? Method { get; init; }

    public string? Uid { get; init; }

    /// <summary>Revision of the event; 0 when not named.</summary>
    public int Sequence { get; init; }

    /// <summary>"ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED", "NEEDS-ACTION", upper case: of <see cref="Attendee"/>; null when there is none.</summary>
    public string? ParticipationStatus { get; init; }

    public CalendarTime? Start { get; init; }

    /// <summary>Address without "mailto:", of the attendee who answers: the only one, else the one that sent the mail; null when that is not clear.</summary>
    public string? Attendee { get; init; }

    /// <summary>Address without "mailto:".</summary>
    public string? Organizer { get; init; }

    /// <summary>What the attendee wrote beside the answer; it may hold a condition.</summary>
    public string? Comment { get; init; }

    public string? Summary { get; init; }
}

/// <summary>A time of a calendar.</summary>
/// <param name="Local">On the clock of the place that the part names.</param>
/// <param name="Offset">From UTC there and then; null for a floating time, a whole day, and a zone that nobody knows.</param>
/// <param name="IsDate">A whole day.</param>
public sealed record CalendarTime(DateTime Local, TimeSpan? Offset, bool IsDate)
{
    /// <summary>ISO 8601: "2026-07-01T13:15:00-04:00", without offset when that is not known, "2026-07-01" for a day.</summary>
    public override string ToString()
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        return IsDate ? Local.ToString("yyyy-MM-dd", culture)
            : Offset is { } offset ? new DateTimeOffset(Local, offset).ToString("yyyy-MM-dd'T'HH:mm:sszzz", culture)
            : Local.ToString("yyyy-MM-dd'T'HH:mm:ss", culture);
    }
}
