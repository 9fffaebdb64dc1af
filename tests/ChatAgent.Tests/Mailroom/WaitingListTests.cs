using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Dialogs.Tests;
using ChatAgent.Email;
using NodaTime;

namespace ChatAgent.Mailroom.Tests;

/// <summary>An hour is given up, and those who wait for an earlier one are asked in turn. Rodrigo has Friday 24 April 10:30 with Dra. Rojas; three others wait for an hour of hers.</summary>
public sealed class WaitingListTests(TrainedClinic clinic) : IClassFixture<TrainedClinic>
{
    private static readonly LocalDateTime Freed = new(2026, 4, 24, 10, 30);

    private const string Waiting = """
        patient_id,patient_name,rut,email,appointment_id,start,doctor,specialty,branch,wants_earlier
        w-1,Elsa Rain Soto,11.111.111-1,elsa@correo.example,a-elsa,2026-05-11 9:00,Dra. Camila Rojas Peña,Medicina General,Ñuñoa,sí
        w-2,Pedro Vera Lillo,22.222.222-2,pedro@correo.example,a-pedro,2026-05-12 9:00,Dra. Camila Rojas Peña,Medicina General,Ñuñoa,sí
        w-3,Nora Paz Ruiz,16.543.210-K,nora@correo.example,a-nora,2026-05-13 9:00,Dra. Camila Rojas Peña,Medicina General,Ñuñoa,sí
        w-4,Luis Toro Mena,7.654.321-6,luis@correo.example,a-luis,2026-05-14 9:00,Dra. Camila Rojas Peña,Medicina General,Ñuñoa,
        """;

    [Fact]
    public async Task Run_HourGivenUp_IsOfferedToABatchWhoseFirstTakesIt()
    {
        await using var box = await OpenAsync();
        var list = box.StartWaitingList();

        Assert.Equal(2, await list.RunOnceAsync(CancellationToken.None));
        var mails = await box.WorkEverywhereAsync();

        Assert.Equal(["elsa@correo.example", "pedro@correo.example"], mails.Select(mail => mail.To));
        Assert.All(mails, mail => Assert.Contains("viernes 24 de abril", mail.Mail.Text, StringComparison.Ordinal));
        Assert.All(mails, mail => Assert.Null(mail.Mail.InReplyTo));
        await AnswerAsync(box, mails[1], "Sí, la tomo");
        Assert.Equal(Freed, (await box.Agenda.FindAppointmentAsync("a-pedro", CancellationToken.None))!.Start);
        Assert.Null((await box.Agenda.FindAppointmentAsync("a-pedro", CancellationToken.None))!.WaitsSince);

        // The other says yes too late: nothing of theirs changes.
        await AnswerAsync(box, mails[0], "Sí, la tomo");
        var elsa = (await box.Agenda.FindAppointmentAsync("a-elsa", CancellationToken.None))!;
        Assert.Equal((new LocalDateTime(2026, 5, 11, 9, 0), AppointmentStatus.Booked), (elsa.Start, elsa.Status));
    }

    [Fact]
    public async Task Run_NobodyAnswers_AsksTheNextAfterTheDeadlineAndThenNobody()
    {
        await using var box = await OpenAsync();
        await box.StartWaitingList().RunOnceAsync(CancellationToken.None);
        await box.WorkEverywhereAsync();
        Assert.Equal(0, await box.StartWaitingList().RunOnceAsync(CancellationToken.None));

        box.Time.Advance(TimeSpan.FromHours(5));
        Assert.Equal(1, await box.StartWaitingList().RunOnceAsync(CancellationToken.None));
        Assert.Equal(["nora@correo.example"], (await box.WorkEverywhereAsync()).Select(mail => mail.To));

        box.Time.Advance(TimeSpan.FromHours(5));
        Assert.Equal(0, await box.StartWaitingList().RunOnceAsync(CancellationToken.None));
        Assert.Empty(await box.Agenda.ListFreedAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData("No puedo ese día, gracias")]
    [InlineData("no")]
    [InlineData("No, prefiero mantener la mía")]
    public async Task Answer_NoToTheOffer_KeepsTheHourThatTheyHave(string words)
    {
        await using var box = await OpenAsync();
        await box.StartWaitingList().RunOnceAsync(CancellationToken.None);
        var mails = await box.WorkEverywhereAsync();

        await AnswerAsync(box, mails[0], words);

        var elsa = (await box.Agenda.FindAppointmentAsync("a-elsa", CancellationToken.None))!;
        Assert.Equal((new LocalDateTime(2026, 5, 11, 9, 0), AppointmentStatus.Booked), (elsa.Start, elsa.Status));
    }

    [Fact]
    public async Task Answer_AfterTheDeadline_TakesNothing()
    {
        await using var box = await OpenAsync();
        await box.StartWaitingList().RunOnceAsync(CancellationToken.None);
        var mails = await box.WorkEverywhereAsync();
        box.Time.Advance(TimeSpan.FromHours(6));
        await box.Agent.SweepOnceAsync(CancellationToken.None);

        await AnswerAsync(box, mails[0], "Sí, la tomo");

        Assert.Equal(new LocalDateTime(2026, 5, 11, 9, 0), (await box.Agenda.FindAppointmentAsync("a-elsa", CancellationToken.None))!.Start);
    }

    [Fact]
    public async Task Run_HourTooNear_IsOfferedToNobody()
    {
        await using var box = await OpenAsync();
        box.Time.Advance(TimeSpan.FromHours(53));

        Assert.Equal(0, await box.StartWaitingList().RunOnceAsync(CancellationToken.None));
        Assert.Empty(await box.Agenda.ListFreedAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Campaign_LaterAsksWhoWasOnlyOfferedAnHour()
    {
        await using var box = await OpenAsync();
        await box.StartWaitingList().RunOnceAsync(CancellationToken.None);
        var mails = await box.WorkEverywhereAsync();
        await AnswerAsync(box, mails[0], "no");
        box.Time.Advance(TimeSpan.FromDays(17));

        var done = await box.StartCampaign().RunOnceAsync(CancellationToken.None);
        var asked = await box.WorkEverywhereAsync();

        Assert.Contains(done, action => action is { Step: CampaignStep.Ask, Appointment.Id: "a-elsa" });
        Assert.Contains("lunes 11 de mayo", Assert.Single(asked, mail => mail.To == "elsa@correo.example").Mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(await box.StartCampaign().RunOnceAsync(CancellationToken.None), action => action is { Step: CampaignStep.Ask, Appointment.Id: "a-elsa" });
    }

    [Fact]
    public async Task Move_FreesTheHourThatIsLeft()
    {
        await using var box = await OpenAsync();
        await box.StartWaitingList().RunOnceAsync(CancellationToken.None);
        var mails = await box.WorkEverywhereAsync();
        await AnswerAsync(box, mails[0], "Sí, la tomo");

        await box.StartWaitingList().RunOnceAsync(CancellationToken.None);

        // Elsa's 11 May is earlier than Pedro's and Nora's.
        Assert.Equal(["nora@correo.example", "pedro@correo.example"], (await box.WorkEverywhereAsync()).Select(mail => mail.To));
    }

    private async Task<Postbox> OpenAsync()
    {
        var box = await Postbox.OpenAsync(clinic.Bundle);
        Assert.Empty((await new AgendaImporter(box.Store, "America/Santiago", box.Time).ImportCsvAsync(new StringReader(Waiting), CancellationToken.None)).Errors);
        var change = await box.Agenda.DeclineAsync("a-rodrigo", "test", CancellationToken.None);
        await box.Store.WriteDocumentsAsync(change.Documents, CancellationToken.None);
        return box;
    }

    private static async Task AnswerAsync(Postbox box, (string To, IncomingMail Mail) offer, string words)
    {
        await box.Intake.TakeAsync(box.Answer(offer.Mail, words, from: offer.To), CancellationToken.None);
        await box.WorkEverywhereAsync();
    }
}
