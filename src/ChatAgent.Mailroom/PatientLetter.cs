using System.Globalization;
using System.Net;
using System.Text;
using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Email;
using NodaTime;

namespace ChatAgent.Mailroom;

/// <summary>Dresses a patient's mail: HTML that reads on any phone, buttons under the question, an invitation when the hour is new or has changed. Thread-safe.</summary>
/// <remarks>
/// Tables and inline styles, because mail programs take nothing else; colours that hold when a program inverts them. A button opens a page and changes nothing:
/// programs that look at links before their reader does must not confirm an hour. The words are those of the plain text, escaped.
/// </remarks>
public sealed class PatientLetter : IMailDress
{
    private readonly Agenda _agenda;
    private readonly ReplyAddresses _addresses;
    private readonly SignedLinks _links;
    private readonly MailAddress _mailbox;
    private readonly BotDefinition _bot;
    private readonly Uri? _publicUrl;
    private readonly DateTimeZone _zone;

    /// <param name="agenda">Tells how the appointment stands.</param>
    /// <param name="addresses">Gives invitations their uid.</param>
    /// <param name="links">Signs the buttons' links.</param>
    /// <param name="mailbox">Organiser of invitations.</param>
    /// <param name="bot">Its facts tell the branch's street.</param>
    /// <param name="publicUrl">Where patients reach this host; null: no buttons and no address that ends the mails.</param>
    public PatientLetter(Agenda agenda, ReplyAddresses addresses, SignedLinks links, MailAddress mailbox, BotDefinition bot, Uri? publicUrl)
    {
        (_agenda, _addresses, _links, _mailbox, _bot, _publicUrl) = (agenda, addresses, links, mailbox, bot, publicUrl);
        _zone = DateTimeZoneProviders.Tzdb[bot.Domain.Zone];
    }

    /// <inheritdoc/>
    public async Task<OutgoingMail> DressAsync(OutgoingMail mail, MailThread thread, bool isQuestion, CancellationToken cancellationToken)
    {
        var words = LetterWords.Of(thread.Language);
        if (await _agenda.FindAppointmentAsync(thread.AppointmentId, cancellationToken) is not { } appointment)
        {
            return mail with { Html = Page(words, mail.Text, box: string.Empty, buttons: string.Empty, unsubscribe: null) };
        }

        var token = _publicUrl is null ? null : Uri.EscapeDataString(_links.Create(thread.AppointmentId, thread.Address, thread.ExpiresAt));
        var unsubscribe = token is null ? null : new Uri(_publicUrl!, $"/baja/{token}");
        var language = words == LetterWords.English ? Text.Language.English : Text.Language.Spanish;
        var street = _bot.Facts.Find("address", new FactScope(appointment.Branch, appointment.Specialty), language);
        var place = street is null || street.Contains(appointment.Branch, StringComparison.Ordinal) ? street ?? appointment.Branch : $"{appointment.Branch}, {street}";

        // The change that this mail tells of has just been committed with it.
        var hasChanged = appointment.History.Count > 0 && appointment.History[^1].At is var at && (at - mail.Date).Duration() < TimeSpan.FromMinutes(1);
        var box = isQuestion || hasChanged ? Box(words, appointment, place) : string.Empty;
        return mail with
        {
            Html = Page(words, mail.Text, box, isQuestion && token is not null ? Buttons(words, new Uri(_publicUrl!, $"/cita/{token}")) : string.Empty, unsubscribe),
            Unsubscribe = unsubscribe,
            Calendar = isQuestion || hasChanged
                ? Invitation.Make(appointment, _addresses.UidOf(thread.Id), _addresses.Create(thread), thread.Address, place, $"{words.PageTitle} · {_mailbox.Name ?? _mailbox.Address}", _zone, mail.Date)
                : null,
        };
    }

    private string Page(LetterWords words, string text, string box, string buttons, Uri? unsubscribe)
    {
        var clinic = WebUtility.HtmlEncode(_mailbox.Name ?? _mailbox.Address);
        var paragraphs = string.Concat(text.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => $"<p style=\"margin:0 0 14px\">{WebUtility.HtmlEncode(line)}</p>"));
        var end = unsubscribe is null ? string.Empty : $"<br><a href=\"{WebUtility.HtmlEncode(unsubscribe.AbsoluteUri)}\" style=\"color:#4c635a\">{words.Unsubscribe}</a>";
        return $"""
            <!doctype html>
            <html lang="{words.Code}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>{words.PageTitle}</title>
            <style>@media (prefers-color-scheme: dark) {OpenBrace} .page {OpenBrace} background:#0e1815 !important {CloseBrace} .card {OpenBrace} background:#16241f !important; color:#e8f1ea !important {CloseBrace} .soft, .soft a {OpenBrace} color:#a9bfb4 !important {CloseBrace} .box {OpenBrace} background:#12201b !important {CloseBrace} .name {OpenBrace} color:#7fd1b0 !important {CloseBrace} .other {OpenBrace} color:#7fd1b0 !important; border-color:#7fd1b0 !important {CloseBrace} {CloseBrace}</style></head>
            <body class="page" style="margin:0;padding:0;background:#f0f3e6">
            <table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background:#f0f3e6"><tr><td align="center" style="padding:20px 10px">
            <table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;background:#ffffff;color:#16312a;border-radius:12px">
            <tr><td style="padding:22px 24px 0;font:bold 17px/1.3 Arial,Helvetica,sans-serif;color:#17594a" class="name">{clinic}</td></tr>
            <tr><td style="padding:16px 24px 4px;font:16px/1.5 Arial,Helvetica,sans-serif">{paragraphs}{box}{buttons}</td></tr>
            <tr><td class="soft" style="padding:4px 24px 22px;font:13px/1.5 Arial,Helvetica,sans-serif;color:#4c635a">{words.WhyYouGetThis}{end}</td></tr>
            </table></td></tr></table></body></html>
            """;
    }

    // Raw strings with values cannot hold a brace of their own without doubling every value's.
    private const string OpenBrace = "{";
    private const string CloseBrace = "}";

    private static string Box(LetterWords words, AppointmentRecord appointment, string place)
    {
        var rows = new StringBuilder();
        foreach (var (name, value) in new[] { (words.When, words.Moment(appointment.Start)), (words.With, appointment.Doctor), (words.Where, place) })
        {
            rows.Append(CultureInfo.InvariantCulture, $"<tr><td class=\"soft\" valign=\"top\" style=\"padding:3px 14px 3px 0;font:14px/1.4 Arial,Helvetica,sans-serif;color:#4c635a\">{name}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td style=\"padding:3px 0;font:bold 15px/1.4 Arial,Helvetica,sans-serif\">{WebUtility.HtmlEncode(value)}</td></tr>");
        }

        return $"<table role=\"presentation\" class=\"box\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"background:#f0f3e6;border-radius:8px;margin:0 0 16px\"><tr><td style=\"padding:12px 16px\"><table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\">{rows}</table></td></tr></table>";
    }

    private static string Buttons(LetterWords words, Uri page)
    {
        var buttons = new StringBuilder();
        foreach (var (answer, label, isMain) in new[] { ("attends", words.Attend, true), ("declines", words.Decline, false), ("other_time", words.OtherTime, false) })
        {
            var style = isMain ? "background:#17594a;color:#ffffff;border:2px solid #17594a" : "color:#17594a;border:2px solid #17594a";
            buttons.Append(CultureInfo.InvariantCulture, $"<tr><td style=\"padding:0 0 10px\"><a class=\"{(isMain ? "main" : "other")}\" href=\"{WebUtility.HtmlEncode(page.AbsoluteUri)}?r={answer}\" style=\"display:block;text-align:center;text-decoration:none;font:bold 16px/1.2 Arial,Helvetica,sans-serif;padding:13px 16px;border-radius:999px;{style}\">{WebUtility.HtmlEncode(label)}</a></td></tr>");
        }

        return $"<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\">{buttons}</table><p class=\"soft\" style=\"margin:2px 0 14px;font:14px/1.5 Arial,Helvetica,sans-serif;color:#4c635a\">{words.AnswerByMail}</p>";
    }
}
