using ChatAgent.Nlg;
using ChatAgent.Nlu.Appointments;
using ChatAgent.Text;
using NodaTime;

namespace ChatAgent.Dialogs.Tests;

/// <summary>What the policy does with a meaning, whatever understanding makes of words: the costly errors above all.</summary>
public sealed class PolicyTests
{
    private static readonly BotDefinition Clinic = DialogLoader.Load(TrainedClinic.Folder);

    private static readonly LocalDate Thursday = new(2026, 4, 30);

    [Theory]
    [InlineData(AppointmentIntent.Conditional, "affirm", false)]
    [InlineData(AppointmentIntent.Conditional, "confirm_attendance", false)]
    [InlineData(AppointmentIntent.Question, "affirm", false)]
    [InlineData(AppointmentIntent.Unrelated, "affirm", false)]
    [InlineData(AppointmentIntent.Confirm, "confirm_attendance", true)]
    [InlineData(AppointmentIntent.Confirm, "decline_attendance", false)]
    [InlineData(AppointmentIntent.Confirm, "reschedule", false)]
    [InlineData(AppointmentIntent.Confirm, "conditional_attendance", false)]
    public async Task Decide_NotACertainYes_NeverConfirms(AppointmentIntent read, string intent, bool abstains)
    {
        await using var bot = await StartAsync(new ScriptedNlu().Knows("m", intent, ScriptedNlu.Reads(read, abstains)));

        var outcomes = await bot.Says("m");

        Assert.DoesNotContain("confirm_recorded", outcomes.SelectMany(outcome => outcome.Step.Acts).Select(act => act.Name));
        Assert.Equal(AppointmentStatus.Booked, (await bot.Session.FindAppointmentAsync(CancellationToken.None))!.Status);
    }

    [Fact]
    public async Task Decide_BareYesWhenAttendingIsNotTheQuestion_ConfirmsNothing()
    {
        var nlu = new ScriptedNlu().Knows("persona", "ask_human").Knows("sí", "affirm", ScriptedNlu.Reads(AppointmentIntent.Confirm));
        await using var bot = await StartAsync(nlu);
        await bot.Says("persona").RepliesWith("handover");

        await bot.Says("sí").RepliesWith("handover_waiting");

        Assert.Equal(AppointmentStatus.Booked, (await bot.Session.FindAppointmentAsync(CancellationToken.None))!.Status);
    }

    [Fact]
    public async Task Decide_YesWrittenBeforeTheQuestionWasShown_ConfirmsNothing()
    {
        await using var bot = await StartAsync(new ScriptedNlu().Knows("sí", "affirm", ScriptedNlu.Reads(AppointmentIntent.Confirm)));
        await bot.Session.OpenLinkAsync("p-carmen", CancellationToken.None);

        await bot.Says("sí").RepliesWith("ask_attendance");
        Assert.Equal(AppointmentStatus.Booked, (await bot.Session.FindAppointmentAsync(CancellationToken.None))!.Status);

        await bot.Says("sí").Has("doctor", "Dr. Andrés Fuentes Oyarzún");
        Assert.Equal(AppointmentStatus.Confirmed, (await bot.Session.FindAppointmentAsync(CancellationToken.None))!.Status);
    }

    [Theory]
    [InlineData("affirm")]
    [InlineData("confirm_attendance")]
    public async Task Decide_YesAfterTheHourHasPassed_AsksAboutTheNextAndConfirmsNothing(string intent)
    {
        await using var bot = await StartAsync(new ScriptedNlu().Knows("sí", intent, ScriptedNlu.Reads(AppointmentIntent.Confirm)), "p-sofia");
        await bot.Session.WaitAsync(TimeSpan.FromDays(6), CancellationToken.None);

        await bot.Says("sí").RepliesWith("ask_attendance").Has("doctor", "Dra. Francisca O'Ryan Tapia");

        Assert.Equal(("a-sofia-2", AppointmentStatus.Booked), await bot.Session.FindAppointmentAsync(CancellationToken.None) is { } next ? (next.Id, next.Status) : default);
    }

    [Fact]
    public async Task Decide_YesToTheOperatorAndAfter_IsNoAnswerToTheBot()
    {
        await using var bot = await StartAsync(new ScriptedNlu().Knows("sí", "affirm", ScriptedNlu.Reads(AppointmentIntent.Confirm)));
        await bot.Session.TakeOverAsync(CancellationToken.None);
        await bot.Session.SayAsOperatorAsync("¿Le llamamos mañana?", CancellationToken.None);
        await bot.Says("sí").IsSilent();
        await bot.Session.GiveBackAsync(CancellationToken.None);

        await bot.Says("sí").RepliesWith("anything_else");

        Assert.Equal(AppointmentStatus.Booked, (await bot.Session.FindAppointmentAsync(CancellationToken.None))!.Status);
    }

    [Fact]
    public async Task Decide_ExactHourIsFree_MovesInOneTurn()
    {
        var reply = ScriptedNlu.Reads(AppointmentIntent.Reschedule, proposed: ProposedSlot.At(Thursday, new LocalTime(9, 45)));
        await using var bot = await StartAsync(new ScriptedNlu().Knows("¿el jueves a las 9:45?", "reschedule", reply));

        await bot.Says("¿el jueves a las 9:45?")
            .RepliesWith("confirm_new_time", "inform_address", "inform_bring", "inform_early", "inform_voucher")
            .Has("time", "9:45")
            .Has("date", "jueves 30 de abril");
    }

    [Theory]
    [InlineData("el primero", "15:00")]
    [InlineData("la segunda por favor", "15:45")]
    [InlineData("el último", "16:30")]
    [InlineData("2", "15:45")]
    [InlineData("opción 3", "16:30")]
    [InlineData("cualquiera", "15:00")]
    [InlineData("the second one", "15:45")]
    public async Task Decide_PlaceInTheList_ChoosesIt(string words, string time)
    {
        var reply = ScriptedNlu.Reads(AppointmentIntent.Reschedule, proposed: ProposedSlot.Window(Thursday, new LocalTime(13, 0), new LocalTime(20, 0)));
        await using var bot = await StartAsync(new ScriptedNlu().Knows("jueves en la tarde", "reschedule", reply));
        await bot.Says("jueves en la tarde").RepliesWith("offer_slots");

        await bot.Says(words).Has("time", time).Has("date", "jueves 30 de abril");
    }

    [Theory]
    [InlineData("el primero de mayo")]
    [InlineData("a primera hora")]
    [InlineData("a las dos")]
    [InlineData("deme un segundo")]
    [InlineData("es la primera vez que voy")]
    [InlineData("no me sirve el primero")]
    [InlineData("el primero, si me dan permiso")]
    [InlineData("¿tiene cualquier otro día?")]
    [InlineData("¿la primera con quién es?")]
    [InlineData("do you have any other day")]
    [InlineData("one second")]
    public async Task Decide_OrdinalThatIsADayOrAnHour_ChoosesNothing(string words)
    {
        var reply = ScriptedNlu.Reads(AppointmentIntent.Reschedule, proposed: ProposedSlot.Window(Thursday, new LocalTime(13, 0), new LocalTime(20, 0)));
        await using var bot = await StartAsync(new ScriptedNlu().Knows("jueves en la tarde", "reschedule", reply));
        await bot.Says("jueves en la tarde").RepliesWith("offer_slots");

        await bot.Says(words).RepliesWith("not_understood", "offer_slots");
    }

    [Fact]
    public async Task Decide_NeedsAPersonBesidesAYes_RecordsItAndCallsOne()
    {
        var reply = ScriptedNlu.Reads(AppointmentIntent.Confirm, needsHuman: true);
        await using var bot = await StartAsync(new ScriptedNlu().Knows("sí, ¿y cheque a fecha?", "confirm_attendance", reply));

        var outcomes = await bot.Says("sí, ¿y cheque a fecha?");

        var acts = outcomes.SelectMany(outcome => outcome.Step.Acts).Select(act => act.Name).ToList();
        Assert.Equal("confirm_recorded", acts[0]);
        Assert.Equal("handover", acts[^1]);
        Assert.Equal(AppointmentStatus.Confirmed, (await bot.Session.FindAppointmentAsync(CancellationToken.None))!.Status);
    }

    [Fact]
    public async Task Decide_EmergencyWithAYes_SaysTheNumberAndRecordsNothing()
    {
        var nlu = new ScriptedNlu();
        nlu.Knows("sí voy pero no puedo respirar", "emergency", ScriptedNlu.Reads(AppointmentIntent.Confirm, needsHuman: true));
        await using var bot = await StartAsync(nlu);

        await bot.Says("sí voy pero no puedo respirar").RepliesWith("emergency", "handover").Has("emergency_number", "131");

        Assert.Equal(AppointmentStatus.Booked, (await bot.Session.FindAppointmentAsync(CancellationToken.None))!.Status);
    }

    [Fact]
    public void Options_TwoHoursOfOneDay_ShareItsName()
    {
        LocalDateTime[] starts = [new(2026, 4, 28, 9, 0), new(2026, 4, 28, 10, 30), new(2026, 4, 30, 16, 0)];

        Assert.Equal("el martes 28 de abril a las 9:00, a las 10:30 o el jueves 30 de abril a las 16:00", SlotWording.Options(starts, Language.Spanish));
        Assert.Equal("el martes 28 de abril a la 1:30", SlotWording.Options([new LocalDateTime(2026, 4, 28, 1, 30)], Language.Spanish));
        Assert.Equal("Tuesday 28 April at 9:00, at 10:30 or Thursday 30 April at 16:00", SlotWording.Options(starts, Language.English));
    }

    private static Task<TestBot> StartAsync(ScriptedNlu nlu, string visitor = "p-rodrigo") => TestBot.StartAsync(
        new Bundle("scripted", nlu, new DialogPolicy(Clinic), new ReplyGenerator(new WrittenWordings(Clinic.Responses)), Clinic),
        visitor);
}
