using ChatAgent.Text;
using NodaTime;

namespace ChatAgent.Nlu.Times;

/// <summary>Where an expression is read from: the clock, the appointment and the language.</summary>
public sealed record TimeParseOptions
{
    /// <summary>Wall time at which the words were written; "mañana" counts from here.</summary>
    public required LocalDateTime Reference { get; init; }

    /// <summary>The appointment that is spoken of: "una hora después", "ese día" and "misma hora" count from here. Null reads them from <see cref="Reference"/>.</summary>
    public LocalDateTime? Anchor { get; init; }

    /// <summary>The language of the words; each has its own grammar.</summary>
    public Language Language { get; init; } = Language.Spanish;

    /// <summary>Whether plain quantities ("tres") come out too.</summary>
    public bool Numbers { get; init; }

    /// <summary>Options for words written at an instant and read on the clocks of a zone.</summary>
    /// <param name="sentAt">When they were written.</param>
    /// <param name="zone">IANA name; the wall time of Santiago by default.</param>
    /// <param name="language">The language of the words.</param>
    /// <exception cref="NodaTime.TimeZones.DateTimeZoneNotFoundException">The zone is not in the IANA database.</exception>
    public static TimeParseOptions At(DateTimeOffset sentAt, string zone = "America/Santiago", Language language = Language.Spanish) => new()
    {
        Reference = Instant.FromDateTimeOffset(sentAt).InZone(DateTimeZoneProviders.Tzdb[zone]).LocalDateTime,
        Language = language,
    };
}
