using ChatAgent.Store;

namespace ChatAgent.Dialogs;

/// <summary>A change to the agenda that becomes true with the turn's commit, and only with it.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="Appointment">As it stands after the change; null when there is none.</param>
/// <param name="Documents">Written in the turn's commit, each against its ETag and unique keys; empty unless something changes.</param>
public sealed record AgendaChange(AgendaOutcome Outcome, AgendaAppointment? Appointment, IReadOnlyList<DocumentWrite> Documents);
