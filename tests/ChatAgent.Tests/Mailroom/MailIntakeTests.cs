using System.Text;
using ChatAgent.Dialogs;
using ChatAgent.Dialogs.Tests;
using ChatAgent.Email;
using ChatAgent.Store;

namespace ChatAgent.Mailroom.Tests;

/// <summary>From a patient's mail to the agenda and back, with the clinic's own understanding: the wrong person, the wrong yes and the second answer above all.</summary>
public sealed class MailIntakeTests(TrainedClinic clinic) : IClassFixture<TrainedClinic>
{
    [Fact]
    public async Task Ask_ThenYes_ConfirmsAndAnswersInTheThread()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (thread, question) = await box.AskAsync("a-rodrigo");
        Assert.Contains("Rodrigo", question.Text, StringComparison.Ordinal);
        Assert.Contains("viernes 24 de abril", question.Text, StringComparison.Ordinal);
        Assert.Equal("auto-submitted: auto-generated", question.AutomaticReason);

        var answer = box.Answer(question, "Sí, confirmo mi asistencia. Gracias.");
        var result = await box.Intake.TakeAsync(answer, CancellationToken.None);

        Assert.Equal((MailKind.Reply, MailMatch.Token, MailTrust.Passed), (result.Kind, result.Match, result.Trust));
        Assert.Equal("Sí, confirmo mi asistencia. Gracias.", result.Accepted);
        var reply = Assert.Single(await box.WorkAsync(thread));
        Assert.Equal(AppointmentStatus.Confirmed, await box.StatusOfAsync("a-rodrigo"));
        Assert.Equal("<m1@correo.example>", reply.InReplyTo);
        Assert.Equal([question.MessageId!, "<m1@correo.example>"], reply.References);
        Assert.StartsWith("Re: ", reply.Subject, StringComparison.Ordinal);
        Assert.Equal("auto-submitted: auto-replied", reply.AutomaticReason);
        Assert.Contains("Irarrázaval", reply.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Si ando con ganas, voy", AppointmentStatus.Booked)]
    [InlineData("No podré asistir, por favor anulen mi hora", AppointmentStatus.Declined)]
    [InlineData("¿Dónde queda la consulta?", AppointmentStatus.Booked)]
    [InlineData("Confirmo, allá estaré el viernes", AppointmentStatus.Confirmed)]
    public async Task Take_Words_MeanWhatTheySay(string words, AppointmentStatus expected)
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (thread, question) = await box.AskAsync("a-rodrigo");

        await box.Intake.TakeAsync(box.Answer(question, words), CancellationToken.None);

        Assert.Single(await box.WorkAsync(thread));
        Assert.Equal(expected, await box.StatusOfAsync("a-rodrigo"));
    }

    [Fact]
    public async Task Take_TheSameMailTwice_IsAnsweredOnce()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (thread, question) = await box.AskAsync("a-rodrigo");
        var answer = box.Answer(question, "Sí, voy");
        await box.Intake.TakeAsync(answer, CancellationToken.None);
        Assert.Single(await box.WorkAsync(thread));

        var again = await box.Intake.TakeAsync(answer, CancellationToken.None);

        Assert.Equal(MailKind.Duplicate, again.Kind);
        Assert.Empty(await box.WorkAsync(thread));
        Assert.Single(await box.Store.ReadLogAsync(thread.ConversationId, 0, Audience.Internal, 100, CancellationToken.None), entry => entry is { Kind: "message", Author: Author.Client });
    }

    [Fact]
    public async Task Take_TheSameIdWithOtherWords_IsForAnOperator()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (thread, question) = await box.AskAsync("a-rodrigo");
        await box.Intake.TakeAsync(box.Answer(question, "¿Dónde queda?", messageId: "<same@correo.example>"), CancellationToken.None);

        var other = await box.Intake.TakeAsync(box.Answer(question, "No voy", messageId: "<same@correo.example>"), CancellationToken.None);

        Assert.Equal((MailKind.Held, "mail_id_used_twice"), (other.Kind, other.Reason));
        await box.WorkAsync(thread);
        Assert.Equal(AppointmentStatus.Booked, await box.StatusOfAsync("a-rodrigo"));
    }

    [Fact]
    public async Task Take_TwoMailsBeforeTheAnswer_AreReadTogether()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (thread, question) = await box.AskAsync("a-rodrigo");
        await box.Intake.TakeAsync(box.Answer(question, "Sí, voy"), CancellationToken.None);
        await box.Intake.TakeAsync(box.Answer(question, "¿Cómo compro el bono?"), CancellationToken.None);

        Assert.Single(await box.WorkAsync(thread));
        Assert.Equal(AppointmentStatus.Confirmed, await box.StatusOfAsync("a-rodrigo"));
    }

    [Fact]
    public async Task Take_ALaterNo_CorrectsTheYes()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (thread, question) = await box.AskAsync("a-rodrigo");
        await box.Intake.TakeAsync(box.Answer(question, "Sí, voy"), CancellationToken.None);
        var confirmed = Assert.Single(await box.WorkAsync(thread));
        box.Time.Advance(TimeSpan.FromHours(3));

        await box.Intake.TakeAsync(box.Answer(confirmed, "Al final no voy a poder ir, anúlenla por favor"), CancellationToken.None);
        await box.WorkAsync(thread);

        Assert.Equal(AppointmentStatus.Declined, await box.StatusOfAsync("a-rodrigo"));
    }

    [Fact]
    public async Task Chat_OpenedByTheMailsLink_IsTheSameConversationAndIsNotMailed()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (thread, question) = await box.AskAsync("a-rodrigo");

        await box.VisitAsync(thread);
        Assert.Empty(await box.WorkAsync(thread));
        await box.WriteInChatAsync(thread, "Sí, voy");
        Assert.Empty(await box.WorkAsync(thread));

        Assert.Equal(AppointmentStatus.Confirmed, await box.StatusOfAsync("a-rodrigo"));
        var said = (await box.Store.ReadLogAsync(thread.ConversationId, 0, Audience.Client, 100, CancellationToken.None)).Where(entry => entry is { Kind: ConversationEvents.Message, Author: Author.Bot }).ToList();
        Assert.Equal(3, said.Count);

        box.Time.Advance(TimeSpan.FromMinutes(1));

        // The house opens the thread again, as every run of a campaign may: nobody is asked anew.
        await box.Questions.AskAsync("a-rodrigo", language: null, CancellationToken.None);
        Assert.Empty(await box.WorkAsync(thread));

        // The mail goes on: it knows what was said in the chat, and names no mail that never left.
        await box.Intake.TakeAsync(box.Answer(question, "¿Dónde queda?"), CancellationToken.None);
        var reply = Assert.Single(await box.WorkAsync(thread));
        Assert.Contains("Irarrázaval", reply.Text, StringComparison.Ordinal);
        Assert.Equal([question.MessageId!, "<m1@correo.example>"], reply.References);
    }

    [Fact]
    public async Task Chat_AMailWrittenBeforeTheChatsNo_ChangesNothingAndCallsAPerson()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (thread, question) = await box.AskAsync("a-rodrigo");
        var yes = box.Answer(question, "Sí, voy");
        box.Time.Advance(TimeSpan.FromMinutes(5));
        await box.VisitAsync(thread);
        await box.WriteInChatAsync(thread, "No podré ir, anulen mi hora");
        await box.WorkAsync(thread);

        var late = await box.Intake.TakeAsync(yes, CancellationToken.None);

        Assert.Equal((MailKind.Held, "mail_overtaken"), (late.Kind, late.Reason));
        Assert.Equal(AppointmentStatus.Declined, await box.StatusOfAsync("a-rodrigo"));
    }

    [Fact]
    public async Task Chat_AMailWrittenBeforeANoInAnotherConversation_ChangesNothingAndCallsAPerson()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (thread, question) = await box.AskAsync("a-rodrigo");
        var yes = box.Answer(question, "Sí, voy");
        box.Time.Advance(TimeSpan.FromMinutes(5));

        // Somebody who proved by a code who they are, in a chat of its own.
        await box.Store.AcceptAsync(
            new IncomingActivity { Channel = "directline", Account = "dl_1", ConversationId = "c-2", Entry = new NewEntry { Audience = Audience.Bot, Author = Author.System, Kind = ConversationEvents.Started } }, CancellationToken.None);
        await box.VisitAsync("c-2", thread);
        await box.WriteInChatAsync("c-2", "No podré ir, anulen mi hora");
        await box.WorkEverywhereAsync();
        Assert.Equal(AppointmentStatus.Declined, await box.StatusOfAsync("a-rodrigo"));

        var late = await box.Intake.TakeAsync(yes, CancellationToken.None);

        Assert.Equal((MailKind.Held, "mail_overtaken"), (late.Kind, late.Reason));
    }

    [Fact]
    public async Task Take_AYesThatWasOvertakenByALaterNo_ChangesNothingAndCallsAPerson()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (thread, question) = await box.AskAsync("a-rodrigo");
        var yes = box.Answer(question, "Sí, voy");
        box.Time.Advance(TimeSpan.FromMinutes(5));
        var no = box.Answer(question, "No podré ir, anulen mi hora");

        await box.Intake.TakeAsync(no, CancellationToken.None);
        var late = await box.Intake.TakeAsync(yes, CancellationToken.None);
        await box.WorkAsync(thread);

        Assert.Equal((MailKind.Held, "mail_overtaken"), (late.Kind, late.Reason));
        Assert.Equal(AppointmentStatus.Declined, await box.StatusOfAsync("a-rodrigo"));
        Assert.Equal(Holder.WaitingForOperator, (await box.StateOfAsync(thread.ConversationId)).Holder);
    }

    [Fact]
    public async Task Take_AClockThatRunsAhead_DoesNotOvertakeWhatFollows()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (thread, question) = await box.AskAsync("a-rodrigo");
        var ahead = box.Answer(question, "¿Dónde queda?");
        var text = System.Text.Encoding.UTF8.GetString(ahead.Raw.Span).Replace("Apr 2026", "Apr 2031", StringComparison.Ordinal);
        await box.Intake.TakeAsync(ahead with { Raw = System.Text.Encoding.UTF8.GetBytes(text) }, CancellationToken.None);
        box.Time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(MailKind.Reply, (await box.Intake.TakeAsync(box.Answer(question, "Sí, voy"), CancellationToken.None)).Kind);
        await box.WorkAsync(thread);
        Assert.Equal(AppointmentStatus.Confirmed, await box.StatusOfAsync("a-rodrigo"));
    }

    [Fact]
    public async Task Take_OneIdWithTwoBodiesInTurn_IsHeldEachTime()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (_, question) = await box.AskAsync("a-rodrigo");
        foreach (var (text, headers) in (IReadOnlyList<(string, string)>)[("uno", ""), ("dos", ""), ("uno", "X-Copy: 1\n"), ("dos", "X-Copy: 2\n"), ("uno", "X-Copy: 3\n")])
        {
            var result = await box.Intake.TakeAsync(box.Answer(question, text, to: "citas@losaromos.example", messageId: "<same@correo.example>", headers: headers, inThread: false), CancellationToken.None);
            Assert.Equal(MailKind.Held, result.Kind);
        }
    }

    public static TheoryData<string, string, string, bool, string> Untrusted => new()
    {
        // sender, Authentication-Results, recipient (empty: the signed one), names our mail, reason
        { Postbox.Rodrigo, "dmarc=fail", "", true, "mail_sender_forged" },
        { "otra.persona@correo.example", "dmarc=pass", "", true, "mail_from_another_address" },
        { Postbox.Rodrigo, "spf=pass", "citas@losaromos.example", true, "mail_sender_unproven" },
        { Postbox.Rodrigo, "dmarc=pass", "citas@losaromos.example", false, "mail_not_matched" },
    };

    [Theory]
    [MemberData(nameof(Untrusted))]
    public async Task Take_SomebodyWhoIsNotShownToBeThePatient_ChangesNothingAndCallsAPerson(string from, string authentication, string to, bool inThread, string reason)
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (thread, question) = await box.AskAsync("a-rodrigo");

        var result = await box.Intake.TakeAsync(
            box.Answer(question, "No voy, cancelen mi hora", from, to.Length == 0 ? null : to, authentication, inThread: inThread), CancellationToken.None);

        Assert.Equal((MailKind.Held, reason), (result.Kind, result.Reason));
        Assert.Empty(await box.WorkAsync(thread));
        Assert.Equal(AppointmentStatus.Booked, await box.StatusOfAsync("a-rodrigo"));
        Assert.Equal(Holder.WaitingForOperator, (await box.StateOfAsync(result.ConversationId!)).Holder);
        var shown = Assert.Single(await box.Store.ReadLogAsync(result.ConversationId!, 0, Audience.Operator, 100, CancellationToken.None), entry => entry is { Kind: "message", Author: Author.Client });
        Assert.Equal("No voy, cancelen mi hora", shown.Text);
        Assert.Single(Directory.GetFiles(box.RawFolder, "*.eml"));
    }

    [Fact]
    public async Task Take_AForgedSender_IsNotPutIntoThePatientsConversation()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (thread, question) = await box.AskAsync("a-rodrigo");

        var result = await box.Intake.TakeAsync(box.Answer(question, "Cancelen mi hora", authentication: "dmarc=fail"), CancellationToken.None);

        Assert.NotEqual(thread.ConversationId, result.ConversationId);
    }

    [Theory]
    [InlineData("Authentication-Results: mx.otro.example; dmarc=pass header.from=correo.example\n", "dmarc=none")]
    [InlineData("", "none")]
    public async Task Take_AResultOfAnotherServer_ProvesNothing(string headers, string authentication)
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (_, question) = await box.AskAsync("a-rodrigo");

        var result = await box.Intake.TakeAsync(box.Answer(question, "No voy", to: "citas@losaromos.example", authentication: authentication, headers: headers), CancellationToken.None);

        Assert.Equal((MailKind.Held, "mail_sender_unproven"), (result.Kind, result.Reason));
    }

    [Theory]
    [InlineData("Auto-Submitted: auto-replied\n", "auto-submitted: auto-replied")]
    [InlineData("Precedence: bulk\n", "precedence: bulk")]
    public async Task Take_AnAutomaticAnswer_IsNeverAnswered(string headers, string reason)
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (thread, question) = await box.AskAsync("a-rodrigo");

        var result = await box.Intake.TakeAsync(box.Answer(question, "Estoy de vacaciones. Sí, confirmo.", headers: headers), CancellationToken.None);

        Assert.Equal((MailKind.Automatic, reason), (result.Kind, result.Reason));
        Assert.Empty(await box.WorkAsync(thread));
        Assert.Equal(AppointmentStatus.Booked, await box.StatusOfAsync("a-rodrigo"));
    }

    [Fact]
    public async Task Take_OurOwnMailComingBack_IsDropped()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (thread, question) = await box.AskAsync("a-rodrigo");

        var result = await box.Intake.TakeAsync(box.Answer(question, "eco", messageId: question.MessageId), CancellationToken.None);

        Assert.Equal(MailKind.Own, result.Kind);
        Assert.Empty(await box.WorkAsync(thread));
    }

    [Fact]
    public async Task Take_AMachineThatAnswersEverything_IsLeftToAPersonAfterAFewMails()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (thread, question) = await box.AskAsync("a-rodrigo");
        var sent = 0;
        for (var round = 0; round < 20; round++)
        {
            await box.Intake.TakeAsync(box.Answer(question, $"¿Dónde queda? ({round})"), CancellationToken.None);
            sent += (await box.WorkAsync(thread)).Count;
        }

        Assert.Equal(3, sent);
        Assert.Equal(Holder.WaitingForOperator, (await box.StateOfAsync(thread.ConversationId)).Holder);
    }

    [Fact]
    public async Task Take_AHardBounce_SuppressesTheAddressAndCallsAPerson()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (thread, question) = await box.AskAsync("a-rodrigo");

        var result = await box.Intake.TakeAsync(Bounce(question, "5.1.1", "550 5.1.1 user unknown"), CancellationToken.None);

        Assert.Equal((MailKind.Bounce, MailMatch.Report, "unknown-user 5.1.1"), (result.Kind, result.Match, result.Reason));
        Assert.Equal(Holder.WaitingForOperator, (await box.StateOfAsync(thread.ConversationId)).Holder);
        await box.Agent.SayAsOperatorAsync(thread.ConversationId, "carolina", "Hola, ¿nos lee?", CancellationToken.None);
        Assert.Empty(await box.WorkAsync(thread));
        Assert.Equal(AskOutcome.Suppressed, (await box.Questions.AskAsync("a-rodrigo", ChatAgent.Text.Language.Spanish, CancellationToken.None)).Outcome);
    }

    [Theory]
    [InlineData("REPLY", "ACCEPTED", "20260424T143000Z", AppointmentStatus.Confirmed)]
    [InlineData("REPLY", "DECLINED", "20260424T143000Z", AppointmentStatus.Declined)]
    [InlineData("REPLY", "TENTATIVE", "20260424T143000Z", AppointmentStatus.Booked)]
    [InlineData("REPLY", "ACCEPTED", "20260425T143000Z", AppointmentStatus.Booked)]
    public async Task Take_ACalendarsAnswer_CountsForTheHourThatItNames(string method, string status, string start, AppointmentStatus expected)
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (thread, question) = await box.AskAsync("a-rodrigo");

        var result = await box.Intake.TakeAsync(Calendar(box, question, thread, method, status, start, comment: null), CancellationToken.None);

        Assert.Equal(MailKind.Calendar, result.Kind);
        Assert.Single(await box.WorkAsync(thread));
        Assert.Equal(expected, await box.StatusOfAsync("a-rodrigo"));
    }

    [Fact]
    public async Task Take_ACalendarsCounterProposal_MovesToThatHourWhereItIsFree()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (thread, question) = await box.AskAsync("a-rodrigo");

        await box.Intake.TakeAsync(Calendar(box, question, thread, "COUNTER", "TENTATIVE", "20260428T143000Z", comment: null), CancellationToken.None);
        await box.WorkAsync(thread);

        Assert.Equal(new NodaTime.LocalDateTime(2026, 4, 28, 10, 30), (await box.Agenda.FindAppointmentAsync("a-rodrigo", CancellationToken.None))!.Start);
    }

    [Fact]
    public async Task Take_ACalendarThatAcceptsAndACommentThatRefuses_IsForAPerson()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (thread, question) = await box.AskAsync("a-rodrigo");

        await box.Intake.TakeAsync(Calendar(box, question, thread, "REPLY", "ACCEPTED", "20260424T143000Z", "No puedo ir, cancelen mi hora"), CancellationToken.None);
        await box.WorkAsync(thread);

        Assert.Equal(AppointmentStatus.Booked, await box.StatusOfAsync("a-rodrigo"));
        Assert.Equal(Holder.WaitingForOperator, (await box.StateOfAsync(thread.ConversationId)).Holder);
    }

    [Fact]
    public async Task Take_AForwardWithoutWords_IsNoAnswer()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (thread, question) = await box.AskAsync("a-rodrigo");

        var result = await box.Intake.TakeAsync(box.Answer(question, string.Empty), CancellationToken.None);

        Assert.Equal((MailKind.Held, "mail_without_words"), (result.Kind, result.Reason));
        Assert.Empty(await box.WorkAsync(thread));
    }

    [Fact]
    public async Task Take_AWeekAfterTheHour_IsForAPerson()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (_, question) = await box.AskAsync("a-rodrigo");
        box.Time.Advance(TimeSpan.FromDays(11));

        var result = await box.Intake.TakeAsync(box.Answer(question, "Sí, voy"), CancellationToken.None);

        Assert.Equal((MailKind.Held, "mail_too_late"), (result.Kind, result.Reason));
    }

    [Fact]
    public async Task Ask_TwiceAboutTheSameHour_SendsOneMail()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (thread, _) = await box.AskAsync("a-rodrigo");

        var (outcome, again) = await box.Questions.AskAsync("a-rodrigo", ChatAgent.Text.Language.Spanish, CancellationToken.None);

        Assert.Equal((AskOutcome.AskedBefore, thread.Id), (outcome, again!.Id));
        Assert.Empty(await box.WorkAsync(thread));
    }

    [Fact]
    public async Task Ask_InEnglish_AsksInEnglish()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);

        var (_, question) = await box.AskAsync("a-mary", ChatAgent.Text.Language.English);

        Assert.StartsWith("Your appointment on Friday 24 April at 12:15", question.Subject, StringComparison.Ordinal);
        Assert.Contains("Mary", question.Text, StringComparison.Ordinal);
        Assert.Contains("Friday 24 April", question.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deliver_ServerSaysLaterThenTakes_SendsTheSameMailOnce()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        box.Answers.Enqueue(new SendResult(SendOutcome.Later, "451 4.7.1"));
        var (_, thread) = await box.Questions.AskAsync("a-rodrigo", ChatAgent.Text.Language.Spanish, CancellationToken.None);
        Assert.Empty(await box.WorkAsync(thread!));
        box.Time.Advance(TimeSpan.FromMinutes(1));

        var mail = Assert.Single(await box.WorkAsync(thread!));

        Assert.True(await box.Threads.IsOursAsync(mail.MessageId!, CancellationToken.None));
        Assert.Equal(1, await box.Threads.CountSentAsync(thread!, DateTimeOffset.MinValue, CancellationToken.None));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deliver_AnswerWasLost_ItsCopySaysWhetherTheMailLeavesAgain(bool comesBack)
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle, copyPatience: TimeSpan.FromMinutes(10));
        box.Answers.Enqueue(new SendResult(SendOutcome.Unconfirmed, "end of content connection closed"));
        var (_, thread) = await box.Questions.AskAsync("a-rodrigo", ChatAgent.Text.Language.Spanish, CancellationToken.None);
        Assert.Empty(await box.WorkAsync(thread!));
        var sequence = (await box.Store.ReadLogAsync(thread!.ConversationId, 0, Audience.Internal, 100, CancellationToken.None)).Single(entry => entry is { Kind: "message", Author: Author.Bot }).Sequence;
        if (comesBack)
        {
            var copy = Encoding.ASCII.GetBytes($"Message-ID: {box.Addresses.MessageIdOf(thread, sequence)}\r\nFrom: citas@losaromos.example\r\n\r\nx\r\n");
            Assert.Equal(MailKind.Own, (await box.Intake.TakeAsync(new ReceivedMail("citas@losaromos.example", ["citas+copy@losaromos.example"], copy, box.Time.GetUtcNow()), CancellationToken.None)).Kind);
        }

        var left = new List<IncomingMail>();
        for (var minute = 0; minute < 15; minute++)
        {
            box.Time.Advance(TimeSpan.FromMinutes(1));
            left.AddRange(await box.WorkAsync(thread));
            Assert.True(minute > 7 || left.Count == 0, $"it left again after {minute} minutes");
        }

        Assert.Equal(comesBack ? 0 : 1, left.Count);
        Assert.Empty(await box.Store.ClaimOutboxAsync(MailIntake.Channel, 10, TimeSpan.FromMinutes(1), CancellationToken.None));
    }

    [Fact]
    public async Task Deliver_ServerSaidLater_WaitsForNoCopy()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle, copyPatience: TimeSpan.FromMinutes(10));
        box.Answers.Enqueue(new SendResult(SendOutcome.Later, "MAIL 450"));
        var (_, thread) = await box.Questions.AskAsync("a-rodrigo", ChatAgent.Text.Language.Spanish, CancellationToken.None);
        Assert.Empty(await box.WorkAsync(thread!));
        box.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Single(await box.WorkAsync(thread!));
    }

    [Fact]
    public async Task Deliver_ServerRefuses_CallsAPerson()
    {
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        box.Answers.Enqueue(new SendResult(SendOutcome.Refused, "550 5.1.1"));
        var (_, thread) = await box.Questions.AskAsync("a-rodrigo", ChatAgent.Text.Language.Spanish, CancellationToken.None);

        Assert.Empty(await box.WorkAsync(thread!));

        Assert.Equal(Holder.WaitingForOperator, (await box.StateOfAsync(thread!.ConversationId)).Holder);
    }

    private static ReceivedMail Calendar(Postbox box, IncomingMail question, MailThread thread, string method, string status, string start, string? comment)
    {
        var calendar = $"""
            BEGIN:VCALENDAR
            PRODID:-//Example//Calendar//EN
            VERSION:2.0
            METHOD:{method}
            BEGIN:VEVENT
            UID:{box.Addresses.UidOf(thread.Id)}
            SEQUENCE:0
            DTSTAMP:20260421T150000Z
            DTSTART:{start}
            ORGANIZER:mailto:citas@losaromos.example
            ATTENDEE;PARTSTAT={status}:mailto:{Postbox.Rodrigo}
            {(comment is null ? string.Empty : $"COMMENT:{comment}\n")}END:VEVENT
            END:VCALENDAR
            """.ReplaceLineEndings("\r\n");
        var raw = $"""
            Authentication-Results: {Postbox.OurServer}; dmarc=pass header.from=correo.example
            From: {Postbox.Rodrigo}
            To: {box.MailReplyTo(question)}
            Subject: Aceptada: su hora
            Date: Tue, 21 Apr 2026 15:00:00 +0000
            Message-ID: <cal@correo.example>
            MIME-Version: 1.0
            Content-Type: multipart/alternative; boundary=b

            --b
            Content-Type: text/plain; charset=utf-8

            Rodrigo ha aceptado esta invitación.
            --b
            Content-Type: text/calendar; charset=utf-8; method={method}

            {calendar}
            --b--
            """;
        return new ReceivedMail(Postbox.Rodrigo, [box.MailReplyTo(question)], Encoding.UTF8.GetBytes(raw.ReplaceLineEndings("\r\n")), box.Time.GetUtcNow());
    }

    private static ReceivedMail Bounce(IncomingMail question, string status, string diagnostic)
    {
        var raw = $"""
            Return-Path: <>
            From: Mail Delivery System <MAILER-DAEMON@mx.losaromos.example>
            To: citas@losaromos.example
            Subject: Undelivered Mail Returned to Sender
            Date: Tue, 21 Apr 2026 15:00:00 +0000
            Message-ID: <dsn@mx.losaromos.example>
            Auto-Submitted: auto-replied
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=delivery-status; boundary=dsn

            --dsn
            Content-Type: text/plain

            Delivery report.
            --dsn
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mx.losaromos.example

            Final-Recipient: rfc822; {Postbox.Rodrigo}
            Action: failed
            Status: {status}
            Diagnostic-Code: smtp; {diagnostic}

            --dsn
            Content-Type: message/rfc822

            From: citas@losaromos.example
            To: {Postbox.Rodrigo}
            Message-ID: {question.MessageId}
            Subject: Su hora

            ...
            --dsn--
            """;
        return new ReceivedMail(string.Empty, ["citas@losaromos.example"], Encoding.UTF8.GetBytes(raw.ReplaceLineEndings("\r\n")), DateTimeOffset.UnixEpoch);
    }
}
