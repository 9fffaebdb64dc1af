using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Email;
using ChatAgent.Nlu.Appointments;
using ChatAgent.Store;
using ChatAgent.Text;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace ChatAgent.Mailroom;

/// <summary>Plays a whole campaign against patients that are written down: the real agenda, runner, intake, agent and delivery over a clock that jumps. Nothing leaves.</summary>
/// <remarks>
/// Patients whose appointments lie near each other share a clinic; two appointments of one doctor at one hour go to different ones, as do times far apart, so that
/// labelled replies with their own dates can be played as they stand. Every mail is composed and parsed again, quotes and all.
/// </remarks>
public sealed class MailSimulation
{
    private const string Server = "mx.simulation.example";

    private const int LogRows = 500;

    /// <summary>Days of appointments in one clinic.</summary>
    private const int DaysOfClinic = 21;

    private readonly Bundle _bundle;
    private readonly CampaignRules _rules;
    private readonly JsonNode _hours;
    private readonly DateTimeZone _zone;

    /// <param name="bundle">The bot.</param>
    /// <param name="rules">When to ask; the pace is not played.</param>
    /// <param name="agendaJson">The bot's agenda, of which the working hours are taken; "{}" for none.</param>
    public MailSimulation(Bundle bundle, CampaignRules rules, string agendaJson)
    {
        (_bundle, _rules) = (bundle, rules with { PerMinute = int.MaxValue, PerMinuteToDomain = int.MaxValue });
        _zone = DateTimeZoneProviders.Tzdb[bundle.Definition.Domain.Zone];
        var hours = JsonNode.Parse(agendaJson)?["hours"]?.DeepClone() as JsonArray ?? [];
        foreach (var row in hours)
        {
            row!["weeks"] = (DaysOfClinic / 7) + 4;
        }

        _hours = new JsonObject { ["hours"] = hours };
    }

    /// <summary>Plays all of them.</summary>
    /// <param name="patients">Each with an appointment; those with a label count for the errors.</param>
    /// <param name="progress">Told the share of patients done.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<SimulationReport> RunAsync(IReadOnlyList<SimulatedPatient> patients, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var tally = new Tally();
        foreach (var clinic in Divide(patients))
        {
            await using var play = await Play.OpenAsync(this, clinic, cancellationToken);
            await play.RunAsync(tally, cancellationToken);
            progress?.Report((double)tally.Patients / patients.Count);
        }

        return tally.ToReport();
    }

    /// <summary>Groups of patients near in time, no two of whom want one doctor at one hour.</summary>
    private static IEnumerable<IReadOnlyList<SimulatedPatient>> Divide(IReadOnlyList<SimulatedPatient> patients)
    {
        var rest = patients.OrderBy(patient => patient.Reply.Appointment.Start).ToList();
        while (rest.Count > 0)
        {
            var until = rest[0].Reply.Appointment.Start.Date.PlusDays(DaysOfClinic);
            var hours = new HashSet<(string, LocalDateTime)>();
            var group = rest.Where(patient => patient.Reply.Appointment.Start.Date <= until && hours.Add((patient.Reply.Appointment.Doctor, patient.Reply.Appointment.Start))).ToList();
            rest.RemoveAll(group.Contains);
            yield return group;
        }
    }

    private sealed class Tally
    {
        private readonly SortedDictionary<(string Label, string Ended), int> _outcomes = [];
        private readonly List<SimulationError> _errors = [];
        private readonly List<SimulationError> _missed = [];
        private (int Errors, int Cases) _yes;
        private (int Errors, int Cases) _no;
        private (int Errors, int Cases) _moves;

        public int Patients { get; private set; }

        public Dictionary<CampaignStep, int> Steps { get; } = [];

        public int Mails { get; set; }

        public void Add(SimulatedPatient patient, string ended, LocalDateTime start)
        {
            Patients++;
            var reply = patient.Reply;
            var isHeard = patient.By is SimulatedWay.Words or SimulatedWay.Calendar;
            var label = !isHeard ? "none" : reply.Intent is { } intent ? LabelledReply.NameOf(intent) : "unlabelled";
            _outcomes[(label, ended)] = _outcomes.GetValueOrDefault((label, ended)) + 1;
            if (label == "unlabelled")
            {
                return;
            }

            var isYes = label == "confirm";
            var isNo = label == "decline";
            _yes = (_yes.Errors + (!isYes && ended == "confirmed" ? 1 : 0), _yes.Cases + (isYes ? 0 : 1));
            _no = (_no.Errors + (!isNo && ended == "declined" ? 1 : 0), _no.Cases + (isNo ? 0 : 1));
            var hour = start.ToString("uuuu'-'MM'-'dd'T'HH':'mm", CultureInfo.InvariantCulture);
            var isWrongMove = ended == "moved" && !reply.Proposed.Any(proposed => proposed == hour || hour.StartsWith(proposed, StringComparison.Ordinal));
            _moves = (_moves.Errors + (isWrongMove ? 1 : 0), _moves.Cases + (ended == "moved" ? 1 : 0));
            if ((isYes || isNo) && ended is "open" or "person")
            {
                _missed.Add(new SimulationError(reply.Id, label, ended, reply.Text));
            }

            if ((!isYes && ended == "confirmed") || (!isNo && ended == "declined") || isWrongMove)
            {
                _errors.Add(new SimulationError(reply.Id, label, ended == "moved" ? $"moved to {hour}" : ended, reply.Text));
            }
        }

        public SimulationReport ToReport() => new(
            Patients,
            Steps.GetValueOrDefault(CampaignStep.Ask),
            Steps.GetValueOrDefault(CampaignStep.Remind),
            Steps.GetValueOrDefault(CampaignStep.Instruct),
            Steps.GetValueOrDefault(CampaignStep.Call),
            Mails,
            [.. _outcomes.Select(outcome => new SimulationOutcome(outcome.Key.Label, outcome.Key.Ended, outcome.Value))],
            new ErrorRate(_yes.Errors, _yes.Cases),
            new ErrorRate(_no.Errors, _no.Cases),
            new ErrorRate(_moves.Errors, _moves.Cases),
            _errors,
            _missed);
    }

    /// <summary>One clinic with its patients, from the first question to the last hour.</summary>
    private sealed class Play : IAsyncDisposable
    {
        private readonly MailSimulation _simulation;
        private readonly IReadOnlyList<SimulatedPatient> _patients;
        private readonly JumpingClock _clock;
        private readonly string _folder;
        private readonly SqliteConversationStore _store;
        private readonly Agent _agent;
        private readonly Agenda _agenda;
        private readonly MailThreads _threads;
        private readonly ReplyAddresses _addresses;
        private readonly MailQuestions _questions;
        private readonly MailIntake _intake;
        private readonly MailDelivery _delivery;
        private readonly CampaignRunner _runner;
        private readonly Outbox _outbox = new();

        private Play(MailSimulation simulation, IReadOnlyList<SimulatedPatient> patients, JumpingClock clock, string folder, SqliteConversationStore store)
        {
            (_simulation, _patients, _clock, _folder, _store) = (simulation, patients, clock, folder, store);
            var bot = simulation._bundle.Definition;
            var mailbox = MailAddress.Create("citas@simulation.example", bot.Domain.Bot);

            // Keys that everybody may know: what they sign opens nothing.
            _agenda = new Agenda(store, new OneTimeCodes(store, new NoCodes(), new OneTimeCodeOptions { Key = new byte[32] }, clock), bot.Domain.Zone, clock);
            _agent = new Agent(store, new BundleHolder(simulation._bundle), _agenda, new AgentOptions(), clock, NullLogger<Agent>.Instance);
            _addresses = new ReplyAddresses(new byte[32], mailbox);
            _threads = new MailThreads(store, _addresses);
            _questions = new MailQuestions(_agent, _agenda, _threads, bot, clock);
            _intake = new MailIntake(
                store, _agent, _agenda, _threads, new MailFolder(Path.Combine(folder, "received")), new MailIntakeOptions { AuthservId = Server }, bot.Domain.Zone, clock, NullLogger<MailIntake>.Instance);
            _delivery = new MailDelivery(store, _threads, _addresses, _outbox, mailbox, dress: null, clock, NullLogger<MailDelivery>.Instance);
            _runner = new CampaignRunner(_agent, _agenda, _threads, _questions, store, simulation._rules, bot.Domain.Zone, clock, NullLogger<CampaignRunner>.Instance);
        }

        public static async Task<Play> OpenAsync(MailSimulation simulation, IReadOnlyList<SimulatedPatient> patients, CancellationToken cancellationToken)
        {
            var first = patients.Min(patient => simulation.FirstMomentOf(patient)).PlusHours(-1);
            var clock = new JumpingClock(first.InZoneLeniently(simulation._zone).ToDateTimeOffset());
            var folder = Directory.CreateTempSubdirectory("chatagent-simulation-").FullName;
            var store = await SqliteConversationStore.OpenAsync(new SqliteStoreOptions { File = Path.Combine(folder, "simulation.db") }, clock, cancellationToken);
            var importer = new AgendaImporter(store, simulation._bundle.Definition.Domain.Zone, clock);
            var imported = await importer.ImportJsonAsync(simulation._hours.ToJsonString(), cancellationToken);
            if (imported.Errors.Count == 0)
            {
                imported = await importer.ImportCsvAsync(new StringReader(simulation.ToCsv(patients)), cancellationToken);
            }

            return imported.Errors.Count == 0
                ? new Play(simulation, patients, clock, folder, store)
                : throw new InvalidDataException($"the patients of a simulation: {imported.Errors[0]}");
        }

        public async Task RunAsync(Tally tally, CancellationToken cancellationToken)
        {
            var rules = _simulation._rules;
            var moments = new List<(LocalDateTime At, int Order, Func<Task> Do)>();
            foreach (var (patient, index) in _patients.Select((patient, index) => (patient, index)))
            {
                var (start, id) = (patient.Reply.Appointment.Start, IdOf(index));
                var answered = _simulation.LocalOf(patient.Reply.SentAt);
                moments.Add((_simulation.FirstMomentOf(patient), 0, async () => await _questions.AskAsync(id, patient.Reply.Language, cancellationToken)));
                moments.Add((answered, 1, () => AnswerAsync(patient, index, cancellationToken)));
                foreach (var step in new[] { rules.RemindTime(start), rules.InstructTime(start), rules.CallTime(start) })
                {
                    moments.AddRange(step is { } at && at > answered ? [(at, 2, () => RunCampaignAsync(tally, cancellationToken))] : Array.Empty<(LocalDateTime, int, Func<Task>)>());
                }

                moments.Add((start.PlusMinutes(-1), 3, () => CloseAsync(patient, index, tally, cancellationToken)));
            }

            foreach (var (at, order, act) in moments.OrderBy(moment => moment.At).ThenBy(moment => moment.Order))
            {
                cancellationToken.ThrowIfCancellationRequested();
                _clock.JumpTo(at.InZoneLeniently(_simulation._zone).ToDateTimeOffset());
                await act();
                tally.Steps[CampaignStep.Ask] = tally.Steps.GetValueOrDefault(CampaignStep.Ask) + (order == 0 ? 1 : 0);
                await WorkAsync(cancellationToken);
            }

            tally.Mails += _outbox.Count;
        }

        private async Task RunCampaignAsync(Tally tally, CancellationToken cancellationToken)
        {
            foreach (var action in (await _runner.RunOnceAsync(cancellationToken)).Where(action => action.Step != CampaignStep.Ask))
            {
                tally.Steps[action.Step] = tally.Steps.GetValueOrDefault(action.Step) + 1;
            }
        }

        private async Task AnswerAsync(SimulatedPatient patient, int index, CancellationToken cancellationToken)
        {
            if (patient.By == SimulatedWay.Never || await _threads.FindByAppointmentAsync(IdOf(index), cancellationToken) is not { } thread)
            {
                return;
            }

            var mail = patient.By == SimulatedWay.Calendar
                ? CalendarAnswer(patient, thread)
                : Answer(patient, thread, patient.By == SimulatedWay.Automatic ? "Auto-Submitted: auto-replied\r\n" : string.Empty);
            await _intake.TakeAsync(mail, cancellationToken);
        }

        private async Task CloseAsync(SimulatedPatient patient, int index, Tally tally, CancellationToken cancellationToken)
        {
            var appointment = await _agenda.FindAppointmentAsync(IdOf(index), cancellationToken) ?? throw new InvalidOperationException($"appointment {IdOf(index)} is gone");
            var thread = await _threads.FindByAppointmentAsync(IdOf(index), cancellationToken);
            var isHeld = thread is not null && (await _store.ReadLogAsync(thread.ConversationId, 0, Audience.Internal, LogRows, cancellationToken)).Any(entry => entry.Kind == ConversationEvents.HandoverRequested);
            tally.Add(
                patient,
                appointment.Start != patient.Reply.Appointment.Start ? "moved"
                    : appointment.Status == AppointmentStatus.Confirmed ? "confirmed"
                    : appointment.Status == AppointmentStatus.Declined ? "declined"
                    : isHeld ? "person"
                    : "open",
                appointment.Start);
        }

        private async Task WorkAsync(CancellationToken cancellationToken)
        {
            await _agent.SweepOnceAsync(cancellationToken);
            while (await _store.ListWaitingAsync(64, cancellationToken) is { Count: > 0 } waiting)
            {
                foreach (var conversation in waiting)
                {
                    await _agent.RunTurnAsync(conversation, cancellationToken);
                }
            }

            while (await _store.ClaimOutboxAsync(MailIntake.Channel, 64, TimeSpan.FromMinutes(1), cancellationToken) is { Count: > 0 } items)
            {
                foreach (var item in items)
                {
                    await _delivery.DeliverAsync(item, cancellationToken);
                }
            }
        }

        private ReceivedMail Answer(SimulatedPatient patient, MailThread thread, string headers)
        {
            var quoted = _outbox.LastTo(thread.Address)?.Text.ReplaceLineEndings("\r\n> ") ?? string.Empty;
            var raw = $"{HeaderOf(thread, headers)}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{patient.Reply.Text.ReplaceLineEndings("\r\n")}\r\n\r\nEl {_clock.GetUtcNow():dd-MM-yyyy HH:mm}, {thread.Address} escribió:\r\n\r\n> {quoted}\r\n";
            return new ReceivedMail(thread.Address, [_addresses.Create(thread).Address], Encoding.UTF8.GetBytes(raw), _clock.GetUtcNow());
        }

        private ReceivedMail CalendarAnswer(SimulatedPatient patient, MailThread thread)
        {
            var status = patient.Reply.Intent == AppointmentIntent.Confirm ? "ACCEPTED" : "DECLINED";
            var start = patient.Reply.Appointment.Start.InZoneLeniently(_simulation._zone).ToDateTimeUtc().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
            var calendar = $"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Simulation//EN\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:{_addresses.UidOf(thread.Id)}\r\nSEQUENCE:0\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:{start}\r\nATTENDEE;PARTSTAT={status}:mailto:{thread.Address}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
            var raw = $"{HeaderOf(thread, string.Empty)}Content-Type: text/calendar; charset=utf-8; method=REPLY\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{calendar}";
            return new ReceivedMail(thread.Address, [_addresses.Create(thread).Address], Encoding.UTF8.GetBytes(raw), _clock.GetUtcNow());
        }

        private string HeaderOf(MailThread thread, string headers)
        {
            var asked = _outbox.LastTo(thread.Address);
            return $"Authentication-Results: {Server}; dmarc=pass header.from=patient.example\r\nFrom: {thread.Address}\r\nTo: {_addresses.Create(thread).Address}\r\nSubject: Re: {asked?.Subject}\r\n"
                + $"Date: {_clock.GetUtcNow().ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture)} +0000\r\nMessage-ID: <{Guid.NewGuid():N}@patient.example>\r\n"
                + $"In-Reply-To: {asked?.MessageId}\r\n{headers}MIME-Version: 1.0\r\n";
        }

        public async ValueTask DisposeAsync()
        {
            await _store.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static string IdOf(int index) => string.Create(CultureInfo.InvariantCulture, $"s-{index}");

    /// <summary>When a patient is asked: as the rules say, or an hour before their words were written where that is earlier.</summary>
    private LocalDateTime FirstMomentOf(SimulatedPatient patient)
    {
        var (asked, answered) = (_rules.AskTime(patient.Reply.Appointment.Start, patient.Reply.Appointment.Specialty), LocalOf(patient.Reply.SentAt).PlusHours(-1));
        return asked < answered ? asked : answered;
    }

    private LocalDateTime LocalOf(DateTimeOffset instant) => Instant.FromDateTimeOffset(instant).InZone(_zone).LocalDateTime;

    private string ToCsv(IReadOnlyList<SimulatedPatient> patients)
    {
        var branches = _bundle.Definition.Domain.Entities.TryGetValue("branch", out var entity) ? entity.Values.Keys.ToList() : [];
        var csv = new StringBuilder("appointment_id,patient_id,patient_name,rut,email,language,start,doctor,specialty,branch\r\n");
        foreach (var (patient, index) in patients.Select((patient, index) => (patient, index)))
        {
            var appointment = patient.Reply.Appointment;
            var branch = branches.Find(name => appointment.Place.EndsWith(name, StringComparison.OrdinalIgnoreCase)) ?? branches.FirstOrDefault() ?? appointment.Place;
            var fields = new[]
            {
                IdOf(index), $"p-{IdOf(index)}", appointment.Patient, RutOf(10_000_000 + index), $"{IdOf(index)}@patient.example", patient.Reply.Language.ToCode(),
                appointment.Start.ToString("uuuu'-'MM'-'dd HH':'mm", CultureInfo.InvariantCulture), appointment.Doctor, appointment.Specialty, branch,
            };
            csv.AppendJoin(',', fields.Select(field => $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")).Append("\r\n");
        }

        return csv.ToString();
    }

    /// <summary>A number with its check digit (modulo 11, factors 2 to 7 from the right).</summary>
    private static string RutOf(int number)
    {
        var (sum, factor) = (0, 2);
        for (var rest = number; rest > 0; rest /= 10)
        {
            sum += rest % 10 * factor;
            factor = factor == 7 ? 2 : factor + 1;
        }

        var check = 11 - (sum % 11);
        return string.Create(CultureInfo.InvariantCulture, $"{number}-{(check == 11 ? "0" : check == 10 ? "K" : check.ToString(CultureInfo.InvariantCulture))}");
    }

    private sealed class JumpingClock(DateTimeOffset now) : TimeProvider
    {
        private DateTimeOffset _now = now.ToUniversalTime();

        public override DateTimeOffset GetUtcNow() => _now;

        /// <summary>A little after the last moment where the new one is earlier: time does not run backwards.</summary>
        public void JumpTo(DateTimeOffset moment) => _now = moment > _now ? moment.ToUniversalTime() : _now.AddSeconds(1);
    }

    private sealed class NoCodes : ICodeSender
    {
        public Task SendAsync(string address, string code, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>Takes every mail and remembers the last to each patient.</summary>
    private sealed class Outbox : IMailTransport
    {
        private readonly Dictionary<string, IncomingMail> _last = new(StringComparer.OrdinalIgnoreCase);

        public int Count { get; private set; }

        public IncomingMail? LastTo(string address) => _last.GetValueOrDefault(address);

        public Task<SendResult> SendAsync(ReadOnlyMemory<byte> mail, string name, string envelopeFrom, string envelopeTo, CancellationToken cancellationToken)
        {
            Count++;
            _last[envelopeTo] = MailReader.Read(mail);
            return Task.FromResult(SendResult.Taken);
        }
    }
}
