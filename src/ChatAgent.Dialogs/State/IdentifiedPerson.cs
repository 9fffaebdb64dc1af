namespace ChatAgent.Dialogs;

/// <summary>Who the visitor has shown to be.</summary>
/// <param name="PatientId">The agenda's id.</param>
/// <param name="FirstName">"Rodrigo".</param>
/// <param name="AppointmentId">The appointment that a signed link was made for; null otherwise.</param>
/// <param name="How">"link", "code", or "mail" for a conversation that was opened with whom it was written to.</param>
/// <param name="ChannelId">The channel that they came by where it is not the conversation's own; null otherwise.</param>
public sealed record IdentifiedPerson(string PatientId, string FirstName, string? AppointmentId, string How, string? ChannelId = null);
