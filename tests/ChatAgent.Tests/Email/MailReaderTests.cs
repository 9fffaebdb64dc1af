using System.Text;

namespace ChatAgent.Email.Tests;

public sealed class MailReaderTests
{
    [Theory]
    [InlineData("Received: from mx by vm with LMTP id 1 (envelope-from <a@b.example>)\n\tfor <citas+abc@centro.example>; Fri, 27 Nov 2026 07:39:10 +0000\nReceived: x for <otra@centro.example>; y\n", "citas+abc@centro.example")]
    [InlineData("Envelope-To: citas+abc@centro.example\n", "citas+abc@centro.example")]
    [InlineData("Received: from mx by vm; Fri, 27 Nov 2026 07:39:10 +0000\nReceived: x for <otra@centro.example>; y\n", null)]
    [InlineData("Received: for <\n", null)]
    public void Read_EnvelopeRecipient_IsFoundWhereTheLastServerNotedIt(string headers, string? expected) =>
        Assert.Equal(expected is null ? [] : [expected], MailReader.Read(System.Text.Encoding.ASCII.GetBytes(headers + "From: a@b.example\n\nx\n")).DeliveredTo);

    [Fact]
    public void Read_Headers_GiveTheThreadAndTheWay()
    {
        var mail = Read("Return-Path: <isabel@ejemplo.cl>\nDelivered-To: citas+a7f3@centro.example\nAuthentication-Results: mx.centro.example; dmarc=pass\nAuthentication-Results: mx.otro.example; dmarc=fail\nFrom: Isabel <isabel@ejemplo.cl>\nTo: Citas <citas@centro.example>\nMessage-ID: <r1@ejemplo.cl>\nIn-Reply-To: <ask-2@centro.example> (de ayer)\nReferences: <ask-1@centro.example>\n <ask-2@centro.example>\n\nSí");

        Assert.Equal("<r1@ejemplo.cl>", mail.MessageId);
        Assert.Equal("<ask-2@centro.example>", mail.InReplyTo);
        Assert.Equal(["<ask-1@centro.example>", "<ask-2@centro.example>"], mail.References);
        Assert.Equal(["citas+a7f3@centro.example"], mail.DeliveredTo);
        Assert.Equal("isabel@ejemplo.cl", mail.ReturnPath);
        Assert.StartsWith("mx.centro.example;", mail.AuthenticationResults[0], StringComparison.Ordinal);
        Assert.False(mail.IsAutomatic);
    }

    [Theory]
    [InlineData("Auto-Submitted: auto-replied", "auto-submitted: auto-replied")]
    [InlineData("Auto-Submitted: auto-generated (por regla)", "auto-submitted: auto-generated")]
    [InlineData("Return-Path: <>", "empty envelope sender")]
    [InlineData("X-Autoreply: yes", "x-autoreply")]
    [InlineData("X-Apple-Action: VACATION", "x-apple-action: vacation")]
    [InlineData("X-Auto-Response-Suppress: All\nX-MS-Exchange-Inbox-Rules-Loop: a@b.cl", "exchange inbox rule")]
    [InlineData("Precedence: bulk", "precedence: bulk")]
    [InlineData("List-Id: <vecinos.example>", "list")]
    [InlineData("From: no-reply@tienda.example", "sender is a program")]
    [InlineData("From: MAILER-DAEMON@mx.example", "sender is a program")]
    [InlineData("Subject: =?utf-8?Q?Respuesta_autom=C3=A1tica?=: Su hora", "subject of an automatic answer")]
    [InlineData("Subject: Fuera de la oficina", "subject of an automatic answer")]
    [InlineData("Content-Type: multipart/report; report-type=disposition-notification; boundary=b", "read receipt")]
    public void Automatic_BySomeSign_IsSaid(string header, string reason) => Assert.Equal(reason, Read($"{header}\n\nVuelvo el lunes").AutomaticReason);

    [Theory]
    [InlineData("Auto-Submitted: no")]
    [InlineData("X-Auto-Response-Suppress: All")]
    [InlineData("Precedence: first-class")]
    [InlineData("From: Nora Reply <nora.reply@ejemplo.cl>")]
    [InlineData("Subject: Re: Fuera de la oficina, ¿dónde queda?")]
    public void Automatic_APerson_IsNot(string header) => Assert.Null(Read($"{header}\n\nSí").AutomaticReason);

    [Theory]
    [InlineData("failed", "5.1.1", "smtp; 550 5.1.1 user unknown", "5.1.1", BounceKind.Hard, "unknown-user")]
    [InlineData("failed", "5.0.0", "smtp; 550 5.1.10 recipient not found", "5.1.10", BounceKind.Hard, "unknown-user")]
    [InlineData("failed", "5.0.0", "smtp; 550 No such user here", "5.0.0", BounceKind.Soft, "filtered")]
    [InlineData("failed", "5.0.0", "smtp; 550 No such user here (in reply to RCPT TO command)", "5.0.0", BounceKind.Hard, "unknown-user")]
    [InlineData("failed", "5.0.0", "smtp; 550 <isabel@ejemplo.cl>: User unknown", "5.0.0", BounceKind.Hard, "unknown-user")]
    [InlineData("failed", "", "smtp; 550 <isabel@ejemplo.cl>... User not exist", "5.0.0", BounceKind.Hard, "unknown-user")]
    [InlineData("failed", "5.0.0", "smtp; 550 <otra@ejemplo.cl>: User unknown", "5.0.0", BounceKind.Soft, "filtered")]
    [InlineData("failed", "5.7.1", "smtp; 550 <isabel@ejemplo.cl>: User unknown", "5.7.1", BounceKind.Soft, "filtered")]
    [InlineData("failed", "4.5.0", "smtp; 550 5.5.0 servicio rechazado", "5.5.0", BounceKind.Soft, "other")]
    [InlineData("delayed", "4.5.0", "smtp; 450 4.5.0 servicio ocupado", "4.5.0", BounceKind.Soft, "delayed")]
    [InlineData("failed", "5.1.2", "dns; host not found", "5.1.2", BounceKind.Hard, "unknown-host")]
    [InlineData("failed", "5.1.6", "smtp; 551 moved", "5.1.6", BounceKind.Hard, "moved")]
    [InlineData("failed", "5.2.2", "smtp; 552 mailbox full", "5.2.2", BounceKind.Soft, "mailbox-full")]
    [InlineData("failed", "5.1.1", "smtp; 552 casilla: buzón lleno", "5.1.1", BounceKind.Soft, "mailbox-full")]
    [InlineData("failed", "5.7.1", "smtp; 550 message looks like spam", "5.7.1", BounceKind.Soft, "spam")]
    [InlineData("failed", "5.7.26", "smtp; 550 unauthenticated mail, DMARC", "5.7.26", BounceKind.Soft, "authentication")]
    [InlineData("failed", "5.7.1", "smtp; 554 blocked using zen.spamhaus.org", "5.7.1", BounceKind.Soft, "blocked")]
    [InlineData("failed", "5.3.4", "", "5.3.4", BounceKind.Soft, "too-large")]
    [InlineData("delayed", "4.4.1", "smtp; connection timed out", "4.4.1", BounceKind.Soft, "expired")]
    [InlineData("delayed", "4.1.1", "smtp; 450 user unknown", "4.1.1", BounceKind.Soft, "unknown-user")]
    [InlineData("delivered", "2.0.0", "", "2.0.0", BounceKind.Other, "delivered")]
    [InlineData("relayed", "", "", "2.0.0", BounceKind.Other, "delivered")]
    public void Bounce_Standard_IsJudged(string action, string status, string diagnostic, string found, BounceKind kind, string reason)
    {
        var mail = Read($"From: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=d\n\n--d\n\nInforme\n--d\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; isabel@ejemplo.cl\nAction: {action}\nStatus: {status}\nDiagnostic-Code: {diagnostic}\n\n--d\nContent-Type: text/rfc822-headers\n\nMessage-ID: <ask-1@centro.example>\nTo: isabel@ejemplo.cl\n--d--\n");

        Assert.Equal(new BounceReport("isabel@ejemplo.cl", found, kind, reason), Assert.Single(mail.Bounces));
        Assert.Equal("<ask-1@centro.example>", mail.ReportedMessageId);
        Assert.Equal("delivery report", mail.AutomaticReason);
    }

    [Fact]
    public void Bounce_InWordsAlone_IsRead()
    {
        var mail = Read("Return-Path: <>\nFrom: Sistema de correo <MAILER-DAEMON@mx.example>\nTo: citas@centro.example\nSubject: Undelivered Mail Returned to Sender\n\nNo pudimos entregar su correo:\n\n<isabel@ejemplo.cl>: host mx.ejemplo.cl said: 550 5.1.1 <isabel@ejemplo.cl> User unknown\n<pedro@ejemplo.cl>: 552 5.2.2 Mailbox full\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <ask-1@centro.example>\nTo: ana@ejemplo.cl\n");

        Assert.Equal([new("isabel@ejemplo.cl", "5.1.1", BounceKind.Hard, "unknown-user"), new("pedro@ejemplo.cl", "5.2.2", BounceKind.Soft, "mailbox-full")], mail.Bounces);
        Assert.Equal("<ask-1@centro.example>", mail.ReportedMessageId);
    }

    [Theory]
    [InlineData("From: Isabel <isabel@ejemplo.cl>\nSubject: Re: Su hora\n\nMi correo viejo, ana@ejemplo.cl, ya no existe: user unknown. Usen este.")]
    [InlineData("From: Isabel <isabel@ejemplo.cl>\nSubject: No se pudo entregar\n\nHola, no pude ir.")]
    public void Bounce_APersonWhoSpeaksOfOne_IsNone(string mail) => Assert.Empty(Read(mail).Bounces);

    /// <summary>With pipelining the answer to RCPT comes in after DATA has gone out; the answer to DATA itself tells.</summary>
    [Theory]
    [InlineData("<<< 503 5.0.0 Need RCPT (recipient)", BounceKind.Hard, "unknown-user")]
    [InlineData("<<< 554 5.5.1 Error: no valid recipients", BounceKind.Hard, "unknown-user")]
    [InlineData(">>> QUIT", BounceKind.Soft, "filtered")]
    public void Bounce_AfterData_IsAboutTheRecipientOnlyIfNoneWasLeft(string last, BounceKind kind, string reason)
    {
        var mail = Read($"From: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=d\n\n--d\n\n... while talking to mx.ejemplo.cl.:\n>>> DATA\n<<< 550 5.5.0 Invalid recipient.\n{last}\n--d\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; isabel@ejemplo.cl\nAction: failed\nStatus: 5.5.0\nDiagnostic-Code: smtp; 550 5.5.0 Invalid recipient.\n--d--\n");

        Assert.Equal(new BounceReport("isabel@ejemplo.cl", "5.5.0", kind, reason), Assert.Single(mail.Bounces));
    }

    [Theory]
    [InlineData("Bounce", "\"bounce\":{\"bounceType\":\"Permanent\",\"bouncedRecipients\":[{\"emailAddress\":\"isabel@ejemplo.cl\",\"action\":\"failed\",\"status\":\"5.1.1\",\"diagnosticCode\":\"smtp; 550 5.1.1 user unknown\"}]}", "5.1.1", BounceKind.Hard, "unknown-user")]
    [InlineData("Bounce", "\"bounce\":{\"bounceType\":\"Transient\",\"bouncedRecipients\":[{\"emailAddress\":\"isabel@ejemplo.cl\"}]}", "4.0.0", BounceKind.Soft, "other")]
    [InlineData("Complaint", "\"complaint\":{\"complainedRecipients\":[{\"emailAddress\":\"isabel@ejem!\n plo.cl\"}]}", "", BounceKind.Other, "complaint")]
    [InlineData("Delivery", "\"delivery\":{\"recipients\":[\"isabel@ejemplo.cl\"],\"smtpResponse\":\"250 2.6.0 Message received\"}", "2.6.0", BounceKind.Other, "delivered")]
    public void Notification_OfAmazonSes_IsRead(string type, string what, string status, BounceKind kind, string reason)
    {
        var mail = Read($"From: avisos <no-reply@sns.amazonaws.com>\nSubject: AWS Notification Message\n\n{{\"notificationType\":\"{type}\",{what},\"mail\":{{\"commonHeaders\":{{\"messageId\":\"<ask-1@centro.example>\"}}}}}}\n\n--\nIf you wish to stop receiving {{these}}\n");

        Assert.Equal(new BounceReport("isabel@ejemplo.cl", status, kind, reason), Assert.Single(mail.Bounces));
        Assert.Equal("<ask-1@centro.example>", mail.ReportedMessageId);
    }

    [Theory]
    [InlineData("{\"notificationType\":\"Bounce\",\"bounce\":[]}")]
    [InlineData("{\"notificationType\":\"Delivery\",\"delivery\":{\"recipients\":[{}]}}")]
    [InlineData("{\"notificationType\":\"Complaint\"")]
    [InlineData("{\"notificationType\":7}")]
    public void Notification_Broken_IsNone(string text) => Assert.Empty(Read($"From: avisos <no-reply@sns.amazonaws.com>\nSubject: AWS Notification Message\n\n{text}\n").Bounces);

    [Fact]
    public void Complaint_NamesTheRecipientAndTheMail()
    {
        var mail = Read("From: fbl@isp.example\nContent-Type: multipart/report; report-type=feedback-report; boundary=f\n\n--f\n\nQueja\n--f\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: isabel@ejemplo.cl\nOriginal-Rcpt-To: pedro@ejemplo.cl\n\n--f\nContent-Type: message/rfc822\n\nMessage-ID: <ask-1@centro.example>\n\nHola\n--f--\n");

        Assert.Equal(["isabel@ejemplo.cl", "pedro@ejemplo.cl"], mail.Bounces.Select(report => report.Recipient));
        Assert.All(mail.Bounces, report => Assert.Equal((BounceKind.Other, "complaint"), (report.Kind, report.Reason)));
        Assert.Equal("complaint", mail.AutomaticReason);
        Assert.Equal("<ask-1@centro.example>", mail.ReportedMessageId);
    }

    [Theory]
    [InlineData("DTSTART;TZID=America/Santiago:20260701T131500", "2026-07-01T13:15:00-04:00")]
    [InlineData("DTSTART;TZID=\"Pacific SA Standard Time\":20261001T131500", "2026-10-01T13:15:00-03:00")]
    [InlineData("DTSTART;TZID=/freeassociation.sourceforge.net/America/Santiago:20260701T131500", "2026-07-01T13:15:00-04:00")]
    [InlineData("DTSTART;TZID=Casa:20260701T131500", "2026-07-01T13:15:00-04:00")]
    [InlineData("DTSTART;TZID=Casa:20261225T131500", "2026-12-25T13:15:00-03:00")]
    [InlineData("DTSTART;TZID=Nadie sabe:20260701T131500", "2026-07-01T13:15:00")]
    [InlineData("DTSTART:20260701T171500Z", "2026-07-01T17:15:00+00:00")]
    [InlineData("DTSTART:20260701T131500", "2026-07-01T13:15:00")]
    [InlineData("DTSTART;VALUE=DATE:20260701", "2026-07-01")]
    public void Calendar_Start_HasItsZone(string start, string expected)
    {
        const string Zone = "BEGIN:VTIMEZONE\r\nTZID:Casa\r\nBEGIN:STANDARD\r\nDTSTART:19700405T000000\r\nRRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU\r\nTZOFFSETTO:-0400\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:19700906T000000\r\nRRULE:FREQ=YEARLY;BYMONTH=9;BYDAY=1SU\r\nTZOFFSETTO:-0300\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n";

        Assert.Equal(expected, CalendarReader.Read($"BEGIN:VCALENDAR\r\nMETHOD:COUNTER\r\n{Zone}BEGIN:VEVENT\r\nUID:cita-1\r\n{start}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", null, string.Empty)?.Start?.ToString());
    }

    [Fact]
    public void Calendar_Reply_SaysWhoAnswersWhat()
    {
        var mail = Read("From: isabel@ejemplo.cl\nContent-Type: text/calendar; method=REPLY; charset=utf-8\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:cita-1@centro\n .example\nSEQUENCE:2\nATTENDEE;CN=\"Soto; Ana: hija\";PARTSTAT=declined:mailto:isabel@ejemplo.cl\nORGANIZER:MAILTO:citas@centro.example\nCOMMENT:No puedo\\, ¿puede ser\\n el jueves?\nBEGIN:VALARM\nUID:otra\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR\n");

        Assert.Equal(
            new CalendarMessage { Method = "REPLY", Uid = "cita-1@centro.example", Sequence = 2, ParticipationStatus = "DECLINED", Attendee = "isabel@ejemplo.cl", Organizer = "citas@centro.example", Comment = "No puedo, ¿puede ser\n el jueves?" },
            mail.Calendar);
    }

    [Fact]
    public void Calendar_SeveralAttendees_TheSenderAnswers()
    {
        const string Text = "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:1\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ana@x.cl\nATTENDEE;PARTSTAT=DECLINED:mailto:isabel@x.cl\nEND:VEVENT\nEND:VCALENDAR\n";

        Assert.Equal("DECLINED", CalendarReader.Read(Text, null, "Isabel@x.cl")?.ParticipationStatus);
        Assert.Null(CalendarReader.Read(Text, null, "otra@x.cl")?.ParticipationStatus);
    }

    private static IncomingMail Read(string mail) => MailReader.Read(Encoding.UTF8.GetBytes(mail));
}
