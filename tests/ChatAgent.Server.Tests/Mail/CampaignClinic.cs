using System.Globalization;
using System.Text.Json.Nodes;
using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Email;
using ChatAgent.Mailroom;
using ChatAgent.Server.Tests.Browser;
using ChatAgent.Store;
using ChatAgent.Text;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatAgent.Server.Tests.Mail;

/// <summary>A clinic with many appointments whose host runs as a process of its own and asks its patients by its campaign; the test looks on through the same database.</summary>
internal sealed class CampaignClinic : IAsyncDisposable
{
    private readonly string _data;
    private readonly SqliteConversationStore _store;
    private readonly Agent _agent;
    private readonly Agenda _agenda;
    private readonly MailThreads _threads;

    private CampaignClinic(string data, SqliteConversationStore store, BotDefinition bot, ReplyAddresses addresses)
    {
        (_data, _store, Addresses) = (data, store, addresses);
        var time = TimeProvider.System;
        _agenda = new Agenda(store, new OneTimeCodes(store, new NoCodes(), new OneTimeCodeOptions { Key = new byte[32] }, time), bot.Domain.Zone, time);
        _agent = new Agent(store, new BundleHolder(), _agenda, new AgentOptions(), time, NullLogger<Agent>.Instance);
        _threads = new MailThreads(store, addresses);
    }

    public ReplyAddresses Addresses { get; }

    public HostProcess Host { get; private set; } = null!;

    public static string AddressOf(int patient) => $"p{patient.ToString(CultureInfo.InvariantCulture)}@correo.example";

    /// <summary>Fills a database with appointments and starts the host over it; the campaign has all of them to ask at once, at its pace.</summary>
    /// <param name="servers">Postfix and Dovecot.</param>
    /// <param name="appointments">How many, one a patient.</param>
    /// <param name="perMinute">Most mails of the campaign a minute; a host that was started again begins to count anew.</param>
    public static async Task<CampaignClinic> StartAsync(MailServers servers, int appointments, int perMinute)
    {
        var root = RunningHost.FindRoot();
        var data = Directory.CreateTempSubdirectory("chatagent-campaign-").FullName;
        var bot = DialogLoader.Load(Path.Combine(root, "dialogs", "clinic"));
        var store = await SqliteConversationStore.OpenAsync(new SqliteStoreOptions { File = Path.Combine(data, "chatagent.db") }, TimeProvider.System, CancellationToken.None);
        var imported = await new AgendaImporter(store, bot.Domain.Zone, TimeProvider.System).ImportJsonAsync(AgendaOf(root, appointments), CancellationToken.None);
        Assert.Empty(imported.Errors);
        var mailbox = MailAddress.Create(MailServers.Clinic, "Centro Médico Los Aromos");
        var clinic = new CampaignClinic(data, store, bot, new ReplyAddresses(new HostKeys(Path.Combine(data, "keys")).MailKey, mailbox));
        clinic.Host = await HostProcess.StartAsync(
            data,
            [
                $"--bot={CopyBot(root, data, perMinute)}", "--Mail:Campaign=on",
                $"--Mail:From={MailServers.Clinic}",
                "--Mail:Smtp:Host=localhost", $"--Mail:Smtp:Port={servers.Submission}", $"--Mail:Smtp:User={MailServers.Clinic}", $"--Mail:Smtp:AuthorityFile={servers.Authority}",
                "--Mail:Smtp:CopySeconds=10",
                $"--Mail:In:Lmtp:Listen=127.0.0.1:{servers.HostLmtp}",
                "--Mail:In:Imap:Host=localhost", $"--Mail:In:Imap:Port={servers.Imap}", "--Mail:In:Imap:Security=starttls", $"--Mail:In:Imap:User={MailServers.Clinic}", $"--Mail:In:Imap:AuthorityFile={servers.Authority}",
            ],
            new Dictionary<string, string> { ["Mail__Smtp__Password"] = MailServers.Password, ["Mail__In__Imap__Password"] = MailServers.Password });
        return clinic;
    }

    /// <summary>The thread in which the campaign asked a patient, or null as long as it has not.</summary>
    public Task<MailThread?> FindThreadAsync(int patient) => _threads.FindByAppointmentAsync($"a-{patient.ToString(CultureInfo.InvariantCulture)}", CancellationToken.None);

    public async Task<AppointmentStatus> StatusOfAsync(int patient) => (await _agenda.FindAppointmentAsync($"a-{patient.ToString(CultureInfo.InvariantCulture)}", CancellationToken.None))!.Status;

    public async Task<Holder> HolderOfAsync(MailThread thread) => (await _agent.ReadStateAsync(thread.ConversationId, CancellationToken.None))?.Holder ?? Holder.Bot;

    public async Task<bool> IsSuppressedAsync(MailThread thread) => await _threads.FindSuppressionAsync(SignedLinks.HashOf(thread.Address), CancellationToken.None) is not null;

    public Task<IReadOnlyList<LogEntry>> LogOfAsync(MailThread thread) => _store.ReadLogAsync(thread.ConversationId, 0, Audience.Internal, 1000, CancellationToken.None);

    /// <summary>Inputs that nobody has answered yet.</summary>
    public async Task<int> CountWaitingAsync() => (await _store.ListWaitingAsync(1000, CancellationToken.None)).Count;

    /// <summary>The store's promises on the database as it lies there.</summary>
    public Task<IReadOnlyList<StoreFinding>> VerifyAsync() => StoreVerifier.VerifyAsync(Path.Combine(_data, "chatagent.db"), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await _store.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    /// <summary>The demonstration's bot with a campaign that asks at any hour of any day, so that the test may run at any.</summary>
    private static string CopyBot(string root, string data, int perMinute)
    {
        var (from, to) = (Path.Combine(root, "dialogs", "clinic"), Path.Combine(data, "clinic"));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        File.WriteAllText(Path.Combine(to, "campaign.yml"), $"""
            ask:
              days_before: 14
              at: "0:00"
            hours:
              from: "0:00"
              until: "23:59"
            weekdays: [mon, tue, wed, thu, fri, sat, sun]
            holidays: write
            pace:
              per_minute: {perMinute.ToString(CultureInfo.InvariantCulture)}
              per_minute_to_domain: {perMinute.ToString(CultureInfo.InvariantCulture)}

            """);
        return to;
    }

    /// <summary>The demonstration's doctors and hours with other patients, one appointment each.</summary>
    private static string AgendaOf(string root, int appointments)
    {
        var agenda = JsonNode.Parse(File.ReadAllText(Path.Combine(root, "dialogs", "clinic", "agenda.json")))!.AsObject();
        var doctors = agenda["hours"]!.AsArray().Select(row => (Doctor: (string)row!["doctor"]!, Specialty: (string)row["specialty"]!, Branch: (string)row["branch"]!)).DistinctBy(row => row.Doctor).ToList();
        string[] names = ["Ana", "Bruno", "Carla", "Diego", "Elisa", "Fabián", "Gloria", "Hugo", "Inés", "Jorge"];
        string[] families = ["Rojas", "Muñoz", "Soto", "Peña", "Ñancupil"];
        agenda["patients"] = new JsonArray([.. Enumerable.Range(0, appointments).Select(i => (JsonNode)new JsonObject
        {
            ["id"] = $"p-{i}",
            ["name"] = $"{names[i % names.Length]} {families[i / names.Length % families.Length]}",
            ["rut"] = RutOf(10_000_000 + i),
            ["email"] = AddressOf(i),
        })]);
        agenda["appointments"] = new JsonArray([.. Enumerable.Range(0, appointments).Select(i => (JsonNode)new JsonObject
        {
            ["id"] = $"a-{i}",
            ["patient"] = $"p-{i}",
            ["day"] = $"+{3 + (i / (doctors.Count * 4))}",
            ["time"] = $"{9 + (i / doctors.Count % 4)}:00",
            ["doctor"] = doctors[i % doctors.Count].Doctor,
            ["specialty"] = doctors[i % doctors.Count].Specialty,
            ["branch"] = doctors[i % doctors.Count].Branch,
        })]);
        return agenda.ToJsonString();
    }

    /// <summary>A number with its check digit.</summary>
    private static string RutOf(int number)
    {
        var (sum, factor) = (0, 2);
        for (var rest = number; rest > 0; rest /= 10)
        {
            sum += rest % 10 * factor;
            factor = factor == 7 ? 2 : factor + 1;
        }

        var digit = 11 - (sum % 11);
        return $"{number}-{(digit == 11 ? "0" : digit == 10 ? "K" : digit.ToString(CultureInfo.InvariantCulture))}";
    }

    private sealed class NoCodes : ICodeSender
    {
        public Task SendAsync(string address, string code, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
