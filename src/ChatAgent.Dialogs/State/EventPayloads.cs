using NodaTime;

namespace ChatAgent.Dialogs;

/// <summary>Payload of "conversation.started"; other fields are passed over.</summary>
/// <param name="Locale">The person's language as their browser names it ("en-GB"), or null.</param>
public sealed record StartedEvent(string? Locale);

/// <summary>Payload of "handover.requested".</summary>
/// <param name="Reason">A short name ("asked_for_a_person", "not_understood_twice").</param>
public sealed record HandoverEvent(string Reason);

/// <summary>Payload of "operator.joined" and "operator.left".</summary>
/// <param name="Name">Of the operator; null when the bot came back by itself.</param>
public sealed record OperatorEvent(string? Name);

/// <summary>Payload of "appointment.changed".</summary>
public sealed record AppointmentEvent(string AppointmentId, AppointmentStatus Status, LocalDateTime Start);

/// <summary>Payload of "hour.freed".</summary>
/// <param name="SlotId">The agenda's id of the hour.</param>
/// <param name="Until">UTC; the offer lapses then.</param>
public sealed record HourFreedEvent(string SlotId, DateTimeOffset Until);

/// <summary>Payload of "answer.chosen".</summary>
/// <param name="AppointmentId">What was answered to.</param>
/// <param name="Start">The hour that was shown: an answer to another hour than the appointment's own is asked anew.</param>
/// <param name="Attendance">"attends", "declines", "other_time" or "hedges".</param>
/// <param name="How">"button" or "calendar".</param>
public sealed record ChosenAnswer(string AppointmentId, LocalDateTime Start, string Attendance, string How);
