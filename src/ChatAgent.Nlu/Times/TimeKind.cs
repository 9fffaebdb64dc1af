namespace ChatAgent.Nlu.Times;

/// <summary>What sort of expression was found.</summary>
public enum TimeKind
{
    /// <summary>A day and an hour, or "now".</summary>
    Instant,

    /// <summary>One day.</summary>
    Date,

    /// <summary>An hour on no particular day.</summary>
    Time,

    /// <summary>A stretch of days or a window of hours.</summary>
    Period,

    /// <summary>A length of time.</summary>
    Duration,

    /// <summary>Something that comes again.</summary>
    Recurrence,

    /// <summary>A quantity that is none of the above.</summary>
    Number,
}
