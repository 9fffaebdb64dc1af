using ChatAgent.Dialogs;
using NodaTime;

namespace ChatAgent.Appointments;

/// <summary>An appointment with all that happened to it: collection "appointments".</summary>
/// <remarks>While it stands it holds the unique key of its hour (<see cref="SlotRecord.KeyOf"/>): no second one can be committed for the same doctor and start.</remarks>
public sealed record AppointmentRecord
{
    internal const string Collection = "appointments";

    /// <summary>Length that is assumed where the agenda names none, minutes.</summary>
    public const int UsualMinutes = 30;

    public required string Id { get; init; }

    public required string PatientId { get; init; }

    /// <summary>Full name of the patient.</summary>
    public required string Patient { get; init; }

    /// <summary>Wall time at the place.</summary>
    public required LocalDateTime Start { get; init; }

    public required string Doctor { get; init; }

    public required string Specialty { get; init; }

    public required string Branch { get; init; }

    public AppointmentStatus Status { get; init; }

    /// <summary>Since when its patient waits for an earlier hour with the same professional, UTC; null when they do not.</summary>
    public DateTimeOffset? WaitsSince { get; init; }

    /// <summary>How long it takes, 5 to 480 minutes.</summary>
    public int Minutes { get; init; } = UsualMinutes;

    /// <summary>The hour as it was last imported: importing the same file again does not undo what the patient changed since.</summary>
    public required LocalDateTime ImportedStart { get; init; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<AppointmentHistory> History { get; init; } = [];

    internal AgendaAppointment ToAgenda() => new(Id, PatientId, Patient, Start, Doctor, Specialty, Branch, Status);

    internal IReadOnlyList<string> Keys => Status == AppointmentStatus.Declined ? [] : [SlotRecord.KeyOf(Doctor, Start)];

    internal IReadOnlyList<string> Indexes => WaitsSince is not null && Status != AppointmentStatus.Declined
        ? [PatientIndex(PatientId), DayIndex(Start.Date), WaitingIndex(Doctor, Branch)]
        : [PatientIndex(PatientId), DayIndex(Start.Date)];

    internal static string WaitingIndex(string doctor, string branch) => $"waits:{SlotRecord.IndexOf(doctor, branch)}";

    internal static string DayIndex(LocalDate day) => $"day:{day:uuuu'-'MM'-'dd}";

    internal static string PatientIndex(string patientId) => $"patient:{patientId}";
}

/// <summary>One thing that happened to an appointment.</summary>
/// <param name="At">UTC.</param>
/// <param name="Status">Since then.</param>
/// <param name="Start">The hour since then.</param>
/// <param name="By">Conversation in which it was said, or "import".</param>
public sealed record AppointmentHistory(DateTimeOffset At, AppointmentStatus Status, LocalDateTime Start, string By);
