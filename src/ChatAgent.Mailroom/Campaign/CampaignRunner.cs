using System.Text.Json;
using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Store;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace ChatAgent.Mailroom;

/// <summary>Asks, reminds, instructs and calls a person, each once and in its time. One caller at a time.</summary>
/// <remarks>
/// What was done stands in the store, not here: a question is its thread, a reminder and an instruction are rows with an id of their own, a call is a row with a mark.
/// So a run that was cut short is repeated safely, and two hosts over one database would not write twice. Any answer of the patient, in words or by a button, ends the
/// reminding. Only the pace is kept in memory: after a restart a minute's allowance begins anew.
/// </remarks>
public sealed partial class CampaignRunner
{
    /// <summary>Nobody is asked about an hour nearer than this.</summary>
    private const int NoticeHours = 2;

    /// <summary>Nobody is reminded sooner after the question than this.</summary>
    private const int HoursBetween = 12;

    private const int LogRows = 500;

    private readonly Agent _agent;
    private readonly Agenda _agenda;
    private readonly MailThreads _threads;
    private readonly MailQuestions _questions;
    private readonly IConversationStore _store;
    private readonly CampaignRules _rules;
    private readonly DateTimeZone _zone;
    private readonly TimeProvider _time;
    private readonly ILogger<CampaignRunner> _logger;
    private readonly List<(DateTimeOffset At, string Domain)> _recent = [];
    private readonly HashSet<string> _done = new(StringComparer.Ordinal);

    /// <param name="agent">Says the words.</param>
    /// <param name="agenda">The appointments.</param>
    /// <param name="threads">What was asked.</param>
    /// <param name="questions">Opens threads.</param>
    /// <param name="store">Holds what was done.</param>
    /// <param name="rules">When.</param>
    /// <param name="zone">IANA name of the zone of the agenda's hours.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told ids and steps, never names or addresses.</param>
    public CampaignRunner(
        Agent agent, Agenda agenda, MailThreads threads, MailQuestions questions, IConversationStore store, CampaignRules rules, string zone, TimeProvider time, ILogger<CampaignRunner> logger)
    {
        (_agent, _agenda, _threads, _questions, _store, _rules, _zone, _time, _logger) = (agent, agenda, threads, questions, store, rules, DateTimeZoneProviders.Tzdb[zone], time, logger);
    }

    private LocalDateTime LocalNow => Instant.FromDateTimeOffset(_time.GetUtcNow()).InZone(_zone).LocalDateTime;

    /// <summary>Does what is due now, as far as the pace permits.</summary>
    /// <returns>What was done.</returns>
    public async Task<IReadOnlyList<CampaignAction>> RunOnceAsync(CancellationToken cancellationToken)
    {
        var (now, done) = (LocalNow, new List<CampaignAction>());
        _recent.RemoveAll(sent => sent.At <= _time.GetUtcNow() - TimeSpan.FromMinutes(1));
        foreach (var action in await ListAsync(now, isRun: true, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                if (await DoAsync(action, now, cancellationToken))
                {
                    done.Add(action);
                    LogDone(action.Step, action.Appointment.Id);
                }
            }
            catch (Exception failure) when (failure is not (OperationCanceledException or StoreUnavailableException))
            {
                // One appointment's failure is not another's; the next run tries it again.
                LogFailed(failure, action.Step, action.Appointment.Id);
            }
        }

        return done;
    }

    /// <summary>What would happen until a moment if nobody answered: nothing is written and nothing leaves.</summary>
    /// <param name="until">Wall time at the clinic.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>In the order of time, at the pace of the rules.</returns>
    public async Task<IReadOnlyList<CampaignAction>> PlanAsync(LocalDateTime until, CancellationToken cancellationToken)
    {
        var now = LocalNow;
        var minutes = new Dictionary<(LocalDateTime Minute, string? Domain), int>();
        var plan = new List<CampaignAction>();
        foreach (var action in await ListAsync(until, isRun: false, cancellationToken))
        {
            if (action.Step == CampaignStep.Call || action.Problem is not null)
            {
                plan.Add(action with { At = Max(action.At, now) });
                continue;
            }

            var domain = DomainOf(action.Patient);
            var at = Max(action.At, now);
            var minute = at.Date + new LocalTime(at.Hour, at.Minute);
            while (!_rules.Permits(minute) || minutes.GetValueOrDefault((minute, null)) >= _rules.PerMinute || minutes.GetValueOrDefault((minute, domain)) >= _rules.PerMinuteToDomain)
            {
                minute = minute.PlusMinutes(1);
            }

            minutes[(minute, null)] = minutes.GetValueOrDefault((minute, null)) + 1;
            minutes[(minute, domain)] = minutes.GetValueOrDefault((minute, domain)) + 1;
            if (minute <= until && minute < action.Appointment.Start)
            {
                plan.Add(action with { At = Max(minute, at) });
            }
        }

        return [.. plan.OrderBy(action => action.At)];
    }

    /// <summary>What is due until a moment and not done yet, in the order of time.</summary>
    /// <param name="until">Wall time at the clinic.</param>
    /// <param name="isRun">Whether questions that an earlier process may have left half opened are among them.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    private async Task<IReadOnlyList<CampaignAction>> ListAsync(LocalDateTime until, bool isRun, CancellationToken cancellationToken)
    {
        var now = LocalNow;
        var actions = new List<CampaignAction>();
        for (var day = now.Date; day <= until.Date.PlusDays(_rules.FirstDay + 7); day = day.PlusDays(1))
        {
            foreach (var appointment in (await _agenda.ListDayAsync(day, cancellationToken)).Where(appointment => appointment.Start > now && appointment.Status != AppointmentStatus.Declined))
            {
                if (await _agenda.FindWithPatientAsync(appointment.Id, cancellationToken) is var (_, patient))
                {
                    actions.AddRange((await ListAsync(appointment, patient, now, isRun, cancellationToken)).Where(action => action.At <= until));
                }
            }
        }

        return [.. actions.OrderBy(action => action.At).ThenBy(action => action.Appointment.Start)];
    }

    private async Task<IReadOnlyList<CampaignAction>> ListAsync(AppointmentRecord appointment, PatientRecord patient, LocalDateTime now, bool isRun, CancellationToken cancellationToken)
    {
        var actions = new List<CampaignAction>();
        void Add(CampaignStep step, LocalDateTime? at, AskOutcome? problem = null)
        {
            if (at is { } moment && !_done.Contains(KeyOf(step, appointment)))
            {
                actions.Add(new CampaignAction(step, appointment, patient, moment, problem));
            }
        }

        if (appointment.Status == AppointmentStatus.Confirmed)
        {
            if (await _threads.FindByAppointmentAsync(appointment.Id, cancellationToken) is not null)
            {
                Add(CampaignStep.Instruct, _rules.InstructTime(appointment.Start));
            }

            return actions;
        }

        var askTime = _rules.AskTime(appointment.Start, appointment.Specialty);
        var thread = await _threads.FindByHourAsync(appointment.Id, appointment.Start, cancellationToken);
        var problem = patient.Email is null ? AskOutcome.NoAddress
            : await _threads.FindSuppressionAsync(SignedLinks.HashOf(patient.Email), cancellationToken) is not null ? AskOutcome.Suppressed
            : (AskOutcome?)null;
        if (problem is not null)
        {
            // There is nobody to write to: a person is told at the time of the question.
            Add(CampaignStep.Call, askTime, problem);
            return actions;
        }

        if ((thread?.AskedAt is null || isRun) && now.PlusHours(NoticeHours) <= appointment.Start)
        {
            Add(CampaignStep.Ask, askTime);
        }

        var asked = thread?.AskedAt is { } at ? Instant.FromDateTimeOffset(at).InZone(_zone).LocalDateTime : Max(askTime, now);
        if (_rules.RemindTime(appointment.Start) is { } remind && Max(remind, asked.PlusHours(HoursBetween)) is var later && later.PlusHours(NoticeHours) <= appointment.Start)
        {
            Add(CampaignStep.Remind, later);
        }

        if (_rules.CallTime(appointment.Start) is { } call)
        {
            // Who was asked late has a few hours to answer before somebody telephones.
            Add(CampaignStep.Call, Min(Max(call, asked.PlusHours(NoticeHours)), appointment.Start.PlusHours(-1)));
        }

        return actions;
    }

    private async Task<bool> DoAsync(CampaignAction action, LocalDateTime now, CancellationToken cancellationToken)
    {
        if (action.Problem is { } problem)
        {
            var conversation = $"call-{action.Appointment.Id}";
            return await CallAsync(action, conversation, problem == AskOutcome.NoAddress ? "patient_without_mail" : "mail_suppressed", opens: true, cancellationToken);
        }

        var thread = await _threads.FindByHourAsync(action.Appointment.Id, action.Appointment.Start, cancellationToken);
        if (action.Step == CampaignStep.Instruct)
        {
            thread ??= await _threads.FindByAppointmentAsync(action.Appointment.Id, cancellationToken);
        }

        if ((action.Step != CampaignStep.Ask || thread is { AskedAt: null }) && (thread is null || await ShouldRestAsync(action.Step, thread, cancellationToken)))
        {
            return false;
        }

        if (action.Step == CampaignStep.Call)
        {
            return await CallAsync(action, thread!.ConversationId, "mail_not_answered", opens: false, cancellationToken);
        }

        // A question whose thread stands was asked, unless the host was stopped in the middle of it: repeated it changes nothing.
        if (!_rules.Permits(now) || !((action.Step == CampaignStep.Ask && thread?.AskedAt is not null) || TakeAllowance(action.Patient)))
        {
            return false;
        }

        if (action.Step == CampaignStep.Ask && thread is not { AskedAt: null })
        {
            var (outcome, _) = await _questions.AskAsync(action.Appointment.Id, language: null, cancellationToken);
            _done.Add(KeyOf(action.Step, action.Appointment));
            return outcome == AskOutcome.Asked;
        }

        // A thread that was opened for a freed hour: its question is asked in it.
        var kind = action.Step is CampaignStep.Remind or CampaignStep.Ask ? ConversationEvents.ReminderDue : ConversationEvents.InstructionsDue;
        var accepted = await _agent.AcceptAsync(
            new IncomingActivity
            {
                Channel = MailIntake.Channel,
                Account = thread!.Account,
                ConversationId = thread.ConversationId,
                ExternalId = $"{kind}/{KeyOf(action.Step, action.Appointment)}",
                Entry = new NewEntry { Audience = Audience.Bot | Audience.Operator, Author = Author.System, Kind = kind, IsInput = true },
            },
            cancellationToken);
        _done.Add(KeyOf(action.Step, action.Appointment));
        return !accepted.IsRetry;
    }

    /// <summary>Tells a person, once, in the patient's conversation or in one that is opened for it.</summary>
    private async Task<bool> CallAsync(CampaignAction action, string conversationId, string reason, bool opens, CancellationToken cancellationToken)
    {
        var entry = new NewEntry
        {
            Audience = Audience.Operator,
            Author = Author.System,
            Kind = ConversationEvents.AttentionRequested,
            Text = $"{action.Patient.Name}: {action.Appointment.Start.ToString("dd/MM HH:mm", System.Globalization.CultureInfo.InvariantCulture)}, {action.Appointment.Doctor}, {action.Appointment.Branch}",
            Payload = JsonSerializer.Serialize(new HandoverEvent(reason), MailroomJson.Default.HandoverEvent),
        };
        var key = KeyOf(CampaignStep.Call, action.Appointment);
        var isNew = opens
            ? !(await _store.AcceptAsync(
                new IncomingActivity { Channel = MailIntake.Channel, Account = action.Patient.Id, ConversationId = conversationId, ExternalId = $"call/{key}", Entry = entry }, cancellationToken)).IsRetry
            : await TryTellAsync(conversationId, key, entry, cancellationToken);

        // Only now: what could not be written is tried again by the next run.
        _done.Add(key);
        return isNew;
    }

    private async Task<bool> TryTellAsync(string conversationId, string key, NewEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            await _store.AppendAsync(conversationId, [entry], [new DocumentWrite { Collection = "mail-notes", Id = $"call/{key}", Json = "{}", ExpectedETag = string.Empty }], cancellationToken);
            return true;
        }
        catch (StoreConflictException)
        {
            // A person was told before the host was started anew.
            return false;
        }
    }

    /// <summary>Whether nothing more is said in a thread: the patient has answered, or a person has it. An instruction is for who has answered, and a first question for whoever was not asked it.</summary>
    private async Task<bool> ShouldRestAsync(CampaignStep step, MailThread thread, CancellationToken cancellationToken)
    {
        if (await _agent.ReadStateAsync(thread.ConversationId, cancellationToken) is not { Holder: Holder.Bot })
        {
            return true;
        }

        for (long after = 0; step is CampaignStep.Remind or CampaignStep.Call && await _store.ReadLogAsync(thread.ConversationId, after, Audience.Internal, LogRows, cancellationToken) is { Count: > 0 } page; after = page[^1].Sequence)
        {
            if (page.Any(entry => entry is { Kind: ConversationEvents.Message, Author: Author.Client } or { Kind: ConversationEvents.AnswerChosen, Author: Author.System }))
            {
                return true;
            }
        }

        return false;
    }

    private bool TakeAllowance(PatientRecord patient)
    {
        var domain = DomainOf(patient);
        if (_recent.Count >= _rules.PerMinute || _recent.Count(sent => sent.Domain == domain) >= _rules.PerMinuteToDomain)
        {
            return false;
        }

        _recent.Add((_time.GetUtcNow(), domain));
        return true;
    }

    private static string DomainOf(PatientRecord patient) => patient.Email is { } email ? email[(email.LastIndexOf('@') + 1)..].ToLowerInvariant() : string.Empty;

    private static string KeyOf(CampaignStep step, AppointmentRecord appointment) => $"{step}/{appointment.Id}/{appointment.Start:uuuu'-'MM'-'dd'T'HH':'mm}";

    private static LocalDateTime Max(LocalDateTime a, LocalDateTime b) => a > b ? a : b;

    private static LocalDateTime Min(LocalDateTime a, LocalDateTime b) => a < b ? a : b;

    [LoggerMessage(3202, LogLevel.Error, "Campaign: {Step} for appointment {AppointmentId} failed; it is tried again")]
    private partial void LogFailed(Exception failure, CampaignStep step, string appointmentId);

    [LoggerMessage(3201, LogLevel.Information, "Campaign: {Step} for appointment {AppointmentId}")]
    private partial void LogDone(CampaignStep step, string appointmentId);
}
