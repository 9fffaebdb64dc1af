namespace ChatAgent.Dialogs;

/// <summary>Who the visitor has shown to be.</summary>
/// <param name="PatientId">The agenda's id.</param>
/// <param name="FirstName">"Rodrigo".</param>
/// <param name="AppointmentId">The appointment that a signed link was made for; null otherwise.</param>
/// <param name="How">"link" or "code".</param>
public sealed record IdentifiedPerson(string PatientId, string FirstName, string? AppointmentId, string How);
