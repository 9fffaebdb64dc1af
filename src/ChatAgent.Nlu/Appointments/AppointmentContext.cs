using NodaTime;

namespace ChatAgent.Nlu.Appointments;

/// <summary>What the reader of a reply is told about one appointment.</summary>
/// <param name="Id">The agenda's id.</param>
/// <param name="Start">Wall time at the place.</param>
/// <param name="Doctor">"Paula Leiva Araya".</param>
/// <param name="Specialty">"Medicina General"; empty when not known.</param>
/// <param name="Place">Branch or address as the patient was told.</param>
/// <param name="Patient">Name of the patient.</param>
public sealed record AppointmentContext(string Id, LocalDateTime Start, string Doctor, string Specialty, string Place, string Patient);
