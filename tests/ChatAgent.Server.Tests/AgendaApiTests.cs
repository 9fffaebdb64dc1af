using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Mailroom;
using ChatAgent.Server.Agendas;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ChatAgent.Server.Tests;

/// <summary>The clinic's own program beside the host: it brings appointments in, reads them, and is told what becomes of them.</summary>
public sealed class AgendaApiTests : IAsyncLifetime
{
    private const string Token = "a-token-of-the-clinics-program";
    private const string Secret = "a-secret-to-sign-with-0123";

    private readonly string _data = Directory.CreateTempSubdirectory("chatagent-agenda-api").FullName;
    private readonly ConcurrentQueue<(string Signature, string Body)> _told = new();
    private WebApplication _receiver = null!;
    private int _refusals;

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_data, "token"), Token);
        await File.WriteAllTextAsync(Path.Combine(_data, "secret"), Secret);
        var builder = WebApplication.CreateBuilder(["--urls=http://127.0.0.1:0"]);
        _receiver = builder.Build();
        _receiver.MapPost("/hook", async (HttpContext context) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            if (Interlocked.Decrement(ref _refusals) >= 0)
            {
                return Results.StatusCode(503);
            }

            _told.Enqueue((context.Request.Headers[WebhookDelivery.SignatureHeader].ToString(), body));
            return Results.NoContent();
        });
        await _receiver.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _receiver.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task Appointments_BroughtInReadAndChanged_AreToldSignedAndInOrder()
    {
        _refusals = 1;
        await using var host = await StartAsync();
        var day = DateTime.UtcNow.AddDays(6).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var rows = $$"""[{"appointment_id": "x-1", "patient_name": "Elsa Rain", "rut": "11.111.111-1", "email": "elsa@correo.example", "date": "{{day}}", "time": "16:31", "doctor": "Dra. X", "specialty": "Pediatría", "branch": "Maipú"}]""";

        var (status, body) = await SendAsync(host, HttpMethod.Post, "/api/agenda/appointments?dryRun=true", rows);
        Assert.Equal((HttpStatusCode.OK, 1), (status, body.GetProperty("changes").GetArrayLength()));
        Assert.Null(await AgendaOf(host).FindAppointmentAsync("x-1", CancellationToken.None));
        (status, _) = await SendAsync(host, HttpMethod.Post, "/api/agenda/appointments", rows);
        Assert.Equal(HttpStatusCode.OK, status);
        (_, body) = await SendAsync(host, HttpMethod.Get, $"/api/agenda/appointments?from={day}&to={day}", null);
        Assert.Contains(body.EnumerateArray(), row => row.GetProperty("appointment_id").GetString() == "x-1" && row.GetProperty("status").GetString() == "booked");

        await AnswerAsync(host, "x-1", "attends");
        await AnswerAsync(host, "x-1", "declines");
        await WaitAsync(2);

        var told = _told.Select(row => JsonDocument.Parse(row.Body).RootElement.GetProperty("appointment")).ToList();
        Assert.Equal(["confirmed", "declined"], told.Select(row => row.GetProperty("status").GetString()));
        Assert.All(told, row => Assert.Equal(("x-1", $"{day}T16:31"), (row.GetProperty("id").GetString(), row.GetProperty("start").GetString())));
        foreach (var (signature, text) in _told)
        {
            var at = long.Parse(signature.Split(',')[0]["t=".Length..], CultureInfo.InvariantCulture);
            Assert.Equal(WebhookDelivery.Sign(Secret, at, text), signature);
        }
    }

    [Fact]
    public async Task Webhook_HostWasStoppedBeforeItWasTaken_IsToldAtTheNextStart()
    {
        _refusals = int.MaxValue;
        await using (var host = await StartAsync())
        {
            await AnswerAsync(host, "a-carmen", "attends");
        }

        Assert.Empty(_told);
        _refusals = 0;
        await using var again = await StartAsync();
        await WaitAsync(1);

        Assert.Contains("a-carmen", Assert.Single(_told).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Appointments_NoTokenOrWrongRows_AreRefusedWithThePlace()
    {
        await using var host = await StartAsync();

        using var anonymous = await host.Http.GetAsync(new Uri("/api/agenda/appointments", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(host, HttpMethod.Get, "/api/agenda/appointments", null, "another-token-entirely")).Status);
        var (status, body) = await SendAsync(host, HttpMethod.Post, "/api/agenda/appointments", """[{"patient_name": "Elsa", "rut": "11.111.111-2", "date": "2026-05-04", "time": "9:00", "doctor": "Dra. X", "specialty": "Pediatría", "branch": "Maipú"}]""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal((1, "rut"), (body.GetProperty("errors")[0].GetProperty("row").GetInt32(), body.GetProperty("errors")[0].GetProperty("column").GetString()));
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(host, HttpMethod.Get, "/api/agenda/appointments?from=mañana", null)).Status);
    }

    [Fact]
    public void Settings_WithoutASecretOrOverAnOpenWire_StopTheStart()
    {
        Assert.Contains("no secret to sign with", Refused("--Webhook:Url=https://clinica.example/hook"), StringComparison.Ordinal);
        Assert.Contains("expected https://", Refused("--Webhook:Url=http://clinica.example/hook"), StringComparison.Ordinal);
        Assert.Contains("a secret stands in no settings file", Refused("--Agenda:Token=an-open-token-of-a-program"), StringComparison.Ordinal);
    }

    private string Refused(string argument) => Assert.Throws<InvalidDataException>(() => ServerApp.Build(["--urls=http://127.0.0.1:0", $"--root={RunningHost.FindRoot()}", $"--data={_data}", argument])).Message;

    private Task<RunningHost> StartAsync() => RunningHost.StartAsync(
        _data, $"--Agenda:TokenFile={Path.Combine(_data, "token")}", $"--Webhook:Url={_receiver.Urls.First()}/hook", $"--Webhook:SecretFile={Path.Combine(_data, "secret")}", "--Mail:PublicUrl=https://citas.example");

    private static Agenda AgendaOf(RunningHost host) => host.Services.GetRequiredService<Agenda>();

    private static async Task AnswerAsync(RunningHost host, string appointmentId, string answer)
    {
        var (outcome, thread) = await host.Services.GetRequiredService<MailQuestions>().AskAsync(appointmentId, null, CancellationToken.None);
        Assert.True(outcome is AskOutcome.Asked or AskOutcome.AskedBefore);
        var links = host.Services.GetRequiredService<SignedLinks>();
        var token = await AgendaOf(host).CreateLinkAsync(links, appointmentId, DateTimeOffset.UtcNow.AddDays(1), CancellationToken.None);
        var appointment = (await AgendaOf(host).FindAppointmentAsync(appointmentId, CancellationToken.None))!;
        await host.Services.GetRequiredService<PatientAnswers>().AnswerAsync(token!, answer, PatientAnswers.HourOf(appointment.Start), Guid.NewGuid().ToString("N"), CancellationToken.None);
        var expected = answer == "attends" ? AppointmentStatus.Confirmed : AppointmentStatus.Declined;
        for (var attempt = 0; attempt < 200 && (await AgendaOf(host).FindAppointmentAsync(appointmentId, CancellationToken.None))!.Status != expected; attempt++)
        {
            await Task.Delay(50);
        }

        Assert.Equal(expected, (await AgendaOf(host).FindAppointmentAsync(appointmentId, CancellationToken.None))!.Status);
    }

    private async Task WaitAsync(int count)
    {
        for (var attempt = 0; attempt < 300 && _told.Count < count; attempt++)
        {
            await Task.Delay(50);
        }

        Assert.Equal(count, _told.Count);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(RunningHost host, HttpMethod method, string path, string? json, string token = Token)
    {
        using var request = new HttpRequestMessage(method, path) { Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await host.Http.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        return (response.StatusCode, bytes.Length == 0 ? default : JsonDocument.Parse(bytes).RootElement);
    }
}
