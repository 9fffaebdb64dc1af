using ChatAgent.Dialogs;
using ChatAgent.Dialogs.Tests;
using ChatAgent.Store;
using NodaTime;

namespace ChatAgent.Mailroom.Tests;

/// <summary>Who is asked, when, how often, and what ends it. The clinic's demonstration agenda on Tuesday 21 April 2026, 10:00: four questions are due.</summary>
public sealed class CampaignTests(TrainedClinic clinic) : IClassFixture<TrainedClinic>
{
    private static readonly LocalDateTime Friday = new(2026, 4, 24, 10, 30);

    [Fact]
    public async Task Run_QuestionsAreDue_AsksEachOnceInItsLanguage()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);

        var done = await box.StartCampaign().RunOnceAsync(CancellationToken.None);
        var mails = await box.WorkEverywhereAsync();

        Assert.All(done, action => Assert.Equal(CampaignStep.Ask, action.Step));
        Assert.Equal(["a-ignacio", "a-mary", "a-rodrigo", "a-sofia-1"], done.Select(action => action.Appointment.Id).Order(StringComparer.Ordinal));
        Assert.Equal(4, mails.Count);
        Assert.StartsWith("Your appointment", Assert.Single(mails, mail => mail.To == "mary.cooper@mail.example").Mail.Subject, StringComparison.Ordinal);
        Assert.StartsWith("Su hora", Assert.Single(mails, mail => mail.To == Postbox.Rodrigo).Mail.Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AgainAndAfterARestart_SendsNothingTwice()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var campaign = box.StartCampaign();
        await campaign.RunOnceAsync(CancellationToken.None);
        await box.WorkEverywhereAsync();

        Assert.Empty(await campaign.RunOnceAsync(CancellationToken.None));
        Assert.Empty(await box.StartCampaign().RunOnceAsync(CancellationToken.None));
        Assert.Empty(await box.WorkEverywhereAsync());
    }

    [Fact]
    public async Task Run_HostWasStoppedBetweenThreadAndQuestion_AsksAfterTheRestart()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        await box.Threads.AddAsync(
            new MailThread
            {
                Id = ReplyAddresses.NewThreadId(),
                AppointmentId = "a-rodrigo",
                Start = Friday,
                PatientId = "p-rodrigo",
                Address = Postbox.Rodrigo,
                Language = "es",
                Subject = "Su hora",
                ExpiresAt = box.Time.GetUtcNow() + TimeSpan.FromDays(7),
                AskedAt = box.Time.GetUtcNow(),
            },
            CancellationToken.None);

        await box.StartCampaign().RunOnceAsync(CancellationToken.None);

        Assert.Single(await box.WorkEverywhereAsync(), mail => mail.To == Postbox.Rodrigo);
    }

    [Fact]
    public async Task Run_NobodyAnswers_RemindsOnceAndThenTellsAPerson()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var campaign = box.StartCampaign();
        await campaign.RunOnceAsync(CancellationToken.None);
        await box.WorkEverywhereAsync();
        var steps = new List<(LocalDateTime At, CampaignStep Step)>();
        var mails = 0;
        for (var hour = 0; hour < 72; hour++)
        {
            box.Time.Advance(TimeSpan.FromHours(1));
            foreach (var action in (await campaign.RunOnceAsync(CancellationToken.None)).Where(action => action.Appointment.Id == "a-rodrigo"))
            {
                steps.Add((Instant.FromDateTimeOffset(box.Time.GetUtcNow()).InZone(DateTimeZoneProviders.Tzdb["America/Santiago"]).LocalDateTime, action.Step));
            }

            mails += (await box.WorkEverywhereAsync()).Count(mail => mail.To == Postbox.Rodrigo);
        }

        Assert.Equal([(new LocalDateTime(2026, 4, 23, 10, 0), CampaignStep.Remind), (new LocalDateTime(2026, 4, 23, 15, 0), CampaignStep.Call)], steps);
        Assert.Equal(1, mails);
        var thread = await box.Threads.FindByAppointmentAsync("a-rodrigo", CancellationToken.None);
        Assert.Single(await box.Store.ReadLogAsync(thread!.ConversationId, 0, Audience.Operator, 100, CancellationToken.None), entry => entry.Kind == ConversationEvents.AttentionRequested);
        Assert.Equal(AppointmentStatus.Booked, await box.StatusOfAsync("a-rodrigo"));
    }

    [Theory]
    [InlineData("¿Dónde queda la consulta?", "a-rodrigo")]
    [InlineData("Si ando con ganas, voy", "a-rodrigo")]
    [InlineData("No podré ir, anulen mi hora", "a-rodrigo")]
    public async Task Run_AnyAnswer_EndsTheReminding(string words, string appointment)
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (thread, question) = await box.AskAsync(appointment);
        var campaign = box.StartCampaign();
        await box.Intake.TakeAsync(box.Answer(question, words), CancellationToken.None);
        await box.WorkAsync(thread);
        box.Time.Advance(TimeSpan.FromHours(50));

        Assert.DoesNotContain(await campaign.RunOnceAsync(CancellationToken.None), action => action.Appointment.Id == appointment && action.Step == CampaignStep.Remind);
    }

    [Fact]
    public async Task Run_WhoComes_IsToldPlaceAndPapersOnceSomeHoursBefore()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (thread, question) = await box.AskAsync("a-rodrigo");
        await box.Intake.TakeAsync(box.Answer(question, "Sí, confirmo mi asistencia"), CancellationToken.None);
        await box.WorkAsync(thread);
        var campaign = box.StartCampaign();
        await campaign.RunOnceAsync(CancellationToken.None);
        await box.WorkEverywhereAsync();

        // Three hours before is 7:30, when nobody is written to: the evening before.
        box.Time.Advance(TimeSpan.FromHours(58.5));
        Assert.DoesNotContain(await campaign.RunOnceAsync(CancellationToken.None), action => action.Step == CampaignStep.Instruct);
        box.Time.Advance(TimeSpan.FromMinutes(29));
        Assert.Contains(await campaign.RunOnceAsync(CancellationToken.None), action => action is { Step: CampaignStep.Instruct, Appointment.Id: "a-rodrigo" });

        var mail = Assert.Single(await box.WorkEverywhereAsync(), mail => mail.To == Postbox.Rodrigo).Mail;
        Assert.Contains("Irarrázaval", mail.Text, StringComparison.Ordinal);
        Assert.Contains("viernes 24 de abril", mail.Text, StringComparison.Ordinal);
        await box.StartCampaign().RunOnceAsync(CancellationToken.None);
        Assert.DoesNotContain(await box.WorkEverywhereAsync(), other => other.To == Postbox.Rodrigo);
    }

    [Fact]
    public async Task Run_Pace_IsKeptForAllAndForADomain()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var campaign = box.StartCampaign(new CampaignRules { PerMinute = 3, PerMinuteToDomain = 1 });

        Assert.Equal(2, (await campaign.RunOnceAsync(CancellationToken.None)).Count);
        Assert.Empty(await campaign.RunOnceAsync(CancellationToken.None));
        box.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(await campaign.RunOnceAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Run_AtNight_WritesToNobody()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        box.Time.Advance(TimeSpan.FromHours(12));

        Assert.Empty(await box.StartCampaign().RunOnceAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Run_NoAddressOnFile_TellsAPersonOnce()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        await new Appointments.AgendaImporter(box.Store, "America/Santiago", box.Time).ImportCsvAsync(
            new StringReader("patient_id,patient_name,rut,appointment_id,date,time,doctor,specialty,branch\np-9,Elsa Rain,11.111.111-1,a-elsa,2026-04-23,16:30,Dra. Javiera Muñoz Lagos,Pediatría,Maipú\n"), CancellationToken.None);

        var called = Assert.Single(await box.StartCampaign().RunOnceAsync(CancellationToken.None), action => action.Appointment.Id == "a-elsa");
        await box.StartCampaign().RunOnceAsync(CancellationToken.None);

        Assert.Equal((CampaignStep.Call, AskOutcome.NoAddress), (called.Step, called.Problem));
        Assert.Single(await box.Store.ReadLogAsync("call-a-elsa", 0, Audience.Operator, 100, CancellationToken.None));
    }

    [Fact]
    public async Task Run_APersonHasTheConversation_RemindsNobody()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (thread, _) = await box.AskAsync("a-rodrigo");
        await box.Agent.TakeOverAsync(thread.ConversationId, "carolina", CancellationToken.None);
        box.Time.Advance(TimeSpan.FromHours(50));

        Assert.DoesNotContain(await box.StartCampaign().RunOnceAsync(CancellationToken.None), action => action.Appointment.Id == "a-rodrigo");
    }

    [Fact]
    public async Task Plan_ShowsWhatWouldLeaveAtThePaceAndWritesNothing()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var campaign = box.StartCampaign(new CampaignRules { PerMinuteToDomain = 1 });

        var plan = await campaign.PlanAsync(new LocalDateTime(2026, 4, 24, 23, 0), CancellationToken.None);

        var asked = plan.Where(action => action.Step == CampaignStep.Ask && action.At.Date == new LocalDate(2026, 4, 21)).ToList();
        Assert.Equal(4, asked.Count);
        Assert.Equal(3, asked.Select(action => action.At).Distinct().Count());
        Assert.Contains(plan, action => action is { Step: CampaignStep.Remind, Appointment.Id: "a-rodrigo" } && action.At.Date == new LocalDate(2026, 4, 23));
        Assert.Equal(plan.Select(action => action.At).Order(), plan.Select(action => action.At));
        Assert.Empty(await box.WorkEverywhereAsync());
        Assert.Null(await box.Threads.FindByAppointmentAsync("a-rodrigo", CancellationToken.None));
    }

    public static TheoryData<string, string, string, string> Moments => new()
    {
        // start, ask, remind, instruct
        { "2026-04-24T10:30", "2026-04-21T10:00", "2026-04-23T10:00", "2026-04-23T20:59" },
        { "2026-04-24T17:00", "2026-04-21T10:00", "2026-04-23T10:00", "2026-04-24T14:00" },

        // The Sunday before the question's Monday, a Good Friday and the Saturday after it: back to Thursday evening.
        { "2026-04-06T17:00", "2026-04-02T20:59", "2026-04-02T20:59", "2026-04-06T14:00" },
        { "2026-09-21T12:00", "2026-09-17T20:59", "2026-09-17T20:59", "2026-09-21T09:00" },
    };

    [Theory]
    [MemberData(nameof(Moments))]
    public void Rules_MomentAtWhichNobodyIsWrittenTo_BecomesTheLastOneBefore(string start, string ask, string remind, string instruct)
    {
        var hour = Hour(start);
        var rules = new CampaignRules();

        Assert.Equal((Hour(ask), Hour(remind), Hour(instruct)), (rules.AskTime(hour, "Pediatría"), rules.RemindTime(hour), rules.InstructTime(hour)));
    }

    [Fact]
    public void Load_TheClinicsFile_IsUnderstood()
    {
        var rules = CampaignRules.Load(TrainedClinic.Folder, clinic.Bundle.Definition.Domain);

        Assert.Equal(new LocalDateTime(2026, 4, 17, 10, 0), rules.AskTime(new LocalDateTime(2026, 4, 22, 12, 0), "Cardiología"));
    }

    [Theory]
    [InlineData("ask:\n  days_before: 0\n", "campaign.yml(2,16): \"0\" is not a whole number from 1 to 30")]
    [InlineData("ask:\n  specialties:\n    Astrología: 3\n", "campaign.yml(3,5): specialty \"Astrología\" is not defined")]
    [InlineData("hours:\n  from: \"21:00\"\n  until: \"9:00\"\n", "\"from\" must be earlier")]
    [InlineData("remind: sometimes\n", "campaign.yml(1,9): found \"sometimes\", expected a mapping")]
    [InlineData("weekdays: []\n", "no day")]
    [InlineData("pace:\n  per_hour: 3\n", "\"per_hour\" is not known here")]
    public void Parse_WrongRules_NameThePlace(string yaml, string expected)
    {
        var error = Assert.Throws<DialogFormatException>(() => CampaignRules.Parse(yaml, ["Pediatría"]));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_Never_SwitchesAStepOff()
    {
        var rules = CampaignRules.Parse("remind: never\ninstruct: never\nunanswered: never\n", []);

        Assert.Equal((null, null, null), (rules.RemindTime(Friday), rules.InstructTime(Friday), rules.CallTime(Friday)));
    }

    [Theory]
    [InlineData(2024, "1-1 3-29 3-30 5-1 5-21 6-20 6-29 7-16 8-15 9-18 9-19 9-20 10-12 10-31 11-1 12-8 12-25")]
    [InlineData(2025, "1-1 4-18 4-19 5-1 5-21 6-20 6-29 7-16 8-15 9-18 9-19 10-12 10-31 11-1 12-8 12-25")]
    [InlineData(2026, "1-1 4-3 4-4 5-1 5-21 6-21 6-29 7-16 8-15 9-18 9-19 10-12 10-31 11-1 12-8 12-25")]
    [InlineData(2023, "1-1 1-2 4-7 4-8 5-1 5-21 6-21 6-26 7-16 8-15 9-18 9-19 10-9 10-27 11-1 12-8 12-25")]
    public void Holidays_OfAYear_AreThoseOfTheLaw(int year, string days) => Assert.Equal(
        days.Split(' ').Select(day => new LocalDate(year, int.Parse(day.Split('-')[0], System.Globalization.CultureInfo.InvariantCulture), int.Parse(day.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture))),
        ChileanHolidays.Of(year));

    private static LocalDateTime Hour(string text) => NodaTime.Text.LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm").Parse(text).Value;
}
