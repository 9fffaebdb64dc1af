using ChatAgent.Dialogs;
using ChatAgent.Store;
using ChatAgent.Text;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace ChatAgent.Appointments;

/// <summary>A conversation with a bot of its own: a store in a temporary folder, an agenda, a clock that moves only when it is told to. For tests; not thread-safe.</summary>
public sealed class ConversationSession : IAsyncDisposable
{
    private const string ConversationId = "test";

    private readonly string _folder;
    private readonly SettableClock _clock;
    private readonly SqliteConversationStore _store;
    private readonly Agenda _agenda;
    private readonly Agent _agent;
    private readonly RememberingSender _sender;
    private readonly string _zone;

    private ConversationSession(string folder, SettableClock clock, SqliteConversationStore store, Bundle bundle)
    {
        (_folder, _clock, _store, _zone) = (folder, clock, store, bundle.Definition.Domain.Zone);
        _sender = new RememberingSender();

        // A key that everybody may know: the codes of a test open nothing.
        var codes = new OneTimeCodes(store, _sender, new OneTimeCodeOptions { Key = new byte[32] }, clock);
        _agenda = new Agenda(store, codes, _zone, clock);
        _agent = new Agent(store, new BundleHolder(bundle), _agenda, new AgentOptions(), clock, NullLogger<Agent>.Instance);
    }

    /// <summary>The agent itself, for what a session has no word for.</summary>
    public Agent Agent => _agent;

    /// <summary>Begins a conversation: the agenda is imported, the visitor's link is opened, the bot has said its first words.</summary>
    /// <param name="bundle">The bot.</param>
    /// <param name="agendaJson">As <see cref="AgendaImporter.ImportJsonAsync"/> reads it.</param>
    /// <param name="test">When it begins, who comes, in which language; its steps are not run.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<(ConversationSession Session, IReadOnlyList<TurnOutcome> FirstWords)> OpenAsync(
        Bundle bundle,
        string agendaJson,
        ConversationTest test,
        CancellationToken cancellationToken)
    {
        var zone = DateTimeZoneProviders.Tzdb[bundle.Definition.Domain.Zone];
        var clock = new SettableClock(test.Now.InZoneLeniently(zone).ToDateTimeOffset());
        var folder = Directory.CreateTempSubdirectory("chatagent-session-").FullName;
        var store = await SqliteConversationStore.OpenAsync(new SqliteStoreOptions { File = Path.Combine(folder, "session.db") }, clock, cancellationToken);
        var session = new ConversationSession(folder, clock, store, bundle);
        try
        {
            var imported = await new AgendaImporter(store, bundle.Definition.Domain.Zone, clock).ImportJsonAsync(agendaJson, cancellationToken);
            if (imported.Errors.Count > 0)
            {
                throw new InvalidOperationException($"the agenda of the tests: {imported.Errors[0]}");
            }

            await session.AcceptAsync(ConversationEvents.Started, null, $$"""{"locale":"{{test.Language.ToCode()}}"}""", cancellationToken);
            if (test.Visitor is { } patientId)
            {
                await session.OpenLinkAsync(patientId, cancellationToken);
            }

            return (session, await session.RunAsync(cancellationToken));
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>The person writes, the bot answers what has come in.</summary>
    public async Task<IReadOnlyList<TurnOutcome>> SayAsync(IReadOnlyList<string> messages, CancellationToken cancellationToken)
    {
        foreach (var message in messages)
        {
            _clock.Advance(TimeSpan.FromSeconds(5));
            await AcceptAsync(ConversationEvents.Message, FillIn(message), null, cancellationToken);
        }

        return await RunAsync(cancellationToken);
    }

    /// <summary>Time goes by and deadlines fire.</summary>
    public async Task<IReadOnlyList<TurnOutcome>> WaitAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        _clock.Advance(time);
        await _store.FireDueAsync(_clock.GetUtcNow(), 100, cancellationToken);
        return await RunAsync(cancellationToken);
    }

    /// <summary>The visitor opens the link of a patient's next appointment.</summary>
    public async Task OpenLinkAsync(string patientId, CancellationToken cancellationToken)
    {
        if (await _agenda.ListAppointmentsAsync(patientId, cancellationToken) is not [var appointment, ..])
        {
            throw new InvalidOperationException($"patient \"{patientId}\" has no coming appointment in the agenda of the tests");
        }

        var patient = await _agenda.FindPatientAsync(patientId, cancellationToken)
            ?? throw new InvalidOperationException($"patient \"{patientId}\" is not in the agenda of the tests");
        await _agent.IdentifyAsync(ConversationId, new IdentifiedPerson(patient.Id, patient.FirstName, appointment.Id, "link"), cancellationToken);
    }

    /// <summary>Answers what waits.</summary>
    public async Task<IReadOnlyList<TurnOutcome>> RunAsync(CancellationToken cancellationToken)
    {
        var outcomes = new List<TurnOutcome>();
        while (await _agent.RunTurnAsync(ConversationId, cancellationToken) is { } outcome)
        {
            outcomes.Add(outcome);
        }

        return outcomes;
    }

    /// <summary>Another patient takes an hour of the doctor of the appointment that is talked about.</summary>
    public async Task TakeSlotAsync(LocalDateTime start, CancellationToken cancellationToken)
    {
        var mine = await FindAppointmentAsync(cancellationToken) ?? throw new InvalidOperationException("no appointment is talked about");
        var other = mine with { Id = "a-other", PatientId = "p-other", Patient = "Otra Persona", Start = start, ImportedStart = start, Status = AppointmentStatus.Booked };
        await _store.WriteDocumentsAsync([AgendaDocuments.Write(other, string.Empty)], cancellationToken);
    }

    public Task TakeOverAsync(CancellationToken cancellationToken) => _agent.TakeOverAsync(ConversationId, "Carolina", cancellationToken);

    public Task SayAsOperatorAsync(string text, CancellationToken cancellationToken) => _agent.SayAsOperatorAsync(ConversationId, "Carolina", text, cancellationToken);

    public Task GiveBackAsync(CancellationToken cancellationToken) => _agent.GiveBackAsync(ConversationId, "Carolina", cancellationToken);

    /// <summary>The appointment that is talked about, as it stands in the agenda.</summary>
    public async Task<AppointmentRecord?> FindAppointmentAsync(CancellationToken cancellationToken) =>
        (await _agent.ReadStateAsync(ConversationId, cancellationToken))?.AppointmentId is { } id ? await _agenda.FindAppointmentAsync(id, cancellationToken) : null;

    /// <summary>The whole log.</summary>
    public Task<IReadOnlyList<LogEntry>> ReadLogAsync(CancellationToken cancellationToken) => _store.ReadLogAsync(ConversationId, 0, Audience.Internal, 1000, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<Accepted> AcceptAsync(string kind, string? text, string? payload, CancellationToken cancellationToken) => _agent.AcceptAsync(
        new IncomingActivity
        {
            Channel = "test",
            Account = "visitor",
            ConversationId = ConversationId,
            Entry = new NewEntry { Audience = Audience.Everyone, Author = Author.Client, Kind = kind, Text = text, Payload = payload, IsInput = true },
        },
        cancellationToken);

    private string FillIn(string message)
    {
        var code = _sender.LastCode ?? "000000";
        var wrong = code == "123456" ? "654321" : "123456";
        return message.Replace("{code}", code, StringComparison.Ordinal).Replace("{wrong_code}", wrong, StringComparison.Ordinal);
    }

    private sealed class RememberingSender : ICodeSender
    {
        public string? LastCode { get; private set; }

        public Task SendAsync(string address, string code, CancellationToken cancellationToken)
        {
            LastCode = code;
            return Task.CompletedTask;
        }
    }

    private sealed class SettableClock(DateTimeOffset now) : TimeProvider
    {
        private DateTimeOffset _now = now.ToUniversalTime();

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan time) => _now += time;
    }
}
