using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Store;
using ChatAgent.Text;
using NodaTime;

namespace ChatAgent.Mailroom;

/// <summary>Asks patients by mail whether they will come: opens the thread and lets the agent say the first words. Thread-safe.</summary>
public sealed partial class MailQuestions(Agent agent, Agenda agenda, MailThreads threads, BotDefinition bot, TimeProvider time)
{
    /// <summary>Answers are taken so long after the hour; later ones go to an operator.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromDays(7);

    private const int OpeningAttempts = 500;
    private static readonly TimeSpan OpeningPause = TimeSpan.FromMilliseconds(20);

    private readonly DateTimeZone _zone = DateTimeZoneProviders.Tzdb[bot.Domain.Zone];

    /// <summary>Asks about one appointment. Asked again about the same hour, nothing is sent a second time.</summary>
    /// <param name="appointmentId">In the agenda.</param>
    /// <param name="language">Of the mail; null for the patient's own, or the bot's first. The patient's answers may change it.</param>
    /// <param name="cancellationToken">Ends the waiting for the disk.</param>
    /// <returns>What came of it; a thread when the question is on its way.</returns>
    public async Task<(AskOutcome Outcome, MailThread? Thread)> AskAsync(string appointmentId, Language? language, CancellationToken cancellationToken)
    {
        if (await agenda.FindWithPatientAsync(appointmentId, cancellationToken) is not var (appointment, patient))
        {
            return (AskOutcome.NoAppointment, null);
        }

        var start = appointment.Start.InZoneLeniently(_zone).ToDateTimeOffset();
        if (start <= time.GetUtcNow() || appointment.Status == AppointmentStatus.Declined)
        {
            return (AskOutcome.NoAppointment, null);
        }

        if (patient.Email is not { Length: > 0 } email)
        {
            return (AskOutcome.NoAddress, null);
        }

        if (await threads.FindSuppressionAsync(SignedLinks.HashOf(email), cancellationToken) is not null)
        {
            return (AskOutcome.Suppressed, null);
        }

        var written = language ?? LanguageOf(patient);
        var known = await threads.FindByHourAsync(appointment.Id, appointment.Start, cancellationToken);
        var thread = known ?? await AddThreadAsync(appointment, patient, email, written, subject: null, isAdopted: false, cancellationToken);
        await OpenAsync(thread, patient, cancellationToken);
        return (known is null ? AskOutcome.Asked : AskOutcome.AskedBefore, thread);
    }

    /// <summary>Opens a thread whose first question is not sent: the clinic asked it by other means, or it is not its time. When this returns the agent waits in it.</summary>
    /// <param name="appointmentId">In the agenda.</param>
    /// <param name="subject">Of the mail that answers the clinic's question; null where nothing was asked yet.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The thread; null when there is no such appointment to come, no address, or the agent could not be brought to wait in it within ten seconds.</returns>
    public async Task<MailThread?> AdoptAsync(string appointmentId, string? subject, CancellationToken cancellationToken)
    {
        if (await agenda.FindWithPatientAsync(appointmentId, cancellationToken) is not ({ Status: not AppointmentStatus.Declined } appointment, { Email: { Length: > 0 } email } patient))
        {
            return null;
        }

        var thread = await threads.FindByHourAsync(appointment.Id, appointment.Start, cancellationToken)
            ?? await AddThreadAsync(appointment, patient, email, LanguageOf(patient), subject is null ? null : WithoutPrefix().Replace(subject, string.Empty), isAdopted: true, cancellationToken);
        await OpenAsync(thread, patient, cancellationToken);

        // The worker of the host may be at it already: the answer must find the question. Where the turn cannot end, a person is called by it, and nothing is answered here.
        for (var attempt = 0; attempt < OpeningAttempts; attempt++)
        {
            if (await agent.ReadStateAsync(thread.ConversationId, cancellationToken) is { Greeted: true })
            {
                return thread;
            }

            if (await agent.RunTurnAsync(thread.ConversationId, cancellationToken) is null)
            {
                await Task.Delay(OpeningPause, cancellationToken);
            }
        }

        return null;
    }

    private Language LanguageOf(PatientRecord patient) => LanguageCodes.TryParse(patient.Language, out var own) ? own : bot.Domain.Languages[0];

    private Task<MailThread> AddThreadAsync(
        AppointmentRecord appointment, PatientRecord patient, string email, Language language, string? subject, bool isAdopted, CancellationToken cancellationToken) => threads.AddAsync(
        new MailThread
        {
            Id = ReplyAddresses.NewThreadId(),
            AppointmentId = appointment.Id,
            Start = appointment.Start,
            PatientId = patient.Id,
            Address = email,
            Language = language.ToCode(),
            Subject = subject ?? SubjectOf(appointment.Start, language),
            IsAdopted = isAdopted,
            AskedAt = isAdopted && subject is null ? null : time.GetUtcNow(),
            ExpiresAt = appointment.Start.InZoneLeniently(_zone).ToDateTimeOffset() + Grace,
        },
        cancellationToken);

    /// <summary>Repeated when the host was stopped in between: the opening has an id of its own, so that the agent speaks once.</summary>
    private Task<Accepted> OpenAsync(MailThread thread, PatientRecord patient, CancellationToken cancellationToken) => agent.OpenAsync(
        new IncomingActivity
        {
            Channel = MailIntake.Channel,
            Account = thread.Account,
            ConversationId = thread.ConversationId,
            ExternalId = $"ask/{thread.Id}",
            Reference = JsonSerializer.Serialize(new MailReference(thread.Id), MailroomJson.Default.MailReference),
            Entry = new NewEntry
            {
                Audience = Audience.Bot | Audience.Operator,
                Author = Author.System,
                Kind = ConversationEvents.Started,
                Payload = JsonSerializer.Serialize(new StartedEvent(thread.Language), MailroomJson.Default.StartedEvent),
            },
        },
        new IdentifiedPerson(patient.Id, patient.FirstName, thread.AppointmentId, "mail"),
        cancellationToken);

    [GeneratedRegex(@"^(\s*(re|rv|aw|fwd?)\s*:\s*)+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 500)]
    private static partial Regex WithoutPrefix();

    /// <summary>No doctor and no specialty: a subject is shown on locked screens.</summary>
    private static string SubjectOf(LocalDateTime start, Language language)
    {
        var culture = CultureInfo.GetCultureInfo(language == Language.English ? "en-GB" : "es-CL");
        return language == Language.English
            ? $"Your appointment on {start.Date.ToString("dddd d MMMM", culture)} at {start.TimeOfDay.ToString("H:mm", culture)}"
            : $"Su hora del {start.Date.ToString("dddd d 'de' MMMM", culture)} a las {start.TimeOfDay.ToString("H:mm", culture)}";
    }
}

/// <summary>What came of a question.</summary>
public enum AskOutcome
{
    /// <summary>It is on its way.</summary>
    Asked,

    /// <summary>The same hour was asked about before; nothing leaves a second time.</summary>
    AskedBefore,

    /// <summary>There is no such appointment, it has passed, or it was given up.</summary>
    NoAppointment,

    /// <summary>The patient has no address on file: another channel, or an operator.</summary>
    NoAddress,

    /// <summary>The address is dead, or its owner wants no mails.</summary>
    Suppressed,
}
