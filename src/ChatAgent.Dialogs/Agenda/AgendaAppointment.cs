using ChatAgent.Nlu.Appointments;
using NodaTime;

namespace ChatAgent.Dialogs;

/// <summary>One appointment, as the dialog needs it.</summary>
/// <param name="Id">The agenda's id.</param>
/// <param name="PatientId">Whose it is.</param>
/// <param name="Patient">Full name of the patient.</param>
/// <param name="Start">Wall time at the place.</param>
/// <param name="Doctor">"Dra. Camila Rojas Peña".</param>
/// <param name="Specialty">"Medicina General".</param>
/// <param name="Branch">"Ñuñoa".</param>
/// <param name="Status">How far it has come.</param>
public sealed record AgendaAppointment(
    string Id,
    string PatientId,
    string Patient,
    LocalDateTime Start,
    string Doctor,
    string Specialty,
    string Branch,
    AppointmentStatus Status)
{
    /// <summary>What the reader of replies is told.</summary>
    public AppointmentContext ToContext() => new(Id, Start, Doctor, Specialty, Branch, Patient);
}
