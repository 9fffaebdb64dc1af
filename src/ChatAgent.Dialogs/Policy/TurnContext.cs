using System.Text.Json;
using ChatAgent.Nlu;
using ChatAgent.Store;
using NodaTime;

namespace ChatAgent.Dialogs;

/// <summary>What a turn begins with: the conversation's state, what has come in, and the visitor's own appointments.</summary>
public sealed record TurnContext
{
    public required string ConversationId { get; init; }

    /// <summary>Folded up to the inputs, events among the inputs included.</summary>
    public required ConversationState State { get; init; }

    /// <summary>Rows to answer, oldest first.</summary>
    public required IReadOnlyList<LogEntry> Inputs { get; init; }

    /// <summary>Appointments of the identified visitor from now on, soonest first; empty for a stranger.</summary>
    public required IReadOnlyList<AgendaAppointment> Appointments { get; init; }

    /// <summary>When the turn began, UTC.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>What the owner's facts can answer.</summary>
    public required KnownFacts KnownFacts { get; init; }

    /// <summary>The zone in which the person reads a clock (IANA name).</summary>
    public required string Zone { get; init; }

    /// <summary>Chooses among wordings; follows from the conversation and the last input, so that a rerun says the same.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Whether a message came while the turn before was still running: its writer had not seen that turn's reply, and what it asks.</summary>
    public bool IsWrittenBeforeReply { get; init; }

    /// <summary>Messages of the person among the inputs, and what they wrote beside an answer that they chose.</summary>
    public IReadOnlyList<Utterance> Utterances => [.. Inputs
        .Where(input => input is { Kind: ConversationEvents.Message, Author: Author.Client } || (IsChosen(input) && !string.IsNullOrWhiteSpace(input.Text)))
        .Select(input => new Utterance(input.Text ?? string.Empty, input.Timestamp))];

    /// <summary>The last answer that was chosen rather than written, or null. Only the house's own row counts: a client may name its events as it likes.</summary>
    public ChosenAnswer? Chosen => Inputs.LastOrDefault(IsChosen) is { Payload: { } payload } ? JsonSerializer.Deserialize(payload, DialogJson.Compact.ChosenAnswer) : null;

    /// <summary>Wall time at the clinic.</summary>
    public LocalDateTime LocalNow => Instant.FromDateTimeOffset(Now).InZone(DateTimeZoneProviders.Tzdb[Zone]).LocalDateTime;

    /// <summary>The appointment that is talked about: the one that was asked about, else the next that was not given up.</summary>
    public AgendaAppointment? Appointment =>
        Appointments.FirstOrDefault(appointment => string.Equals(appointment.Id, State.AppointmentId, StringComparison.Ordinal))
        ?? Appointments.FirstOrDefault(appointment => appointment.Status != AppointmentStatus.Declined);

    /// <summary>What understanding is told.</summary>
    public ParseContext ParseContext => new()
    {
        Language = State.Language,
        OpenQuestion = State.Question?.Act,
        Appointment = Appointment?.ToContext(),
        OtherAppointments = [.. Appointments.Where(other => other.Id != Appointment?.Id && other.Status != AppointmentStatus.Declined).Select(other => other.ToContext())],
        KnownFacts = KnownFacts,
        Zone = Zone,
    };

    private static bool IsChosen(LogEntry input) => input is { Kind: ConversationEvents.AnswerChosen, Author: Author.System };

    public bool Happened(string kind) => Inputs.Any(input => string.Equals(input.Kind, kind, StringComparison.Ordinal));
}
