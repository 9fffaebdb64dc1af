using System.Globalization;
using System.Text;
using ChatAgent.Dialogs;
using ChatAgent.Email;

namespace ChatAgent.Server.Tests.Mail;

/// <summary>A patient who waits for the question in a mailbox and answers it in one of twelve ways, as mail programs do.</summary>
internal sealed class ScriptedPatient(MailServers servers, int number, ScriptedPatient.Faults faults)
{
    /// <summary>What goes wrong on the way.</summary>
    /// <param name="SendsTwice">Every mail arrives twice.</param>
    /// <param name="Overtakes">Of two mails the later one arrives first.</param>
    public sealed record Faults(bool SendsTwice, bool Overtakes);

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);
    private int _written;

    public static IReadOnlyList<string> Ways { get; } =
    [
        "yes", "no", "hedge", "calendar yes", "calendar no", "calendar tentative", "question", "yes in HTML", "yes, then no", "absence, then yes", "from another address", "no such mailbox",
    ];

    public string Way => Ways[number % Ways.Count];

    public string Address => CampaignClinic.AddressOf(number);

    public bool HasMailbox => Way != "no such mailbox";

    /// <summary>Where the appointment must end.</summary>
    public AppointmentStatus Expected => Way switch
    {
        "yes" or "calendar yes" or "yes in HTML" or "absence, then yes" => AppointmentStatus.Confirmed,
        "no" or "calendar no" or "yes, then no" => AppointmentStatus.Declined,
        _ => AppointmentStatus.Booked,
    };

    /// <summary>Whether a person must have been called.</summary>
    public bool NeedsOperator => Way is "from another address" or "no such mailbox" || (Way == "yes, then no" && faults.Overtakes);

    /// <summary>Mails of this patient, or of the patient's mailbox, that must stand in the log: each once.</summary>
    public int Sent { get; private set; }

    /// <summary>Waits for the question and plays the script.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!HasMailbox)
        {
            return;
        }

        var question = await WaitForMailAsync(1, cancellationToken);
        switch (Way)
        {
            case "yes":
                await SendAsync(question, Plain("Sí, confirmo mi asistencia. Gracias.", question), cancellationToken);
                break;
            case "no":
                await SendAsync(question, Plain("No podré ir, por favor anulen mi hora.", question), cancellationToken);
                break;
            case "hedge":
                await SendAsync(question, Plain("Si ando con ganas, voy", question), cancellationToken);
                break;
            case "calendar yes":
                await SendAsync(question, Calendar(question, "ACCEPTED"), cancellationToken);
                break;
            case "calendar no":
                await SendAsync(question, Calendar(question, "DECLINED"), cancellationToken);
                break;
            case "calendar tentative":
                await SendAsync(question, Calendar(question, "TENTATIVE"), cancellationToken);
                break;
            case "question":
                await SendAsync(question, Plain("¿Dónde queda la consulta?", question), cancellationToken);
                break;
            case "yes in HTML":
                await SendAsync(question, $"Content-Type: text/html; charset=utf-8\r\n\r\n<div dir=\"ltr\">Confirmo, ah&iacute; estar&eacute;</div><br><div class=\"gmail_quote\"><div class=\"gmail_attr\">El mar, Los Aromos escribi&oacute;:<br></div><blockquote class=\"gmail_quote\">{question.Mail.Text.ReplaceLineEndings("<br>")}</blockquote></div>\r\n", cancellationToken);
                break;
            case "yes, then no" when faults.Overtakes:
                var before = DateTimeOffset.UtcNow;
                await SendAsync(question, Plain("Al final no voy a poder ir, anúlenla por favor", question), cancellationToken);
                await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);
                await SendAsync(question, Plain("Sí, voy", question), cancellationToken, writtenAt: before.AddMinutes(-3));
                break;
            case "yes, then no":
                await SendAsync(question, Plain("Sí, voy", question), cancellationToken);
                var answer = await WaitForMailAsync(2, cancellationToken);
                await SendAsync(answer, Plain("Al final no voy a poder ir, anúlenla por favor", answer), cancellationToken);
                break;
            case "absence, then yes":
                await SendAsync(question, "Auto-Submitted: auto-replied\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nEstoy fuera de la oficina hasta el lunes. No podré responder.\r\n", cancellationToken, envelopeFrom: string.Empty, counts: false);
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
                await SendAsync(question, Plain("Sí, confirmo", question), cancellationToken);
                break;
            case "from another address":
                await SendAsync(question, Plain("No va a ir, cancelen la hora", question), cancellationToken, from: $"otra.{Address}");
                break;
        }
    }

    /// <summary>The mails in the patient's mailbox, copies included.</summary>
    public IReadOnlyList<IncomingMail> Received() => [.. servers.MailsOf(Address).Select(file => MailReader.Read(File.ReadAllBytes(file)))];

    private async Task<(IncomingMail Mail, byte[] Raw)> WaitForMailAsync(int count, CancellationToken cancellationToken)
    {
        for (var end = DateTimeOffset.UtcNow + Patience; DateTimeOffset.UtcNow < end;)
        {
            // A copy of a mail is not the next one.
            var mails = servers.MailsOf(Address).Select(file => File.ReadAllBytes(file)).Select(raw => (Mail: MailReader.Read(raw), Raw: raw)).DistinctBy(pair => pair.Mail.MessageId).ToList();
            if (mails.Count >= count)
            {
                return mails[count - 1];
            }

            await Task.Delay(100, cancellationToken);
        }

        throw new TimeoutException($"patient {number} ({Way}) waited for mail {count} in vain");
    }

    private static string Plain(string text, (IncomingMail Mail, byte[] Raw) question) =>
        $"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n\r\nEl mar, 21 abr 2026 a las 10:00, Centro Médico Los Aromos (<{MailServers.Clinic}>) escribió:\r\n\r\n> {question.Mail.Text.TrimEnd().ReplaceLineEndings("\r\n> ")}\r\n";

    /// <summary>What a calendar sends when its button is pressed: the invitation's own uid, hour and number.</summary>
    private string Calendar((IncomingMail Mail, byte[] Raw) question, string status)
    {
        var invitation = MimeParser.Parse(question.Raw).AllParts().First(part => part.Type.Value == "text/calendar").DecodeText().ReplaceLineEndings("\n").Replace("\n ", string.Empty, StringComparison.Ordinal).Split('\n');
        string Line(string name) => invitation.First(line => line.StartsWith(name, StringComparison.Ordinal));
        var reply = string.Join("\r\n", "BEGIN:VCALENDAR", "PRODID:-//Example//Calendar//EN", "VERSION:2.0", "METHOD:REPLY", "BEGIN:VEVENT", Line("UID:"), Line("SEQUENCE:"), Line("DTSTART:"), Line("DTEND:"), $"DTSTAMP:{DateTimeOffset.UtcNow:yyyyMMdd'T'HHmmss'Z'}", $"ORGANIZER:mailto:{MailServers.Clinic}", $"ATTENDEE;PARTSTAT={status}:mailto:{Address}", "END:VEVENT", "END:VCALENDAR", string.Empty);
        return $"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{Address}: {status}\r\n--b\r\nContent-Type: text/calendar; charset=utf-8; method=REPLY\r\nContent-Transfer-Encoding: base64\r\n\r\n{Convert.ToBase64String(Encoding.UTF8.GetBytes(reply), Base64FormattingOptions.InsertLineBreaks)}\r\n--b--\r\n";
    }

    private async Task SendAsync((IncomingMail Mail, byte[] Raw) question, string content, CancellationToken cancellationToken, string? from = null, DateTimeOffset? writtenAt = null, string? envelopeFrom = null, bool counts = true)
    {
        var to = IncomingAddress.ParseList(MimeParser.Parse(question.Raw).Root.Header("Reply-To"))[0].Address;
        var date = (writtenAt ?? DateTimeOffset.UtcNow).ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture);
        var mail = Encoding.UTF8.GetBytes($"From: {from ?? Address}\r\nTo: {to}\r\nSubject: Re: {question.Mail.Subject}\r\nDate: {date}\r\nMessage-ID: <{number}.{++_written}@correo.example>\r\nIn-Reply-To: {question.Mail.MessageId}\r\nReferences: {question.Mail.MessageId}\r\nMIME-Version: 1.0\r\n{content}");
        Sent += counts ? 1 : 0;

        // Half of them reach the clinic over LMTP, half over its mailbox.
        await using var server = new SmtpTransport(new SmtpOptions { Host = "127.0.0.1", Port = number % 2 == 0 ? servers.ToLmtp : servers.ToMailbox, Security = WireSecurity.None }, TimeProvider.System);
        for (var copies = faults.SendsTwice ? 2 : 1; copies > 0;)
        {
            var result = await server.SendAsync(mail, "reply", envelopeFrom ?? from ?? Address, to, cancellationToken);
            if (result.Outcome == SendOutcome.Taken)
            {
                copies--;
            }
            else
            {
                // Postfix is stopped for a while.
                await Task.Delay(300, cancellationToken);
            }
        }
    }
}
