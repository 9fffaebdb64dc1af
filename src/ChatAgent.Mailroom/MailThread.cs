using ChatAgent.Appointments;
using NodaTime;

namespace ChatAgent.Mailroom;

/// <summary>One exchange of mails about one hour: collection "mail-threads". Made before the first mail leaves, and never changed.</summary>
public sealed record MailThread
{
    internal const string Collection = "mail-threads";

    /// <summary>Ten characters drawn by chance, base32.</summary>
    public required string Id { get; init; }

    public required string AppointmentId { get; init; }

    /// <summary>The hour that was asked about.</summary>
    public required LocalDateTime Start { get; init; }

    public required string PatientId { get; init; }

    /// <summary>The address on file when the thread began: the only one that is written to.</summary>
    public required string Address { get; init; }

    /// <summary>"es" or "en".</summary>
    public required string Language { get; init; }

    public required string Subject { get; init; }

    /// <summary>The agent's first question is not sent: the clinic asked by other means, or it is not its time yet.</summary>
    public bool IsAdopted { get; init; }

    /// <summary>UTC; when the patient was asked whether they come. Null: not yet.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>UTC; answers that come later go to an operator.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The conversation that the mails belong to.</summary>
    public string ConversationId => $"mail-{Id}";

    internal string Account => SignedLinks.HashOf(Address);

    /// <summary>One thread for each hour of an appointment: asking twice is the same thread.</summary>
    internal static string KeyOf(string appointmentId, LocalDateTime start) => $"mail-thread:{appointmentId}:{start:uuuu'-'MM'-'dd'T'HH':'mm}";

    internal static string AppointmentIndex(string appointmentId) => $"appointment:{appointmentId}";
}
