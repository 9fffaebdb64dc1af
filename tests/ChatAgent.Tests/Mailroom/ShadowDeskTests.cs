using ChatAgent.Dialogs;
using ChatAgent.Dialogs.Tests;
using NodaTime;

namespace ChatAgent.Mailroom.Tests;

/// <summary>A clinic's own mail, read in shadow: nothing happens before reception has seen enough, and nothing more once it errs.</summary>
public sealed class ShadowDeskTests(TrainedClinic clinic) : IClassFixture<TrainedClinic>
{
    [Theory]
    [InlineData("Sí, confirmo mi asistencia", ShadowKind.Confirm)]
    [InlineData("No podré asistir, por favor anulen mi hora", ShadowKind.Decline)]
    [InlineData("Si ando con ganas, voy", ShadowKind.AskBack)]
    [InlineData("¿Dónde queda la consulta?", ShadowKind.Answer)]
    [InlineData("Quiero hablar con una persona por favor", ShadowKind.Person)]
    [InlineData("Prefiero otra hora por favor", ShadowKind.Offer)]
    public async Task Take_InShadow_SaysWhatItWouldDoAndDoesNothing(string words, ShadowKind kind)
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle, isShadow: true);

        var result = await box.Intake.TakeAsync(box.AnswerToTheClinic(words), CancellationToken.None);

        Assert.Equal((MailKind.Shadowed, MailMatch.Sender), (result.Kind, result.Match));
        var seen = Assert.Single(await box.Shadow.ListUnmarkedAsync(10, CancellationToken.None));
        Assert.Equal((kind, words, "a-rodrigo", false), (seen.Kind, seen.Words, seen.AppointmentId, seen.IsDone));
        Assert.NotEmpty(seen.Reply);
        Assert.Empty(await box.WorkEverywhereAsync());
        Assert.Empty(await box.Store.ListConversationsAsync(null, 10, CancellationToken.None));
        Assert.Equal(AppointmentStatus.Booked, await box.StatusOfAsync("a-rodrigo"));
    }

    [Fact]
    public async Task Take_ProposedHourThatIsFree_WouldMoveThere()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle, isShadow: true);

        await box.Intake.TakeAsync(box.AnswerToTheClinic("¿Puede ser el martes 28 a las 10:30?"), CancellationToken.None);

        var seen = Assert.Single(await box.Shadow.ListUnmarkedAsync(10, CancellationToken.None));
        Assert.Equal((ShadowKind.Move, new LocalDateTime(2026, 4, 28, 10, 30)), (seen.Kind, seen.MovesTo!.Value));
        Assert.Equal(new LocalDateTime(2026, 4, 24, 10, 30), (await box.Agenda.FindAppointmentAsync("a-rodrigo", CancellationToken.None))!.Start);
    }

    [Fact]
    public async Task Take_EvidenceSpans_QuoteTheWords()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle, isShadow: true);

        await box.Intake.TakeAsync(box.AnswerToTheClinic("Hola, no podré asistir, anulen mi hora"), CancellationToken.None);

        var seen = Assert.Single(await box.Shadow.ListUnmarkedAsync(10, CancellationToken.None));
        Assert.NotEmpty(seen.Evidence);
        Assert.All(seen.Evidence, span => Assert.InRange(span.Start + span.Length, 1, seen.Words.Length));
    }

    [Theory]
    [InlineData("desconocido@correo.example", "Sí, voy")]
    [InlineData(Postbox.Rodrigo, "")]
    public async Task Take_NobodysAnswer_LeavesNoRecord(string from, string words)
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle, isShadow: true);

        var result = await box.Intake.TakeAsync(box.AnswerToTheClinic(words, from), CancellationToken.None);

        Assert.Equal(MailKind.Shadowed, result.Kind);
        Assert.Empty(await box.Shadow.ListUnmarkedAsync(10, CancellationToken.None));
    }

    [Fact]
    public async Task Switch_FewMarksOrManyErrors_IsRefused()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle, isShadow: true);
        await MarkAsync(box, right: 29, wrong: 0);
        Assert.False(await box.Shadow.SwitchAsync(ShadowKind.Confirm, isOn: true, "carolina", CancellationToken.None));

        await MarkAsync(box, right: 1, wrong: 0);
        Assert.True(await box.Shadow.SwitchAsync(ShadowKind.Confirm, isOn: true, "carolina", CancellationToken.None));
        Assert.True(await box.Shadow.SwitchAsync(ShadowKind.Confirm, isOn: false, "carolina", CancellationToken.None));

        await MarkAsync(box, right: 0, wrong: 4);
        Assert.False(await box.Shadow.SwitchAsync(ShadowKind.Confirm, isOn: true, "carolina", CancellationToken.None));
        Assert.False(await box.Shadow.SwitchAsync(ShadowKind.Decline, isOn: true, "carolina", CancellationToken.None));
    }

    [Fact]
    public async Task Take_KindSwitchedOn_IsDoneInTheClinicsThreadAndOnlyThatKind()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle, isShadow: true);
        await MarkAsync(box, right: 30, wrong: 0);
        await box.Shadow.SwitchAsync(ShadowKind.Confirm, isOn: true, "carolina", CancellationToken.None);

        var no = await box.Intake.TakeAsync(box.AnswerToTheClinic("No podré asistir, anulen mi hora"), CancellationToken.None);
        Assert.Equal(MailKind.Shadowed, no.Kind);
        Assert.Equal(AppointmentStatus.Booked, await box.StatusOfAsync("a-rodrigo"));
        var forged = await box.Intake.TakeAsync(box.AnswerToTheClinic("Sí, confirmo mi asistencia", authentication: "dmarc=none"), CancellationToken.None);
        Assert.Equal(MailKind.Shadowed, forged.Kind);

        var yes = await box.Intake.TakeAsync(box.AnswerToTheClinic("Sí, confirmo mi asistencia, gracias"), CancellationToken.None);
        var mails = await box.WorkEverywhereAsync();

        Assert.Equal((MailKind.Reply, MailMatch.Sender), (yes.Kind, yes.Match));
        Assert.Equal(AppointmentStatus.Confirmed, await box.StatusOfAsync("a-rodrigo"));
        var answer = Assert.Single(mails).Mail;
        Assert.Equal("Re: Recordatorio de su hora", answer.Subject);
        Assert.StartsWith("<c", answer.InReplyTo, StringComparison.Ordinal);
        Assert.Equal([answer.InReplyTo!], answer.References);
    }

    [Fact]
    public async Task Mark_ErrorsAfterSwitchingOn_SwitchTheKindOff()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle, isShadow: true);
        await MarkAsync(box, right: 40, wrong: 0);
        await box.Shadow.SwitchAsync(ShadowKind.Confirm, isOn: true, "carolina", CancellationToken.None);
        box.Time.Advance(TimeSpan.FromMinutes(1));

        await MarkAsync(box, right: 0, wrong: 1);

        var confirm = (await box.Shadow.ReportAsync(CancellationToken.None)).Kinds.First(kind => kind.Kind == ShadowKind.Confirm);
        Assert.Equal((false, "errors", new ErrorRate(1, 41)), (confirm.IsOn, confirm.By, confirm.Errors));
    }

    [Fact]
    public async Task Unmark_TakesTheMarkBack()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle, isShadow: true);
        await box.Intake.TakeAsync(box.AnswerToTheClinic("Sí, confirmo"), CancellationToken.None);
        var seen = Assert.Single(await box.Shadow.ListUnmarkedAsync(10, CancellationToken.None));
        await box.Shadow.MarkAsync(seen.Id, isRight: false, "carolina", CancellationToken.None);
        Assert.Equal(new ErrorRate(1, 1), (await box.Shadow.ReportAsync(CancellationToken.None)).FalseYes);

        Assert.True(await box.Shadow.UnmarkAsync(seen.Id, CancellationToken.None));

        Assert.Equal((1, new ErrorRate(0, 0)), (await box.Shadow.ReportAsync(CancellationToken.None) is var report ? (report.Waiting, report.FalseYes) : default));
        Assert.Null(await box.Shadow.MarkAsync("none", isRight: true, "carolina", CancellationToken.None));
    }

    private static async Task MarkAsync(Postbox box, int right, int wrong)
    {
        for (var i = 0; i < right + wrong; i++)
        {
            await box.Intake.TakeAsync(box.AnswerToTheClinic($"Sí, confirmo mi asistencia{new string('!', i % 3)}", authentication: "dmarc=none"), CancellationToken.None);
            box.Time.Advance(TimeSpan.FromSeconds(1));
        }

        foreach (var (seen, index) in (await box.Shadow.ListUnmarkedAsync(100, CancellationToken.None)).Select((seen, index) => (seen, index)))
        {
            await box.Shadow.MarkAsync(seen.Id, index >= wrong, "carolina", CancellationToken.None);
        }
    }
}
