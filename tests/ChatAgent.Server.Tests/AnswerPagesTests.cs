using System.Net;
using System.Text.RegularExpressions;
using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Email;
using ChatAgent.Mailroom;
using ChatAgent.Text;
using Microsoft.Extensions.DependencyInjection;

namespace ChatAgent.Server.Tests;

/// <summary>The demonstration clinic asks a patient by mail, and the patient answers by its buttons.</summary>
public sealed partial class AnswerPagesTests : IAsyncLifetime
{
    private RunningHost _host = null!;

    public async Task InitializeAsync() => _host = await RunningHost.StartAsync(null, "--Mail:PublicUrl=https://citas.example");

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Buttons_AreLookedAtAndThenPressed_RecordOnlyThePress()
    {
        var (path, mail) = await AskAsync("a-carmen");
        Assert.Equal("REQUEST", mail.Calendar?.Method);
        Assert.NotNull(mail.Html);

        // What a link scanner does.
        foreach (var answer in (string[])["attends", "declines", "other_time"])
        {
            Assert.Equal(HttpStatusCode.OK, (await GetAsync($"{path}?r={answer}")).Status);
        }

        await Task.Delay(300);
        Assert.Equal(AppointmentStatus.Booked, await StatusAsync("a-carmen"));

        var (status, page) = await PressAsync(path, "attends");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("su asistencia quedó confirmada", page, StringComparison.Ordinal);
        Assert.Equal(AppointmentStatus.Confirmed, await StatusAsync("a-carmen"));

        (_, page) = await PressAsync(path, "declines");
        Assert.Contains("su hora quedó liberada", page, StringComparison.Ordinal);
        Assert.Equal(AppointmentStatus.Declined, await StatusAsync("a-carmen"));
        var last = await LastMailAsync(3);
        Assert.Equal("CANCEL", last.Calendar?.Method);
    }

    [Fact]
    public async Task Form_WithoutAnswerOrWithAnotherHour_RecordsNothing()
    {
        var (path, _) = await AskAsync("a-antonia");

        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(path, ("hour", "2026-01-01T10:00"), ("nonce", "n"))).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(path, ("r", "attends"), ("hour", "2026-01-01T10:00"), ("nonce", "n"))).Status);
        Assert.Equal(AppointmentStatus.Booked, await StatusAsync("a-antonia"));
    }

    [Theory]
    [InlineData("/cita/none")]
    [InlineData("/baja/none")]
    public async Task Link_ThatIsNoneOfOurs_Is404WithWords(string path)
    {
        var (status, page) = await GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("ya no sirve", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unsubscribe_ByTheMailProgram_EndsTheMailsAndLeavesTheHour()
    {
        var (path, _) = await AskAsync("a-hector");
        var end = path.Replace("/cita/", "/baja/", StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(end)).Status);

        Assert.Equal(HttpStatusCode.OK, (await PostAsync(end, ("List-Unsubscribe", "One-Click"))).Status);

        var questions = _host.Services.GetRequiredService<MailQuestions>();
        Assert.Equal(AskOutcome.Suppressed, (await questions.AskAsync("a-hector", Language.Spanish, CancellationToken.None)).Outcome);
        Assert.Equal(AppointmentStatus.Booked, await StatusAsync("a-hector"));
    }

    private async Task<(string Path, IncomingMail Mail)> AskAsync(string appointmentId)
    {
        var questions = _host.Services.GetRequiredService<MailQuestions>();
        Assert.Equal(AskOutcome.Asked, (await questions.AskAsync(appointmentId, Language.Spanish, CancellationToken.None)).Outcome);
        var mail = await LastMailAsync(1);
        var link = ButtonLink().Match(mail.Html!).Groups["link"].Value;
        return (WebUtility.HtmlDecode(new Uri(link).PathAndQuery), mail);
    }

    private async Task<IncomingMail> LastMailAsync(int count)
    {
        var outbox = Path.Combine(_host.Data, "mail", "outbox");
        for (var attempt = 0; attempt < 200; attempt++)
        {
            var files = Directory.Exists(outbox) ? Directory.GetFiles(outbox, "*.eml") : [];
            if (files.Length >= count)
            {
                return MailReader.Read(await File.ReadAllBytesAsync(files.OrderBy(File.GetLastWriteTimeUtc).Last()));
            }

            await Task.Delay(50);
        }

        throw new TimeoutException($"{count} mails were expected in the outbox");
    }

    private async Task<AppointmentStatus> StatusAsync(string id) => (await _host.Services.GetRequiredService<Agenda>().FindAppointmentAsync(id, CancellationToken.None))!.Status;

    private async Task<(HttpStatusCode Status, string Page)> GetAsync(string path)
    {
        using var response = await _host.Http.GetAsync(new Uri(path, UriKind.Relative));
        return (response.StatusCode, WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync()));
    }

    private async Task<(HttpStatusCode Status, string Page)> PressAsync(string path, string answer)
    {
        var (_, form) = await GetAsync(path);
        return await PostAsync(path, ("r", answer), ("hour", Hidden("hour", form)), ("nonce", Hidden("nonce", form)));
    }

    private async Task<(HttpStatusCode Status, string Page)> PostAsync(string path, params (string Name, string Value)[] fields)
    {
        using var content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var response = await _host.Http.PostAsync(new Uri(path, UriKind.Relative), content);
        return (response.StatusCode, WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync()));
    }

    private static string Hidden(string name, string page) => Regex.Match(page, $"name=\"{name}\" value=\"([^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value;

    [GeneratedRegex("href=\"(?<link>https://citas\\.example/cita/[^\"?]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ButtonLink();
}
