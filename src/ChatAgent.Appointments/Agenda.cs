using System.Text.Json;
using ChatAgent.Dialogs;
using ChatAgent.Store;
using NodaTime;

namespace ChatAgent.Appointments;

/// <summary>The agenda over the store's documents: the dialog's tools. Thread-safe; nothing is cached.</summary>
/// <remarks>
/// A change is prepared here and written by the turn's commit, each document against the ETag that was read. An appointment that stands holds the unique key of
/// its hour, so that two conversations cannot commit the same hour, whatever each of them has read.
/// </remarks>
public sealed class Agenda : IAgendaTools
{
    /// <summary>Appointments of one patient that a dialog is told of.</summary>
    private const int MaxAppointments = 10;

    /// <summary>Hours nearer than this are not offered: nobody can come.</summary>
    private const int NoticeHours = 2;

    private readonly IConversationStore _store;
    private readonly OneTimeCodes _codes;
    private readonly DateTimeZone _zone;
    private readonly TimeProvider _time;

    /// <param name="store">Holds the documents.</param>
    /// <param name="codes">Makes and checks one-time codes.</param>
    /// <param name="zone">IANA name of the zone in which the agenda's hours are read.</param>
    /// <param name="time">The clock.</param>
    public Agenda(IConversationStore store, OneTimeCodes codes, string zone, TimeProvider time)
    {
        (_store, _codes, _zone, _time) = (store, codes, DateTimeZoneProviders.Tzdb[zone], time);
    }

    private LocalDateTime LocalNow => Instant.FromDateTimeOffset(_time.GetUtcNow()).InZone(_zone).LocalDateTime;

    /// <summary>Who a signed link shows the visitor to be; null when the appointment is gone or the address is no longer the patient's.</summary>
    public async Task<IdentifiedPerson?> IdentifyAsync(SignedLink link, CancellationToken cancellationToken) =>
        await FindAsync(link.AppointmentId, cancellationToken) is var (appointment, _)
        && await ReadPatientAsync(appointment.PatientId, cancellationToken) is { Email: { } email } patient
        && SignedLinks.HashOf(email) == link.AddressHash
            ? new IdentifiedPerson(patient.Id, patient.FirstName, appointment.Id, "link")
            : null;

    /// <summary>A signed link to an appointment for the address on file, as a mail to the patient carries it; null when there is no appointment or no address.</summary>
    public async Task<string?> CreateLinkAsync(SignedLinks links, string appointmentId, DateTimeOffset expiresAt, CancellationToken cancellationToken) =>
        await FindAsync(appointmentId, cancellationToken) is var (appointment, _)
        && await ReadPatientAsync(appointment.PatientId, cancellationToken) is { Email: { } email }
            ? links.Create(appointment.Id, email, expiresAt)
            : null;

    /// <summary>The next appointment that nobody has answered yet, or null.</summary>
    public async Task<AppointmentRecord?> FindNextUnansweredAsync(CancellationToken cancellationToken)
    {
        const int PageRows = 200;
        var now = LocalNow;
        AppointmentRecord? next = null;
        IReadOnlyList<Document> page = [];
        do
        {
            page = await _store.ListDocumentsAsync(AppointmentRecord.Collection, index: null, page.Count > 0 ? page[^1].Id : null, PageRows, cancellationToken);
            foreach (var appointment in page.Select(document => JsonSerializer.Deserialize(document.Json, AppointmentsJson.Compact.AppointmentRecord)!))
            {
                if (appointment.Status == AppointmentStatus.Booked && appointment.Start > now && (next is null || appointment.Start < next.Start))
                {
                    next = appointment;
                }
            }
        }
        while (page.Count == PageRows);
        return next;
    }

    /// <summary>The appointments of a day, those that were given up included, in no order.</summary>
    public async Task<IReadOnlyList<AppointmentRecord>> ListDayAsync(LocalDate day, CancellationToken cancellationToken)
    {
        var appointments = new List<AppointmentRecord>();
        await foreach (var document in ReadAllAsync(AppointmentRecord.Collection, AppointmentRecord.DayIndex(day), null, cancellationToken))
        {
            appointments.Add(AgendaDocuments.ReadAppointment(document));
        }

        return appointments;
    }

    /// <summary>The appointment, or null.</summary>
    public async Task<AppointmentRecord?> FindAppointmentAsync(string appointmentId, CancellationToken cancellationToken) =>
        await FindAsync(appointmentId, cancellationToken) is var (appointment, _) ? appointment : null;

    /// <summary>The appointment with its patient, address included, for whoever writes to them; null when one of the two is gone.</summary>
    public async Task<(AppointmentRecord Appointment, PatientRecord Patient)?> FindWithPatientAsync(string appointmentId, CancellationToken cancellationToken) =>
        await FindAsync(appointmentId, cancellationToken) is var (appointment, _) && await ReadPatientAsync(appointment.PatientId, cancellationToken) is { } patient
            ? (appointment, patient)
            : null;

    /// <summary>The patients who have an address on file, at most ten: families share one.</summary>
    public async Task<IReadOnlyList<PatientRecord>> FindByAddressAsync(string email, CancellationToken cancellationToken) =>
        [.. (await _store.ListDocumentsAsync(PatientRecord.Collection, PatientRecord.AddressIndex(email), afterId: null, MaxAppointments, cancellationToken))
            .Select(document => JsonSerializer.Deserialize(document.Json, AppointmentsJson.Compact.PatientRecord)!)];

    /// <inheritdoc/>
    public async Task<AgendaPatient?> FindPatientAsync(string patientId, CancellationToken cancellationToken) =>
        await ReadPatientAsync(patientId, cancellationToken) is { } patient ? new AgendaPatient(patient.Id, patient.FirstName) : null;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AgendaAppointment>> ListAppointmentsAsync(string patientId, CancellationToken cancellationToken)
    {
        var now = LocalNow;
        var appointments = new List<AgendaAppointment>();
        await foreach (var document in ReadAllAsync(AppointmentRecord.Collection, AppointmentRecord.PatientIndex(patientId), null, cancellationToken))
        {
            var appointment = AgendaDocuments.ReadAppointment(document);
            if (appointment.Start > now)
            {
                appointments.Add(appointment.ToAgenda());
            }
        }

        return [.. appointments.OrderBy(appointment => appointment.Start).Take(MaxAppointments)];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<FreeSlot>> FindSlotsAsync(SlotSearch search, CancellationToken cancellationToken)
    {
        var earliest = LocalNow.PlusHours(NoticeHours);
        var candidates = new List<SlotRecord>();
        await foreach (var document in ReadAllAsync(SlotRecord.Collection, SlotRecord.IndexOf(search.Doctor, search.Branch), SlotRecord.IdOf(search.Doctor, earliest), cancellationToken))
        {
            var slot = JsonSerializer.Deserialize(document.Json, AppointmentsJson.Compact.SlotRecord)!;
            if (!search.Except.Contains(slot.Start))
            {
                candidates.Add(slot);
            }
        }

        return await SlotRanking.TakeFreeAsync(
            candidates,
            search,
            async slot => await _store.FindDocumentByKeyAsync(SlotRecord.KeyOf(slot.Doctor, slot.Start), cancellationToken) is null);
    }

    /// <inheritdoc/>
    public async Task<FreeSlot?> FindFreeSlotAsync(string slotId, CancellationToken cancellationToken) =>
        await _store.FindDocumentAsync(SlotRecord.Collection, slotId, cancellationToken) is { } document
        && JsonSerializer.Deserialize(document.Json, AppointmentsJson.Compact.SlotRecord) is { } slot
        && slot.Start > LocalNow
        && await _store.FindDocumentByKeyAsync(SlotRecord.KeyOf(slot.Doctor, slot.Start), cancellationToken) is null
            ? new FreeSlot(slot.Id, slot.Start, slot.Doctor, slot.Branch)
            : null;

    /// <summary>Hours that were given up and have not been dealt with, each with the ETag to write it back by.</summary>
    public async Task<IReadOnlyList<(FreedHour Hour, string ETag)>> ListFreedAsync(CancellationToken cancellationToken)
    {
        var freed = new List<(FreedHour, string)>();
        await foreach (var document in ReadAllAsync(FreedHour.Collection, null, null, cancellationToken))
        {
            freed.Add((JsonSerializer.Deserialize(document.Json, AppointmentsJson.Compact.FreedHour)!, document.ETag));
        }

        return freed;
    }

    /// <summary>Keeps who was offered a freed hour, or with null forgets the hour.</summary>
    /// <exception cref="StoreConflictException">It was freed anew, or another host offers it.</exception>
    public Task WriteFreedAsync(string slotId, FreedHour? freed, string etag, CancellationToken cancellationToken) => _store.WriteDocumentsAsync(
        [freed is null ? new DocumentWrite { Collection = FreedHour.Collection, Id = slotId, Json = null, ExpectedETag = etag } : AgendaDocuments.Write(freed, etag)], cancellationToken);

    /// <summary>Appointments whose patients wait for an earlier hour with a professional at a branch, who has waited longest first.</summary>
    public async Task<IReadOnlyList<AppointmentRecord>> ListWaitingAsync(string doctor, string branch, CancellationToken cancellationToken)
    {
        var (waiting, now) = (new List<AppointmentRecord>(), LocalNow);
        await foreach (var document in ReadAllAsync(AppointmentRecord.Collection, AppointmentRecord.WaitingIndex(doctor, branch), null, cancellationToken))
        {
            if (AgendaDocuments.ReadAppointment(document) is var appointment && appointment.Start > now)
            {
                waiting.Add(appointment);
            }
        }

        return [.. waiting.OrderBy(appointment => appointment.WaitsSince).ThenBy(appointment => appointment.Start)];
    }

    /// <inheritdoc/>
    public async Task<AgendaChange> ConfirmAsync(string appointmentId, string conversationId, CancellationToken cancellationToken)
    {
        if (await FindComingAsync(appointmentId, cancellationToken) is not var (appointment, document))
        {
            return new AgendaChange(AgendaOutcome.Gone, null, []);
        }

        if (appointment.Status == AppointmentStatus.Confirmed)
        {
            return new AgendaChange(AgendaOutcome.Already, appointment.ToAgenda(), []);
        }

        return appointment.Status == AppointmentStatus.Declined && await _store.FindDocumentByKeyAsync(SlotRecord.KeyOf(appointment.Doctor, appointment.Start), cancellationToken) is not null
            ? new AgendaChange(AgendaOutcome.Taken, appointment.ToAgenda(), [])
            : Change(appointment, document, AppointmentStatus.Confirmed, appointment.Start, conversationId);
    }

    /// <inheritdoc/>
    public async Task<AgendaChange> DeclineAsync(string appointmentId, string conversationId, CancellationToken cancellationToken) =>
        await FindComingAsync(appointmentId, cancellationToken) is not var (appointment, document) ? new AgendaChange(AgendaOutcome.Gone, null, [])
        : appointment.Status == AppointmentStatus.Declined ? new AgendaChange(AgendaOutcome.Already, appointment.ToAgenda(), [])
        : Change(appointment, document, AppointmentStatus.Declined, appointment.Start, conversationId);

    /// <inheritdoc/>
    public async Task<AgendaChange> MoveAsync(string appointmentId, string slotId, string conversationId, CancellationToken cancellationToken)
    {
        if (await FindComingAsync(appointmentId, cancellationToken) is not var (appointment, document))
        {
            return new AgendaChange(AgendaOutcome.Gone, null, []);
        }

        if (await _store.FindDocumentAsync(SlotRecord.Collection, slotId, cancellationToken) is not { } slotDocument
            || JsonSerializer.Deserialize(slotDocument.Json, AppointmentsJson.Compact.SlotRecord) is not { } slot
            || slot.Start <= LocalNow
            || await _store.FindDocumentByKeyAsync(SlotRecord.KeyOf(slot.Doctor, slot.Start), cancellationToken) is not null)
        {
            return new AgendaChange(AgendaOutcome.Taken, appointment.ToAgenda(), []);
        }

        return Change(appointment with { Branch = slot.Branch, WaitsSince = null }, document, AppointmentStatus.Confirmed, slot.Start, conversationId);
    }

    /// <inheritdoc/>
    public Task<CodeRequest> RequestCodeAsync(string rut, string conversationId, CancellationToken cancellationToken) =>
        _codes.RequestAsync(rut, conversationId, cancellationToken);

    /// <inheritdoc/>
    public Task<CodeCheck> CheckCodeAsync(string code, string conversationId, CancellationToken cancellationToken) =>
        _codes.CheckAsync(code, conversationId, cancellationToken);

    /// <inheritdoc/>
    public Task SendCodeAsync(CodeMessage message, CancellationToken cancellationToken) => _codes.SendAsync(message, cancellationToken);

    private AgendaChange Change(AppointmentRecord appointment, Document document, AppointmentStatus status, LocalDateTime start, string by)
    {
        var changed = appointment with
        {
            Status = status,
            Start = start,
            History = [.. appointment.History, new AppointmentHistory(_time.GetUtcNow(), status, start, by)],
        };
        var documents = new List<DocumentWrite> { AgendaDocuments.Write(changed, document.ETag) };
        if (status == AppointmentStatus.Declined || start != appointment.Start)
        {
            // The hour that is given up can be offered, also when it was imported as an appointment only.
            var slot = new SlotRecord(appointment.Doctor, appointment.Specialty, AgendaDocuments.ReadAppointment(document).Branch, appointment.Start);
            documents.Add(AgendaDocuments.Write(slot));
            documents.Add(AgendaDocuments.Write(new FreedHour(slot, _time.GetUtcNow(), []), etag: null));
        }

        return new AgendaChange(AgendaOutcome.Done, changed.ToAgenda(), documents);
    }

    private async Task<(AppointmentRecord Appointment, Document Document)?> FindComingAsync(string appointmentId, CancellationToken cancellationToken) =>
        await FindAsync(appointmentId, cancellationToken) is var (appointment, document) && appointment.Start > LocalNow ? (appointment, document) : null;

    private async Task<(AppointmentRecord Appointment, Document Document)?> FindAsync(string appointmentId, CancellationToken cancellationToken) =>
        await _store.FindDocumentAsync(AppointmentRecord.Collection, appointmentId, cancellationToken) is { } document ? (AgendaDocuments.ReadAppointment(document), document) : null;

    private async Task<PatientRecord?> ReadPatientAsync(string patientId, CancellationToken cancellationToken) =>
        await _store.FindDocumentAsync(PatientRecord.Collection, patientId, cancellationToken) is { } document
            ? JsonSerializer.Deserialize(document.Json, AppointmentsJson.Compact.PatientRecord)
            : null;

    private async IAsyncEnumerable<Document> ReadAllAsync(
        string collection,
        string? index,
        string? afterId,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const int PageSize = 500;
        while (true)
        {
            var page = await _store.ListDocumentsAsync(collection, index, afterId, PageSize, cancellationToken);
            foreach (var document in page)
            {
                yield return document;
            }

            if (page.Count < PageSize)
            {
                yield break;
            }

            afterId = page[^1].Id;
        }
    }
}
