using System.Globalization;
using System.Text.Json;
using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Email;
using ChatAgent.Store;
using ChatAgent.Text;
using NodaTime;

namespace ChatAgent.Mailroom;

/// <summary>Reads a clinic's own mail without acting on it: what the agent would have done, what reception says of that, and which kinds it may do by itself. Thread-safe.</summary>
/// <remarks>
/// The questions were the clinic's, so a mail is tied to an appointment by its sender's address alone: enough to be looked at. A kind that was switched on is done
/// where the border server vouches for the sender and there is exactly one appointment it can mean; and it is switched off again by itself as soon as the marks
/// since then show, with 95 % confidence, more errors than <see cref="ShadowOptions.MaxErrorRate"/>.
/// </remarks>
public sealed class ShadowDesk(IConversationStore store, Agent agent, Agenda agenda, MailQuestions questions, TimeProvider time, ShadowOptions options)
{
    private const int PageRows = 500;

    /// <summary>Kinds in the order of the report.</summary>
    private static readonly ShadowKind[] Kinds = Enum.GetValues<ShadowKind>();

    /// <summary>Reads one mail and keeps what would be done with it. The same mail again is the same record.</summary>
    /// <param name="mail">A person's mail.</param>
    /// <param name="raw">Name of the raw mail.</param>
    /// <param name="trust">What the border server says of its sender.</param>
    /// <param name="receivedAt">UTC.</param>
    /// <param name="cancellationToken">Ends the waiting for the disk.</param>
    /// <returns>The record, or null when the sender has no appointment to come or wrote nothing: then it is nobody's answer.</returns>
    public async Task<ShadowMail?> ReadAsync(IncomingMail mail, string raw, MailTrust trust, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        if (mail.From is not { } sender || mail.Reply.AddedNothing || await FindAsync(sender.Address, cancellationToken) is not var (patient, appointment, hasOthers))
        {
            return null;
        }

        var words = mail.Reply.Text;
        var language = LanguageCodes.TryParse(patient.Language, out var own) ? own : Language.Spanish;
        var person = new IdentifiedPerson(patient.Id, patient.FirstName, appointment.Id, "mail");
        var rehearsal = await agent.RehearseAsync(person, language, words, mail.Date is { } date && date <= receivedAt && date > receivedAt.AddDays(-7) ? date : receivedAt, cancellationToken);
        var (kind, movesTo) = KindOf(rehearsal.Step, appointment);
        var isOn = (await ReadSwitchesAsync(cancellationToken)).Switches.Kinds.TryGetValue(kind, out var at) && at.IsOn;
        var record = new ShadowMail
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"{receivedAt.UtcDateTime:yyyyMMddHHmmssfff}-{raw}"),
            At = receivedAt,
            Raw = raw,
            AppointmentId = appointment.Id,
            Patient = appointment.Patient,
            Start = appointment.Start,
            Doctor = appointment.Doctor,
            Branch = appointment.Branch,
            Words = words,
            Kind = kind,
            MovesTo = movesTo,
            Reply = rehearsal.Reply.Text,
            Evidence = [.. (rehearsal.Meaning.Reply?.Evidence ?? []).Select(evidence => new ShadowEvidence(evidence.Span.Start, evidence.Span.Length, evidence.Why))],
            Confidence = rehearsal.Meaning.Reply?.Confidence,
            HasOthers = hasOthers,
            IsDone = isOn && !hasOthers && trust == MailTrust.Passed,
        };
        await store.WriteDocumentsAsync([Write(record, etag: null)], cancellationToken);
        return record;
    }

    /// <summary>The thread in which a mail that may be acted on is answered: the clinic asked, the agent goes on. Null where that fails, and then the record says that nothing was done.</summary>
    public async Task<MailThread?> AdoptAsync(ShadowMail seen, IncomingMail mail, CancellationToken cancellationToken)
    {
        var thread = await questions.AdoptAsync(seen.AppointmentId, mail.Subject, cancellationToken);
        if (thread is null)
        {
            await store.WriteDocumentsAsync([Write(seen with { IsDone = false }, etag: null)], cancellationToken);
        }

        return thread;
    }

    /// <summary>Records that wait for a mark, oldest first.</summary>
    public async Task<IReadOnlyList<ShadowMail>> ListUnmarkedAsync(int limit, CancellationToken cancellationToken) =>
        [.. (await store.ListDocumentsAsync(ShadowMail.Collection, ShadowMail.Unmarked, afterId: null, limit, cancellationToken)).Select(Read)];

    /// <summary>Says whether what would have been done is right. A second mark replaces the first.</summary>
    /// <returns>The report after it; null when there is no such mail.</returns>
    public async Task<ShadowReport?> MarkAsync(string id, bool isRight, string by, CancellationToken cancellationToken)
    {
        while (await store.FindDocumentAsync(ShadowMail.Collection, id, cancellationToken) is { } document)
        {
            var marked = Read(document) with { IsRight = isRight, MarkedBy = by, MarkedAt = time.GetUtcNow() };
            try
            {
                await store.WriteDocumentsAsync([Write(marked, document.ETag)], cancellationToken);
                return await GuardAsync(marked.Kind, cancellationToken);
            }
            catch (StoreConflictException)
            {
                // Two desks at once: the later mark counts.
            }
        }

        return null;
    }

    /// <summary>Takes a mark back.</summary>
    /// <returns>False when there is no such mail.</returns>
    public async Task<bool> UnmarkAsync(string id, CancellationToken cancellationToken)
    {
        if (await store.FindDocumentAsync(ShadowMail.Collection, id, cancellationToken) is not { } document)
        {
            return false;
        }

        await store.WriteDocumentsAsync([Write(Read(document) with { IsRight = null, MarkedBy = null, MarkedAt = null }, document.ETag)], cancellationToken);
        return true;
    }

    /// <summary>Switches a kind on or off.</summary>
    /// <returns>False when it must not be switched on yet: fewer than <see cref="ShadowOptions.MinMarks"/> of it were marked, or too many of them are wrong.</returns>
    public async Task<bool> SwitchAsync(ShadowKind kind, bool isOn, string by, CancellationToken cancellationToken)
    {
        if (isOn && (await ReportAsync(cancellationToken)).Kinds.First(row => row.Kind == kind).Errors is var errors && (errors.Cases < options.MinMarks || errors.Lower > options.MaxErrorRate))
        {
            return false;
        }

        await WriteSwitchAsync(kind, isOn, by, cancellationToken);
        return true;
    }

    /// <summary>Errors by kind, with intervals and switches.</summary>
    public async Task<ShadowReport> ReportAsync(CancellationToken cancellationToken)
    {
        var counts = Kinds.ToDictionary(kind => kind, _ => (Errors: 0, Cases: 0));
        var waiting = 0;
        await foreach (var mail in ReadAllAsync(cancellationToken))
        {
            if (mail.IsRight is { } isRight)
            {
                counts[mail.Kind] = (counts[mail.Kind].Errors + (isRight ? 0 : 1), counts[mail.Kind].Cases + 1);
            }
            else
            {
                waiting++;
            }
        }

        var (switches, _) = await ReadSwitchesAsync(cancellationToken);
        var kinds = Kinds.Select(kind =>
        {
            var at = switches.Kinds.GetValueOrDefault(kind);
            return new ShadowKindReport(kind, new ErrorRate(counts[kind].Errors, counts[kind].Cases), at?.IsOn ?? false, at?.At, at?.By);
        }).ToList();
        return new ShadowReport(kinds, waiting, kinds[(int)ShadowKind.Confirm].Errors, kinds[(int)ShadowKind.Decline].Errors);
    }

    /// <summary>Switches a kind off when the marks since it was switched on show too many errors.</summary>
    private async Task<ShadowReport> GuardAsync(ShadowKind kind, CancellationToken cancellationToken)
    {
        var (switches, _) = await ReadSwitchesAsync(cancellationToken);
        if (switches.Kinds.TryGetValue(kind, out var at) && at.IsOn)
        {
            var (errors, cases) = (0, 0);
            await foreach (var mail in ReadAllAsync(cancellationToken))
            {
                if (mail.Kind == kind && mail.MarkedAt > at.At && mail.IsRight is { } isRight)
                {
                    (errors, cases) = (errors + (isRight ? 0 : 1), cases + 1);
                }
            }

            if (new ErrorRate(errors, cases).Lower > options.MaxErrorRate)
            {
                await WriteSwitchAsync(kind, isOn: false, "errors", cancellationToken);
            }
        }

        return await ReportAsync(cancellationToken);
    }

    /// <summary>What the step does to the agenda, and else what it says.</summary>
    private static (ShadowKind Kind, LocalDateTime? MovesTo) KindOf(DialogStep step, AppointmentRecord appointment)
    {
        foreach (var entry in step.Events.Where(entry => entry is { Kind: ConversationEvents.AppointmentChanged, Payload: not null }))
        {
            if (JsonSerializer.Deserialize(entry.Payload!, MailroomJson.Default.AppointmentEvent) is { } change && change.AppointmentId == appointment.Id)
            {
                return change.Status == AppointmentStatus.Declined ? (ShadowKind.Decline, null)
                    : change.Start != appointment.Start ? (ShadowKind.Move, change.Start)
                    : (ShadowKind.Confirm, null);
            }
        }

        return step.Events.Any(entry => entry.Kind == ConversationEvents.HandoverRequested) ? (ShadowKind.Person, null)
            : step.Next.Offered.Count > 0 ? (ShadowKind.Offer, null)
            : step.Acts.Any(act => !act.Name.StartsWith("ask_", StringComparison.Ordinal) && act.Name != "not_understood") ? (ShadowKind.Answer, null)
            : (ShadowKind.AskBack, null);
    }

    /// <summary>The next appointment of whoever writes from an address. Of a family that shares one, the soonest.</summary>
    private async Task<(PatientRecord Patient, AppointmentRecord Appointment, bool HasOthers)?> FindAsync(string address, CancellationToken cancellationToken)
    {
        var coming = new List<(PatientRecord Patient, AppointmentRecord Appointment)>();
        foreach (var patient in await agenda.FindByAddressAsync(address, cancellationToken))
        {
            foreach (var appointment in await agenda.ListAppointmentsAsync(patient.Id, cancellationToken))
            {
                if (appointment.Status != AppointmentStatus.Declined && await agenda.FindAppointmentAsync(appointment.Id, cancellationToken) is { } record)
                {
                    coming.Add((patient, record));
                }
            }
        }

        return coming.Count == 0 ? null : coming.OrderBy(pair => pair.Appointment.Start).First() is var next ? (next.Patient, next.Appointment, coming.Count > 1) : null;
    }

    private async IAsyncEnumerable<ShadowMail> ReadAllAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<Document> page = [];
        do
        {
            page = await store.ListDocumentsAsync(ShadowMail.Collection, index: null, page.Count > 0 ? page[^1].Id : null, PageRows, cancellationToken);
            foreach (var document in page)
            {
                yield return Read(document);
            }
        }
        while (page.Count == PageRows);
    }

    private async Task<(ShadowSwitches Switches, string ETag)> ReadSwitchesAsync(CancellationToken cancellationToken) =>
        await store.FindDocumentAsync(ShadowSwitches.Collection, ShadowSwitches.Id, cancellationToken) is { } document
            ? (JsonSerializer.Deserialize(document.Json, MailroomJson.Default.ShadowSwitches)!, document.ETag)
            : (new ShadowSwitches(new Dictionary<ShadowKind, ShadowSwitch>()), string.Empty);

    private async Task WriteSwitchAsync(ShadowKind kind, bool isOn, string by, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (switches, etag) = await ReadSwitchesAsync(cancellationToken);
            var changed = new ShadowSwitches(new Dictionary<ShadowKind, ShadowSwitch>(switches.Kinds) { [kind] = new ShadowSwitch(isOn, time.GetUtcNow(), by) });
            try
            {
                await store.WriteDocumentsAsync(
                    [new DocumentWrite { Collection = ShadowSwitches.Collection, Id = ShadowSwitches.Id, Json = JsonSerializer.Serialize(changed, MailroomJson.Default.ShadowSwitches), ExpectedETag = etag }],
                    cancellationToken);
                return;
            }
            catch (StoreConflictException)
            {
                // Another kind was switched at the same time.
            }
        }
    }

    private static ShadowMail Read(Document document) => JsonSerializer.Deserialize(document.Json, MailroomJson.Default.ShadowMail)!;

    private static DocumentWrite Write(ShadowMail mail, string? etag) => new()
    {
        Collection = ShadowMail.Collection,
        Id = mail.Id,
        Json = JsonSerializer.Serialize(mail, MailroomJson.Default.ShadowMail),
        ExpectedETag = etag,
        Indexes = mail.Indexes,
    };
}
