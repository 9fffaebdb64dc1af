using System.Text.Json;
using ChatAgent.Dialogs;
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
    /// Comma, semicolon or tab, a header with any order of <see cref="AgendaMapping.Names"/>. A row without a patient is a free hour. Dates are 2026-04-28 or
    /// 28-04-2026 (also with slashes).
    /// </summary>
    /// <param name="csv">The table.</param>
    /// <param name="mapping">For another program's names.</param>
    /// <param name="isDryRun">Looks at everything and writes nothing.</param>
    /// <param name="cancellationToken">Ends the waiting for the disk.</param>
    public Task<AgendaImportResult> ImportCsvAsync(TextReader csv, AgendaMapping mapping, bool isDryRun, CancellationToken cancellationToken) =>
        WriteAsync(AgendaCsv.Read(csv, mapping), isDryRun, cancellationToken);

    /// <summary>The same with our own names.</summary>
    public Task<AgendaImportResult> ImportCsvAsync(TextReader csv, CancellationToken cancellationToken) => ImportCsvAsync(csv, AgendaMapping.None, isDryRun: false, cancellationToken);

    /// <summary>A list of objects, each with the fields of a row of the CSV.</summary>
    public Task<AgendaImportResult> ImportJsonRowsAsync(string json, AgendaMapping mapping, bool isDryRun, CancellationToken cancellationToken) =>
        WriteAsync(AgendaJsonRows.Read(json, mapping), isDryRun, cancellationToken);

    /// <summary>
    /// <c>{"patients":[{"id","name","rut","email","language"}],"appointments":[{"id","patient","day","time","doctor","specialty","branch","minutes"}],
    /// "hours":[{"doctor","specialty","branch","weekdays":["mon"],"from","to","minutes","weeks"}]}</c>; "day" is a date or "+3", days from today, moved to
    /// Monday from a weekend.
    /// </summary>
    public Task<AgendaImportResult> ImportJsonAsync(string json, bool isDryRun, CancellationToken cancellationToken)
    {
        var today = Instant.FromDateTimeOffset(_time.GetUtcNow()).InZone(_zone).Date;
        return WriteAsync(AgendaJsonFile.Read(json, today), isDryRun, cancellationToken);
    }

    /// <summary>The same, written.</summary>
    public Task<AgendaImportResult> ImportJsonAsync(string json, CancellationToken cancellationToken) => ImportJsonAsync(json, isDryRun: false, cancellationToken);

    /// <summary>A file of either kind, by its extension. A JSON that holds "patients", "appointments" or "hours" is one of ours; any other is a list of rows.</summary>
    /// <param name="path">Ends in .json or is a CSV.</param>
    /// <param name="mapping">For another program's names; null for ours.</param>
    /// <param name="isDryRun">Looks at everything and writes nothing.</param>
    /// <param name="cancellationToken">Ends the waiting for the disk.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public async Task<AgendaImportResult> ImportFileAsync(string path, AgendaMapping? mapping, bool isDryRun, CancellationToken cancellationToken)
    {
        var text = await File.ReadAllTextAsync(path, cancellationToken);
        return !path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? await ImportCsvAsync(new StringReader(text), mapping ?? AgendaMapping.None, isDryRun, cancellationToken)
            : mapping is null && IsOurs(text) ? await ImportJsonAsync(text, isDryRun, cancellationToken)
            : await ImportJsonRowsAsync(text, mapping ?? AgendaMapping.None, isDryRun, cancellationToken);
    }

    private static bool IsOurs(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.EnumerateObject().Any(property => property.Name is "patients" or "appointments" or "hours");
        }
        catch (JsonException)
        {
            // Read as ours, it is refused with the place of the error.
            return true;
        }
    }

    private async Task<AgendaImportResult> WriteAsync(AgendaContent content, bool isDryRun, CancellationToken cancellationToken)
    {
        var errors = content.Errors.ToList();
        FindDoubles(content, errors);
        if (errors.Count > 0)
        {
            return AgendaImportResult.Refused(errors);
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
        var changes = new List<AgendaImportChange>();
        foreach (var (appointment, row) in content.Appointments)
        {
            if (await ToWriteAsync(appointment, row, cancellationToken) is not var (change, write))
            {
                continue;
            }

            if (await IsTakenByAnotherAsync(write, cancellationToken))
            {
                errors.Add(new AgendaImportError(row, "time", $"{appointment.Doctor} has another appointment at {appointment.Start:uuuu'-'MM'-'dd HH':'mm}"));
            }
            else
            {
                changes.Add(change);
                documents.Add(write);
            }
        }

        if (errors.Count > 0)
        {
            return AgendaImportResult.Refused(errors);
        }

        if (!isDryRun)
        {
            await _store.WriteDocumentsAsync(documents, cancellationToken);
        }

        return new AgendaImportResult(content.Patients.Count, changes.Count, content.Slots.Count, content.Appointments.Count - changes.Count, changes, []);
    }

    /// <summary>What a row changes; null when all of it is there already.</summary>
    private async Task<(AgendaImportChange Change, DocumentWrite Write)?> ToWriteAsync(AppointmentRecord appointment, int row, CancellationToken cancellationToken)
    {
        if (await _store.FindDocumentAsync(AppointmentRecord.Collection, appointment.Id, cancellationToken) is not { } document)
        {
            return Change(AgendaImportKind.New, null, appointment, string.Empty, row);
        }

        var stored = AgendaDocuments.ReadAppointment(document);
        if (stored.ImportedStart != appointment.Start || stored.Doctor != appointment.Doctor || stored.Branch != appointment.Branch || stored.PatientId != appointment.PatientId)
        {
            return Change(AgendaImportKind.Moved, stored, appointment, document.ETag, row);
        }

        if (appointment.Status == AppointmentStatus.Declined && stored.Status != AppointmentStatus.Declined)
        {
            return Change(AgendaImportKind.Cancelled, stored, stored with { Status = AppointmentStatus.Declined }, document.ETag, row);
        }

        // What the patient has said since stays.
        DateTimeOffset? waits = appointment.WaitsSince is null ? null : stored.WaitsSince ?? _time.GetUtcNow();
        return stored.Minutes != appointment.Minutes || stored.Specialty != appointment.Specialty || stored.Patient != appointment.Patient || stored.WaitsSince != waits
            ? Change(
                AgendaImportKind.Corrected,
                stored,
                stored with { Minutes = appointment.Minutes, Specialty = appointment.Specialty, Patient = appointment.Patient, WaitsSince = waits },
                document.ETag,
                row)
            : null;
    }

    private (AgendaImportChange Change, DocumentWrite Write) Change(AgendaImportKind kind, AppointmentRecord? before, AppointmentRecord after, string etag, int row)
    {
        var entry = new AppointmentHistory(_time.GetUtcNow(), after.Status, after.Start, "import");
        var waits = after.WaitsSince == DateTimeOffset.MaxValue ? before?.WaitsSince ?? _time.GetUtcNow() : after.WaitsSince;
        var write = AgendaDocuments.Write(after with { WaitsSince = waits, History = [.. before?.History ?? [], entry] }, etag);
        return (new AgendaImportChange(row, kind, after.Id, before?.Start, after.Start), write);
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
