using ChatAgent.Nlu.Appointments;
using ChatAgent.Text;

namespace ChatAgent.Nlu;

/// <summary>What understanding is told about the conversation so far.</summary>
public sealed record ParseContext
{
    /// <summary>Nothing is known: a first message.</summary>
    public static ParseContext Empty { get; } = new();

    /// <summary>The language spoken so far; a short message ("ok") keeps it.</summary>
    public Language Language { get; init; } = Language.Spanish;

    /// <summary>Name of the act that the agent asked last and waits for ("ask_attendance", "ask_identity", "offer_slots"), or null.</summary>
    public string? OpenQuestion { get; init; }

    /// <summary>The appointment that the open question is about; with it a message is read as an appointment reply too.</summary>
    public AppointmentContext? Appointment { get; init; }

    /// <summary>Further appointments of the same patient.</summary>
    public IReadOnlyList<AppointmentContext> OtherAppointments { get; init; } = [];

    /// <summary>What the agent can answer by itself.</summary>
    public KnownFacts KnownFacts { get; init; } = KnownFacts.Default;

    /// <summary>The zone in which the person reads a clock (IANA name).</summary>
    public string Zone { get; init; } = "America/Santiago";
}
