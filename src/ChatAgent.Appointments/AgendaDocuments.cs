using System.Text.Json;
using ChatAgent.Store;

namespace ChatAgent.Appointments;

/// <summary>Writes of the agenda's documents, with their keys and indexes.</summary>
internal static class AgendaDocuments
{
    /// <param name="appointment">As it shall stand.</param>
    /// <param name="etag">Of the document that was read; empty for a new one.</param>
    public static DocumentWrite Write(AppointmentRecord appointment, string etag) => new()
    {
        Collection = AppointmentRecord.Collection,
        Id = appointment.Id,
        Json = JsonSerializer.Serialize(appointment, AppointmentsJson.Compact.AppointmentRecord),
        ExpectedETag = etag,
        Keys = appointment.Keys,
        Indexes = appointment.Indexes,
    };

    public static DocumentWrite Write(SlotRecord slot) => new()
    {
        Collection = SlotRecord.Collection,
        Id = slot.Id,
        Json = JsonSerializer.Serialize(slot, AppointmentsJson.Compact.SlotRecord),
        Indexes = [slot.Index],
    };

    /// <param name="freed">As it shall stand.</param>
    /// <param name="etag">Of the document that was read; null replaces whatever is there: an hour that is freed anew is offered anew.</param>
    public static DocumentWrite Write(FreedHour freed, string? etag) => new()
    {
        Collection = FreedHour.Collection,
        Id = freed.Slot.Id,
        Json = JsonSerializer.Serialize(freed, AppointmentsJson.Compact.FreedHour),
        ExpectedETag = etag,
    };

    public static DocumentWrite Write(PatientRecord patient) => new()
    {
        Collection = PatientRecord.Collection,
        Id = patient.Id,
        Json = JsonSerializer.Serialize(patient, AppointmentsJson.Compact.PatientRecord),
        Keys = [PatientRecord.KeyOf(patient.Rut)],
        Indexes = patient.Email is { } email ? [PatientRecord.AddressIndex(email)] : [],
    };

    public static AppointmentRecord ReadAppointment(Document document) => JsonSerializer.Deserialize(document.Json, AppointmentsJson.Compact.AppointmentRecord)!;
}
