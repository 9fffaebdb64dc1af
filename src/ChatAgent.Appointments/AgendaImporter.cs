using ChatAgent.Store;
using NodaTime;

namespace ChatAgent.Appointments;

/// <summary>Brings an agenda in from CSV or JSON. All or nothing: a file with an error changes nothing. The same file again makes no doubles.</summary>
/// <remarks>
/// An appointment is known by its id (where the file has none: doctor, hour and RUT). What a patient has changed since the last import stays, unless the file
/// now names another hour than it did then.
/// </remarks>
public sealed class AgendaImporter
{
    private readonly IConversationStore _store;
    private readonly DateTimeZone _zone;
    private readonly TimeProvider _time;

    /// <param name="store">Where to.</param>
    /// <param name="zone">IANA name of the zone of the file's hours.</param>
    /// <param name="time">"Today", for files that count from it.</param>
    public AgendaImporter(IConversationStore store, string zone, TimeProvider time)
    {
        (_store, _zone, _time) = (store, DateTimeZoneProviders.Tzdb[zone], time);
    }

    /// <summary>
    /// Comma or semicolon, a header with any order of <c>patient_id, patient_name, rut, email, appointment_id, date, time, doctor, specialty, branch</c>. A row
    /// without a patient is a free hour. Dates are 2026-04-28 or 28-04-2026 (also with slashes).
    /// </summary>
    public Task<AgendaImportResult> ImportCsvAsync(TextReader csv, CancellationToken cancellationToken) => WriteAsync(AgendaCsv.Read(csv), cancellationToken);

    /// <summary>
    /// <c>{"patients":[{"id","name","rut","email"}],"appointments":[{"id","patient","day","time","doctor","specialty","branch"}],
    /// "hours":[{"doctor","specialty","branch","weekdays":["mon"],"from","to","minutes","weeks"}]}</c>; "day" is a date or "+3", days from today, moved to
    /// Monday from a weekend.
    /// </summary>
    public Task<AgendaImportResult> ImportJsonAsync(string json, CancellationToken cancellationToken)
    {
        var today = Instant.FromDateTimeOffset(_time.GetUtcNow()).InZone(_zone).Date;
        return WriteAsync(AgendaJsonFile.Read(json, today), cancellationToken);
    }

    private async Task<AgendaImportResult> WriteAsync(AgendaContent content, CancellationToken cancellationToken)
    {
        var errors = content.Errors.ToList();
        FindDoubles(content, errors);
        if (errors.Count > 0)
        {
            return new AgendaImportResult(0, 0, 0, 0, errors);
        }

        var documents = new List<DocumentWrite>();
        foreach (var (patient, row) in content.PatientRows)
        {
            var write = AgendaDocuments.Write(patient);
            if (await IsTakenByAnotherAsync(write, cancellationToken))
            {
                errors.Add(new AgendaImportError(row, "rut", $"{patient.Rut} is another patient's than \"{patient.Id}\""));
            }

            documents.Add(write);
        }

        documents.AddRange(content.Slots.Select(AgendaDocuments.Write));
        var unchanged = 0;
        foreach (var (appointment, row) in content.Appointments)
        {
            var write = await ToWriteAsync(appointment, cancellationToken);
            if (write is null)
            {
                unchanged++;
            }
            else if (await IsTakenByAnotherAsync(write, cancellationToken))
            {
                errors.Add(new AgendaImportError(row, "time", $"{appointment.Doctor} has another appointment at {appointment.Start:uuuu'-'MM'-'dd HH':'mm}"));
            }
            else
            {
                documents.Add(write);
            }
        }

        if (errors.Count > 0)
        {
            return new AgendaImportResult(0, 0, 0, 0, errors);
        }

        await _store.WriteDocumentsAsync(documents, cancellationToken);
        return new AgendaImportResult(content.Patients.Count, content.Appointments.Count - unchanged, content.Slots.Count, unchanged, []);
    }

    private async Task<DocumentWrite?> ToWriteAsync(AppointmentRecord appointment, CancellationToken cancellationToken)
    {
        if (await _store.FindDocumentAsync(AppointmentRecord.Collection, appointment.Id, cancellationToken) is not { } document)
        {
            var first = new AppointmentHistory(_time.GetUtcNow(), appointment.Status, appointment.Start, "import");
            return AgendaDocuments.Write(appointment with { History = [first] }, string.Empty);
        }

        var stored = AgendaDocuments.ReadAppointment(document);
        if (stored.ImportedStart == appointment.Start && stored.Doctor == appointment.Doctor && stored.Branch == appointment.Branch && stored.PatientId == appointment.PatientId)
        {
            return null;
        }

        var entry = new AppointmentHistory(_time.GetUtcNow(), appointment.Status, appointment.Start, "import");
        return AgendaDocuments.Write(appointment with { History = [.. stored.History, entry] }, document.ETag);
    }

    private async Task<bool> IsTakenByAnotherAsync(DocumentWrite write, CancellationToken cancellationToken)
    {
        foreach (var key in write.Keys)
        {
            if (await _store.FindDocumentByKeyAsync(key, cancellationToken) is { } holder && (holder.Id != write.Id || holder.Collection != write.Collection))
            {
                return true;
            }
        }

        return false;
    }

    private static void FindDoubles(AgendaContent content, List<AgendaImportError> errors)
    {
        var hours = new Dictionary<string, int>(StringComparer.Ordinal);
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var same in content.PatientRows.GroupBy(patient => patient.Patient.Rut, StringComparer.Ordinal).Where(same => same.Count() > 1))
        {
            errors.Add(new AgendaImportError(same.Last().Row, "rut", $"{same.Key} is that of row {same.First().Row} under another id"));
        }

        foreach (var (appointment, row) in content.Appointments)
        {
            if (!ids.TryAdd(appointment.Id, row))
            {
                errors.Add(new AgendaImportError(row, "appointment_id", $"appointment \"{appointment.Id}\" stands in row {ids[appointment.Id]} already"));
            }
            else if (!hours.TryAdd(SlotRecord.KeyOf(appointment.Doctor, appointment.Start), row))
            {
                errors.Add(new AgendaImportError(row, "time", $"{appointment.Doctor} has the appointment of row {hours[SlotRecord.KeyOf(appointment.Doctor, appointment.Start)]} at this hour"));
            }
        }
    }
}
