namespace ChatAgent.Dialogs;

/// <summary>A patient, as the dialog needs one: no address, no RUT.</summary>
/// <param name="Id">The agenda's id.</param>
/// <param name="FirstName">How they are spoken to: "Rodrigo".</param>
public sealed record AgendaPatient(string Id, string FirstName);
