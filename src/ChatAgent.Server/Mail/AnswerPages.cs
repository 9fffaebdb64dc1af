using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Email;
using ChatAgent.Mailroom;

namespace ChatAgent.Server.Mail;

/// <summary>The pages behind the buttons of a mail: a look shows, only the form acts. They need no script.</summary>
/// <remarks>
/// GET /cita/{token}   the appointment and three answers        POST  hands the answer to the agent
/// GET /baja/{token}   asks whether to end the mails            POST  ends them; also what mail programs send by themselves (RFC 8058)
/// Nothing here is cached, framed or sent on as a referrer: the address identifies a patient.
/// </remarks>
internal sealed class AnswerPages(PatientAnswers answers, Agenda agenda, MailAddress mailbox)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly string[] Answers = ["attends", "declines", "other_time"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/cita/{token}", ShowAsync);
        routes.MapPost("/cita/{token}", AnswerAsync).DisableAntiforgery();
        routes.MapGet("/baja/{token}", ShowEndAsync);
        routes.MapPost("/baja/{token}", EndAsync).DisableAntiforgery();
    }

    private async Task<IResult> ShowAsync(HttpContext context, string token, string? r, CancellationToken cancellationToken) =>
        await answers.FindAsync(token, cancellationToken) is var (appointment, thread)
            ? Page(context, LetterWords.Of(thread.Language), Form(LetterWords.Of(thread.Language), appointment, r, notice: null) + ChatLink(LetterWords.Of(thread.Language), token))
            : TooLate(context);

    private async Task<IResult> AnswerAsync(HttpContext context, string token, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken);
        var answer = form["r"].ToString();
        var outcome = await answers.AnswerAsync(token, answer, form["hour"], form["nonce"], cancellationToken);
        if (outcome == PatientAnswerOutcome.NoSuchLink || await answers.FindAsync(token, cancellationToken) is not var (appointment, thread))
        {
            return TooLate(context);
        }

        var words = LetterWords.Of(thread.Language);
        if (outcome != PatientAnswerOutcome.Taken)
        {
            var notice = outcome == PatientAnswerOutcome.HourChanged ? words.HourChanged : words.ChooseOther;
            return Page(context, words, Form(words, appointment, answer, notice) + ChatLink(words, token), outcome == PatientAnswerOutcome.HourChanged ? StatusCodes.Status409Conflict : StatusCodes.Status400BadRequest);
        }

        var said = answer switch
        {
            "attends" when await BecomesAsync(appointment.Id, AppointmentStatus.Confirmed, cancellationToken) => words.Confirmed,
            "declines" when await BecomesAsync(appointment.Id, AppointmentStatus.Declined, cancellationToken) => words.Declined,
            "other_time" => words.OtherTimeTaken,

            // Not recorded yet: an operator has the conversation, or the host is busy. The page must not promise it.
            _ => words.BeingHandled,
        };
        return Page(context, words, $"<h1>{Encode(said)}</h1>{Details(words, appointment)}{ChatLink(words, token)}");
    }

    private async Task<IResult> ShowEndAsync(HttpContext context, string token, CancellationToken cancellationToken)
    {
        if (await answers.FindAsync(token, cancellationToken) is not var (_, thread))
        {
            return TooLate(context);
        }

        var words = LetterWords.Of(thread.Language);
        return Page(context, words, $"<h1>{Encode(words.UnsubscribeQuestion)}</h1><form method=\"post\"><button class=\"main\">{Encode(words.UnsubscribeButton)}</button></form>");
    }

    private async Task<IResult> EndAsync(HttpContext context, string token, CancellationToken cancellationToken)
    {
        var thread = await answers.FindAsync(token, cancellationToken) is var (_, found) ? found : null;
        return await answers.UnsubscribeAsync(token, cancellationToken)
            ? Page(context, LetterWords.Of(thread!.Language), $"<h1>{Encode(LetterWords.Of(thread.Language).Unsubscribed)}</h1>")
            : TooLate(context);
    }

    /// <summary>Whether the agenda shows the answer within a few seconds.</summary>
    private async Task<bool> BecomesAsync(string appointmentId, AppointmentStatus status, CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; waited < Patience; waited += TimeSpan.FromMilliseconds(100))
        {
            if (await agenda.FindAppointmentAsync(appointmentId, cancellationToken) is { } appointment && appointment.Status == status)
            {
                return true;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }

        return false;
    }

    private static string Form(LetterWords words, AppointmentRecord appointment, string? chosen, string? notice)
    {
        var html = new StringBuilder($"<h1>{Encode(words.PageQuestion)}</h1>");
        html.Append(notice is null ? string.Empty : $"<p role=\"alert\" class=\"notice\">{Encode(notice)}</p>").Append(Details(words, appointment)).Append("<form method=\"post\"><fieldset>");
        html.Append(CultureInfo.InvariantCulture, $"<legend class=\"soft\">{Encode(words.ChooseOther)}</legend>");
        foreach (var (answer, label) in Answers.Zip((string[])[words.Attend, words.Decline, words.OtherTime]))
        {
            html.Append(CultureInfo.InvariantCulture, $"<label><input type=\"radio\" name=\"r\" value=\"{answer}\" required{(answer == chosen ? " checked" : string.Empty)}> {Encode(label)}</label>");
        }

        return html.Append(CultureInfo.InvariantCulture, $"</fieldset><input type=\"hidden\" name=\"hour\" value=\"{PatientAnswers.HourOf(appointment.Start)}\">")
            .Append(CultureInfo.InvariantCulture, $"<input type=\"hidden\" name=\"nonce\" value=\"{RandomNumberGenerator.GetHexString(16, lowercase: true)}\">")
            .Append(CultureInfo.InvariantCulture, $"<button class=\"main\">{Encode(words.Send)}</button></form>").ToString();
    }

    private static string Details(LetterWords words, AppointmentRecord appointment) =>
        $"<dl><dt>{words.When}</dt><dd>{Encode(words.Moment(appointment.Start))}</dd><dt>{words.With}</dt><dd>{Encode(appointment.Doctor)}</dd><dt>{words.Where}</dt><dd>{Encode(appointment.Branch)}</dd></dl>";

    /// <summary>The way on for who has more to say: the same conversation in the chat.</summary>
    private static string ChatLink(LetterWords words, string token) => $"<p><a href=\"/?cita={Uri.EscapeDataString(token)}\">{Encode(words.WriteInChat)}</a></p>";

    private IResult TooLate(HttpContext context)
    {
        var words = LetterWords.Of(context.Request.GetTypedHeaders().AcceptLanguage.OrderByDescending(language => language.Quality ?? 1).FirstOrDefault()?.Value.Value);
        return Page(context, words, $"<h1>{Encode(words.TooLate)}</h1><p><a href=\"/\">{Encode(words.WriteInChat)}</a></p>", StatusCodes.Status404NotFound);
    }

    private IResult Page(HttpContext context, LetterWords words, string body, int status = StatusCodes.Status200OK)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = $"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
        headers["X-Robots-Tag"] = "noindex";
        var html = $$"""
            <!doctype html>
            <html lang="{{words.Code}}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{{Encode(words.PageTitle)}} · {{Encode(mailbox.Name ?? mailbox.Address)}}</title>
            <style nonce="{{nonce}}">
            :root { color-scheme: light dark; --page: light-dark(#f0f3e6, #0e1815); --card: light-dark(#ffffff, #16241f); --ink: light-dark(#16312a, #e8f1ea); --soft: light-dark(#4c635a, #a9bfb4); --green: light-dark(#17594a, #7fd1b0); --on: light-dark(#ffffff, #08231b); --line: light-dark(#c9d3c0, #2f4a41); }
            * { box-sizing: border-box; }
            body { margin: 0; background: var(--page); color: var(--ink); font: 17px/1.5 "Segoe UI", system-ui, Roboto, "Liberation Sans", Arial, sans-serif; }
            main { max-width: 560px; margin: 0 auto; padding: 28px 16px 40px; }
            .card { background: var(--card); border-radius: 16px; padding: 22px; }
            .clinic { color: var(--green); font-weight: 700; margin: 0 0 14px; }
            h1 { font-size: 1.35rem; line-height: 1.25; margin: 0 0 14px; text-wrap: balance; }
            dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 0 0 18px; padding: 14px 16px; border-radius: 10px; background: var(--page); }
            dt { color: var(--soft); } dd { margin: 0; font-weight: 600; }
            fieldset { border: 0; margin: 0 0 16px; padding: 0; display: grid; gap: 10px; }
            .soft { color: var(--soft); font-size: 0.92rem; margin-bottom: 10px; }
            label { display: flex; gap: 12px; align-items: center; padding: 13px 14px; border: 2px solid var(--line); border-radius: 12px; cursor: pointer; }
            label:has(:checked) { border-color: var(--green); }
            input[type=radio] { width: 20px; height: 20px; accent-color: var(--green); margin: 0; }
            .main { font: inherit; font-weight: 700; width: 100%; padding: 14px; border: 0; border-radius: 999px; background: var(--green); color: var(--on); cursor: pointer; }
            .notice { border-left: 4px solid #f3b71b; padding: 8px 12px; background: var(--page); margin: 0 0 14px; }
            a { color: var(--green); }
            :focus-visible { outline: 3px solid #f3b71b; outline-offset: 2px; }
            </style>
            </head>
            <body><main><p class="clinic">{{Encode(mailbox.Name ?? mailbox.Address)}}</p><div class="card">{{body}}</div></main></body>
            </html>
            """;
        return Results.Text(html, "text/html; charset=utf-8", Encoding.UTF8, status);
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
