using System.Text;
using System.Text.Json;
using ChatAgent.Appointments;
using ChatAgent.Dialogs.Tests;
using ChatAgent.Email;
using ChatAgent.Store;
using ChatAgent.Text;
using ChatAgent.Tests;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace ChatAgent.Mailroom.Tests;

/// <summary>Whole mails of the public set at the agent's entrance, in its fixed world; its token, which is of another make, is replaced by a signed one, and its uid by ours.</summary>
public sealed class MailPipelineTests(TrainedClinic clinic) : IClassFixture<TrainedClinic>
{
    private const string Address = "isabel@ejemplo.cl";

    [SkippableFact]
    public async Task Take_EveryMailOfTheSet_IsTakenAsExpected()
    {
        var folder = Path.Combine(Repository.SharedData ?? string.Empty, "email", "pipeline");
        Requirement.Have(Directory.Exists(folder), "the mails of ../shared/data/email/pipeline");
        await using var world = await World.OpenAsync(clinic);
        using var expected = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "expected.json")));
        foreach (var row in expected.RootElement.EnumerateObject().OrderBy(row => row.Name, StringComparer.Ordinal))
        {
            var result = await world.TakeAsync(await File.ReadAllBytesAsync(Path.Combine(folder, row.Name)));

            var kind = row.Value.GetProperty("kind").GetString();
            var isForged = row.Value.TryGetProperty("auth", out var auth) && auth.GetString() == "fail";
            Assert.True(
                kind == result.Kind switch
                {
                    MailKind.Held when isForged => "reply",
                    MailKind.Reply => "reply",
                    MailKind.Calendar => "itip",
                    MailKind.Automatic => result.Reason is "read receipt" ? "read_receipt" : "auto_reply",
                    MailKind.Bounce => result.Reason!.StartsWith("complaint", StringComparison.Ordinal) ? "complaint" : "bounce",
                    MailKind.Duplicate => "duplicate",
                    _ => result.Kind.ToString(),
                },
                $"{row.Name}: {result}");
            Assert.True(isForged == (result.Kind == MailKind.Held), $"{row.Name}: {result}");
            if (row.Value.TryGetProperty("match", out var match))
            {
                Assert.True(result.Match == (match.GetString() == "token" ? MailMatch.Token : MailMatch.MessageId), $"{row.Name}: {result.Match}");
            }

            if (row.Value.TryGetProperty("reply", out var reply))
            {
                Assert.Equal(reply.GetString(), result.Accepted);
            }

            if (row.Value.TryGetProperty("status", out var status))
            {
                Assert.EndsWith(status.GetString()!, result.Reason, StringComparison.Ordinal);
            }
        }
    }

    private sealed class World : IAsyncDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("chatagent-pipeline-").FullName;
        private readonly ReplyAddresses _addresses = new(new byte[32], MailAddress.Create("citas@centro.ejemplo.cl"));
        private SqliteConversationStore _store = null!;
        private MailIntake _intake = null!;
        private string _token = null!;
        private string _uid = null!;

        public static async Task<World> OpenAsync(TrainedClinic clinic)
        {
            var world = new World();
            var time = new ManualTimeProvider(new DateTimeOffset(2026, 6, 29, 22, 0, 0, TimeSpan.Zero));
            world._store = await SqliteConversationStore.OpenAsync(new SqliteStoreOptions { File = Path.Combine(world._folder, "test.db") }, time, CancellationToken.None);
            var zone = clinic.Bundle.Definition.Domain.Zone;
            var agenda = new Agenda(world._store, new OneTimeCodes(world._store, new NoCodes(), new OneTimeCodeOptions { Key = new byte[32] }, time), zone, time);
            await new AgendaImporter(world._store, zone, time).ImportCsvAsync(
                new StringReader($"""
                patient_id,patient_name,rut,email,appointment_id,date,time,doctor,specialty,branch
                p-1,Isabel Contreras Vega,9.876.543-3,{Address},a-1,2026-07-01,13:15,Dr. Andrés Fuentes Oyarzún,Traumatología,Ñuñoa
                """),
                CancellationToken.None);
            var agent = new Dialogs.Agent(world._store, new Dialogs.BundleHolder(clinic.Bundle), agenda, new Dialogs.AgentOptions(), time, NullLogger<Dialogs.Agent>.Instance);
            var threads = new MailThreads(world._store, world._addresses);
            var options = new MailIntakeOptions { AuthservId = "mx.centro.ejemplo.cl", AnswersPerDay = 20 };
            world._intake = new MailIntake(world._store, agent, agenda, threads, new MailFolder(Path.Combine(world._folder, "raw")), options, zone, time, NullLogger<MailIntake>.Instance);
            var (_, thread) = await new MailQuestions(agent, agenda, threads, clinic.Bundle.Definition, time).AskAsync("a-1", Language.Spanish, CancellationToken.None);
            await threads.NoteSentAsync(thread!, "<ask-0001@centro.ejemplo.cl>", 1, time.GetUtcNow(), CancellationToken.None);
            world._token = world._addresses.Create(thread!).Address;
            world._uid = world._addresses.UidOf(thread!.Id);
            Assert.Equal(new LocalDateTime(2026, 7, 1, 13, 15), thread.Start);
            return world;
        }

        public Task<MailIntakeResult> TakeAsync(byte[] raw)
        {
            // Latin-1 keeps every byte as it is.
            var text = Encoding.Latin1.GetString(raw).Replace("citas+a7f3c9d2@centro.ejemplo.cl", _token, StringComparison.Ordinal);
            text = string.Join("\n\n", text.Split("\n\n").Select(WithOurUid));
            return _intake.TakeAsync(new ReceivedMail(null, [], Encoding.Latin1.GetBytes(text), DateTimeOffset.UnixEpoch), CancellationToken.None);
        }

        public async ValueTask DisposeAsync()
        {
            await _store.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }

        /// <summary>A block of base64 that holds a calendar, with the uid replaced; every other block as it is.</summary>
        private string WithOurUid(string block)
        {
            var lines = block.Replace("\r", string.Empty, StringComparison.Ordinal).Split('\n');
            var end = Array.FindIndex(lines, line => line.StartsWith("--", StringComparison.Ordinal));
            var body = string.Concat(lines.Take(end < 0 ? lines.Length : end));
            var bytes = new byte[body.Length];
            return body.Length > 0 && Convert.TryFromBase64String(body, bytes, out var length) && Encoding.UTF8.GetString(bytes, 0, length) is var calendar && calendar.Contains("BEGIN:VCALENDAR", StringComparison.Ordinal)
                ? string.Join('\n', [Convert.ToBase64String(Encoding.UTF8.GetBytes(calendar.Replace("cita-0001@centro.ejemplo.cl", _uid, StringComparison.Ordinal))), .. end < 0 ? [] : lines[end..]])
                : block.Replace("cita-0001@centro.ejemplo.cl", _uid, StringComparison.Ordinal);
        }

        private sealed class NoCodes : ICodeSender
        {
            public Task SendAsync(string address, string code, CancellationToken cancellationToken) => Task.CompletedTask;
        }
    }
}
