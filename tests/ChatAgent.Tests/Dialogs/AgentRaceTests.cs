using System.Text;
using ChatAgent.Appointments;
using ChatAgent.Appointments.Tests;
using ChatAgent.Nlg;
using ChatAgent.Nlu.Appointments;
using ChatAgent.Store;
using ChatAgent.Tests;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace ChatAgent.Dialogs.Tests;

/// <summary>Several conversations at once, over one store: nothing is booked twice, nothing is answered twice, nothing is lost.</summary>
public sealed class AgentRaceTests
{
    private static readonly BotDefinition Clinic = DialogLoader.Load(TrainedClinic.Folder);

    [Fact]
    public async Task RunTurnAsync_TwoPatientsTakeTheSameHour_OneMovesAndTheOtherIsOfferedMore()
    {
        await using var fixture = await AgendaFixture.OpenAsync();
        var reply = ScriptedNlu.Reads(AppointmentIntent.Reschedule, proposed: ProposedSlot.At(new LocalDate(2026, 4, 30), new LocalTime(9, 0)));
        var agent = CreateAgent(fixture, new RendezvousAgenda(fixture.Agenda, parties: 2), new ScriptedNlu().Knows("jueves a las 9", "reschedule", reply));
        foreach (var (id, patient, appointment) in new[] { ("c-1", "p-1", "a-1"), ("c-2", "p-2", "a-2") })
        {
            await SayAsync(agent, id, "hola");
            await agent.IdentifyAsync(id, new IdentifiedPerson(patient, patient, appointment, "link"), CancellationToken.None);
            await agent.RunTurnAsync(id, CancellationToken.None);
            await SayAsync(agent, id, "jueves a las 9");
        }

        var outcomes = await Task.WhenAll(agent.RunTurnAsync("c-1", CancellationToken.None), agent.RunTurnAsync("c-2", CancellationToken.None));

        Assert.Equal(["confirm_new_time", "offer_slots"], outcomes.Select(outcome => outcome!.Step.Acts[0].Name).Order(StringComparer.Ordinal));
        Assert.Equal([1, 2], outcomes.Select(outcome => outcome!.Runs).Order());
        LocalDateTime[] starts = [await fixture.StartOfAsync("a-1"), await fixture.StartOfAsync("a-2")];
        Assert.Single(starts, new LocalDateTime(2026, 4, 30, 9, 0));
    }

    [Fact]
    public async Task RunTurnAsync_SecondYesWhileTheFirstIsAnswered_IsNoYesToTheNextQuestion()
    {
        const string Two = """
            patient_id,patient_name,rut,email,appointment_id,date,time,doctor,specialty,branch
            p-1,Rodrigo Sandoval,12.345.678-5,,a-1,2026-04-28,10:30,Dra. Camila Rojas Peña,Medicina General,Ñuñoa
            p-1,Rodrigo Sandoval,12.345.678-5,,a-2,2026-04-29,10:30,Dr. Tomás Ibáñez Vidal,Cardiología,Ñuñoa
            """;
        await using var fixture = await AgendaFixture.OpenAsync(Two);
        var nlu = new DuringParse(new ScriptedNlu().Knows("sí, confirmo", "confirm_attendance", ScriptedNlu.Reads(AppointmentIntent.Confirm)));
        var agent = CreateAgent(fixture, fixture.Agenda, nlu);
        await StartAsync(agent);
        await SayAsync(agent, "c-1", "sí, confirmo");
        nlu.Now = () => SayAsync(agent, "c-1", "sí, confirmo").GetAwaiter().GetResult();

        var first = await agent.RunTurnAsync("c-1", CancellationToken.None);
        var second = await agent.RunTurnAsync("c-1", CancellationToken.None);

        Assert.Equal("ask_attendance", first!.Step.Acts[^1].Name);
        Assert.Equal(["ask_yes_or_no"], second!.Step.Acts.Select(act => act.Name));
        Assert.Equal(AppointmentStatus.Confirmed, (await fixture.Agenda.FindAppointmentAsync("a-1", CancellationToken.None))!.Status);
        Assert.Equal(AppointmentStatus.Booked, (await fixture.Agenda.FindAppointmentAsync("a-2", CancellationToken.None))!.Status);
    }

    [Fact]
    public async Task RunTurnAsync_YesAfterTheClinicMovedTheHour_AsksAboutTheNewOne()
    {
        await using var fixture = await AgendaFixture.OpenAsync();
        var agent = CreateAgent(fixture, fixture.Agenda, new ScriptedNlu().Knows("sí, confirmo", "confirm_attendance", ScriptedNlu.Reads(AppointmentIntent.Confirm)));
        await StartAsync(agent);
        Assert.Empty((await fixture.ImportAsync(AgendaFixture.Csv.Replace("a-1,2026-04-28,10:30", "a-1,2026-04-30,8:15", StringComparison.Ordinal))).Errors);
        await SayAsync(agent, "c-1", "sí, confirmo");

        var outcome = await agent.RunTurnAsync("c-1", CancellationToken.None);

        Assert.Equal(("ask_attendance", "8:15"), (Assert.Single(outcome!.Step.Acts).Name, outcome.Step.Acts[0].Slots["time"]));
        Assert.Equal(AppointmentStatus.Booked, (await fixture.Agenda.FindAppointmentAsync("a-1", CancellationToken.None))!.Status);
    }

    [Theory]
    [InlineData("affirm", AppointmentIntent.Conditional)]
    [InlineData("confirm_attendance", AppointmentIntent.Conditional)]
    [InlineData("affirm", AppointmentIntent.Decline)]
    public async Task RunTurnAsync_OneHourOnOfferAndACondition_MovesNothing(string intent, AppointmentIntent read)
    {
        const string One = """
            patient_id,patient_name,rut,email,appointment_id,date,time,doctor,specialty,branch
            p-1,Rodrigo Sandoval,12.345.678-5,,a-1,2026-04-28,10:30,Dra. Camila Rojas Peña,Medicina General,Ñuñoa
            ,,,,,2026-04-30,9:00,Dra. Camila Rojas Peña,Medicina General,Ñuñoa
            """;
        await using var fixture = await AgendaFixture.OpenAsync(One);
        var nlu = new ScriptedNlu().Knows("otra hora", "reschedule", ScriptedNlu.Reads(AppointmentIntent.Reschedule)).Knows("sí, si me dan permiso", intent, ScriptedNlu.Reads(read));
        var agent = CreateAgent(fixture, fixture.Agenda, nlu);
        await StartAsync(agent);
        await SayAsync(agent, "c-1", "otra hora");
        Assert.Equal("offer_slots", (await agent.RunTurnAsync("c-1", CancellationToken.None))!.Step.Acts[^1].Name);
        await SayAsync(agent, "c-1", "sí, si me dan permiso");

        await agent.RunTurnAsync("c-1", CancellationToken.None);

        var appointment = (await fixture.Agenda.FindAppointmentAsync("a-1", CancellationToken.None))!;
        Assert.Equal((AppointmentStatus.Booked, new LocalDateTime(2026, 4, 28, 10, 30)), (appointment.Status, appointment.Start));
    }

    [Fact]
    public async Task RunAsync_ManyConversationsAtOnce_AnswersEachMessageOnce()
    {
        const int Conversations = 20;
        const int Messages = 5;
        await using var fixture = await AgendaFixture.OpenAsync();
        var agent = CreateAgent(fixture, fixture.Agenda, new ScriptedNlu());
        using var stop = new CancellationTokenSource();
        var worker = agent.RunAsync(stop.Token);

        await Task.WhenAll(Enumerable.Range(0, Conversations).Select(async number =>
        {
            for (var message = 0; message < Messages; message++)
            {
                await SayAsync(agent, $"c-{number}", $"mensaje {message}");
            }
        }));
        await UntilAsync(async () =>
        {
            var heads = await fixture.Store.ListConversationsAsync(null, Conversations, CancellationToken.None);
            var answered = await Task.WhenAll(heads.Select(async head =>
                !(await fixture.Store.ReadLogAsync(head.Id, head.HandledSequence, Audience.Internal, 100, CancellationToken.None)).Any(entry => entry.Author == Author.Client)));
            return heads.Count == Conversations && answered.All(all => all);
        });

        await stop.CancelAsync();
        await worker;
        for (var number = 0; number < Conversations; number++)
        {
            var log = await fixture.Store.ReadLogAsync($"c-{number}", 0, Audience.Internal, 100, CancellationToken.None);
            var answered = log.Where(entry => entry.Kind == ConversationEvents.Turn).SelectMany(entry => TurnRecord.FromJson(entry.Payload!)!.Inputs).ToList();
            Assert.Equal(log.Where(entry => entry.Author == Author.Client).Select(entry => entry.Sequence), answered);
        }
    }

    [Fact]
    public async Task RunAsync_TurnFailsAgainAndAgain_CallsAPerson()
    {
        await using var fixture = await AgendaFixture.OpenAsync();
        var agent = CreateAgent(fixture, fixture.Agenda, new BrokenNlu());
        await SayAsync(agent, "c-1", "hola");
        using var stop = new CancellationTokenSource();
        var worker = agent.RunAsync(stop.Token);
        await UntilAsync(async () =>
        {
            await agent.SweepOnceAsync(CancellationToken.None);
            return (await agent.ReadStateAsync("c-1", CancellationToken.None))!.Holder == Holder.WaitingForOperator;
        });

        await stop.CancelAsync();
        await worker;
    }

    [Fact]
    public async Task RunAsync_DiskFull_CallsNobodyAndAnswersWhenThereIsRoom()
    {
        var folder = Directory.CreateTempSubdirectory("chatagent-full-").FullName;
        var file = new SqliteStoreOptions { File = Path.Combine(folder, "full.db") };
        var time = new ManualTimeProvider(new DateTimeOffset(2026, 4, 22, 10, 0, 0, TimeSpan.FromHours(-4)));
        try
        {
            long room;
            await using (var store = await SqliteConversationStore.OpenAsync(file, time, CancellationToken.None))
            {
                // What the person wrote leaves a little: not enough for the turn's rows.
                await SayAsync(CreateAgent(store, time), "c-1", "hola");
                room = new FileInfo(file.File).Length;
            }

            await using (var store = await SqliteConversationStore.OpenAsync(file with { MaxFileBytes = Math.Max(room, 65_536) }, time, CancellationToken.None))
            {
                await FillAsync(store);
                var agent = CreateAgent(store, time);
                using var stop = new CancellationTokenSource();
                var worker = agent.RunAsync(stop.Token);
                for (var sweep = 0; sweep < 12; sweep++)
                {
                    await agent.SweepOnceAsync(CancellationToken.None);
                    await Task.Delay(20);
                }

                await stop.CancelAsync();
                await worker;
                Assert.Equal(["c-1"], await store.ListWaitingAsync(10, CancellationToken.None));
            }

            await using (var store = await SqliteConversationStore.OpenAsync(file, time, CancellationToken.None))
            {
                var outcome = await CreateAgent(store, time).RunTurnAsync("c-1", CancellationToken.None);

                Assert.DoesNotContain("handover", outcome!.Step.Acts.Select(act => act.Name));
                Assert.Null(await CreateAgent(store, time).RunTurnAsync("c-1", CancellationToken.None));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Writes rows that ask for no answer, each smaller than the last that did not fit, until the log has no room for a turn.</summary>
    private static async Task FillAsync(SqliteConversationStore store)
    {
        for (var size = 32_768; size > 0;)
        {
            try
            {
                await store.AppendAsync("c-1", [new NewEntry { Audience = Audience.Internal, Author = Author.System, Kind = "filling", Text = new string('x', size) }], [], CancellationToken.None);
            }
            catch (StoreUnavailableException full) when (full.IsDiskFull)
            {
                size /= 2;
            }
        }
    }

    [Fact]
    public async Task IdentifyAsync_TheSameLinkFromTwoPages_IsOneIdentification()
    {
        await using var fixture = await AgendaFixture.OpenAsync();
        var agent = CreateAgent(fixture, fixture.Agenda, new ScriptedNlu());
        await SayAsync(agent, "c-1", "hola");
        var (first, second) = (new IdentifiedPerson("p-1", "Rodrigo", "a-1", "link"), new IdentifiedPerson("p-2", "Carmen", "a-2", "link"));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => agent.IdentifyAsync("c-1", first, CancellationToken.None)));
        await agent.IdentifyAsync("c-1", second, CancellationToken.None);
        await agent.IdentifyAsync("c-1", first, CancellationToken.None);

        var log = await fixture.Store.ReadLogAsync("c-1", 0, Audience.Internal, 100, CancellationToken.None);
        Assert.Equal(3, log.Count(entry => entry.Kind == ConversationEvents.PersonIdentified));
        Assert.Equal("p-1", (await agent.ReadStateAsync("c-1", CancellationToken.None))!.Person!.PatientId);
    }

    [Fact]
    public async Task TurnRecord_LongestTurn_FitsTwoKilobytes()
    {
        await using var fixture = await AgendaFixture.OpenAsync();
        var long100 = string.Concat(Enumerable.Repeat("ñandú ", 20_000));
        var reply = ScriptedNlu.Reads(AppointmentIntent.Confirm, needsHuman: true) with
        {
            Evidence = [.. Enumerable.Range(0, 40).Select(i => new Evidence(new Text.TextSpan(i, 20), "ñandú", $"a reason that takes some room, number {i}"))],
        };
        var agent = CreateAgent(fixture, fixture.Agenda, new ScriptedNlu().Knows(long100[..4000], "confirm_attendance", reply));
        await SayAsync(agent, "c-1", "hola");
        await agent.IdentifyAsync("c-1", new IdentifiedPerson("p-1", "Rodrigo", "a-1", "link"), CancellationToken.None);
        await agent.RunTurnAsync("c-1", CancellationToken.None);
        await SayAsync(agent, "c-1", long100);

        var outcome = await agent.RunTurnAsync("c-1", CancellationToken.None);

        Assert.Contains("confirm_recorded", outcome!.Step.Acts.Select(act => act.Name));
        var row = (await fixture.Store.ReadLogAsync("c-1", outcome.Sequence - 1, Audience.Internal, 1, CancellationToken.None))[0];
        Assert.InRange(Encoding.UTF8.GetByteCount(row.Payload!), 1, TurnRecord.MaxBytes);
        Assert.NotNull((await agent.ExplainAsync("c-1", outcome.Sequence, CancellationToken.None))!.Record.State.Person);
    }

    private static async Task UntilAsync(Func<Task<bool>> isTrue)
    {
        for (var tries = 0; !await isTrue(); tries++)
        {
            Assert.True(tries < 1000, "waited for 20 seconds");
            await Task.Delay(20);
        }
    }

    private static Agent CreateAgent(AgendaFixture fixture, IAgendaTools tools, Nlu.INluEngine nlu)
    {
        var bundle = new Bundle("race", nlu, new DialogPolicy(Clinic), new ReplyGenerator(new WrittenWordings(Clinic.Responses)), Clinic);
        return new Agent(fixture.Store, new BundleHolder(bundle), tools, new AgentOptions(), fixture.Time, NullLogger<Agent>.Instance);
    }

    /// <summary>The patient p-1 comes by the link of a-1 and is asked about it.</summary>
    private static async Task StartAsync(Agent agent)
    {
        await SayAsync(agent, "c-1", "hola");
        await agent.IdentifyAsync("c-1", new IdentifiedPerson("p-1", "Rodrigo", "a-1", "link"), CancellationToken.None);
        await agent.RunTurnAsync("c-1", CancellationToken.None);
    }

    private static Agent CreateAgent(SqliteConversationStore store, TimeProvider time)
    {
        var bundle = new Bundle("race", new ScriptedNlu(), new DialogPolicy(Clinic), new ReplyGenerator(new WrittenWordings(Clinic.Responses)), Clinic);
        return new Agent(store, new BundleHolder(bundle), new EmptyAgenda(), new AgentOptions(), time, NullLogger<Agent>.Instance);
    }

    private static Task<Accepted> SayAsync(Agent agent, string conversationId, string text) => agent.AcceptAsync(
        new IncomingActivity
        {
            Channel = "test",
            Account = conversationId,
            ConversationId = conversationId,
            Entry = new NewEntry { Audience = Audience.Everyone, Author = Author.Client, Kind = ConversationEvents.Message, Text = text, IsInput = true },
        },
        CancellationToken.None);

    /// <summary>Does something once while a turn is running.</summary>
    private sealed class DuringParse(Nlu.INluEngine inner) : Nlu.INluEngine
    {
        public Action? Now { get; set; }

        public Nlu.Meaning Parse(IReadOnlyList<Nlu.Utterance> utterances, Nlu.ParseContext context)
        {
            var now = Now;
            Now = null;
            now?.Invoke();
            return inner.Parse(utterances, context);
        }
    }

    private sealed class BrokenNlu : Nlu.INluEngine
    {
        public Nlu.Meaning Parse(IReadOnlyList<Nlu.Utterance> utterances, Nlu.ParseContext context) => throw new InvalidOperationException("broken on purpose");
    }

    /// <summary>Lets nobody move an hour before every party has read it as free.</summary>
    private sealed class RendezvousAgenda(IAgendaTools inner, int parties) : IAgendaTools
    {
        private readonly TaskCompletionSource _allHere = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _arrived;

        public Task<AgendaPatient?> FindPatientAsync(string patientId, CancellationToken cancellationToken) => inner.FindPatientAsync(patientId, cancellationToken);

        public Task<IReadOnlyList<AgendaAppointment>> ListAppointmentsAsync(string patientId, CancellationToken cancellationToken) => inner.ListAppointmentsAsync(patientId, cancellationToken);

        public Task<IReadOnlyList<FreeSlot>> FindSlotsAsync(SlotSearch search, CancellationToken cancellationToken) => inner.FindSlotsAsync(search, cancellationToken);

        public Task<FreeSlot?> FindFreeSlotAsync(string slotId, CancellationToken cancellationToken) => inner.FindFreeSlotAsync(slotId, cancellationToken);

        public Task<AgendaChange> ConfirmAsync(string appointmentId, string conversationId, CancellationToken cancellationToken) => inner.ConfirmAsync(appointmentId, conversationId, cancellationToken);

        public Task<AgendaChange> DeclineAsync(string appointmentId, string conversationId, CancellationToken cancellationToken) => inner.DeclineAsync(appointmentId, conversationId, cancellationToken);

        public async Task<AgendaChange> MoveAsync(string appointmentId, string slotId, string conversationId, CancellationToken cancellationToken)
        {
            var change = await inner.MoveAsync(appointmentId, slotId, conversationId, cancellationToken);
            if (Interlocked.Increment(ref _arrived) >= parties)
            {
                _allHere.TrySetResult();
            }

            await _allHere.Task.WaitAsync(TimeSpan.FromSeconds(20), cancellationToken);
            return change;
        }

        public Task<CodeRequest> RequestCodeAsync(string rut, string conversationId, CancellationToken cancellationToken) => inner.RequestCodeAsync(rut, conversationId, cancellationToken);

        public Task<CodeCheck> CheckCodeAsync(string code, string conversationId, CancellationToken cancellationToken) => inner.CheckCodeAsync(code, conversationId, cancellationToken);

        public Task SendCodeAsync(CodeMessage message, CancellationToken cancellationToken) => inner.SendCodeAsync(message, cancellationToken);
    }
}
