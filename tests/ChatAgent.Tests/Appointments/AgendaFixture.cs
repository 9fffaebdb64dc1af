using ChatAgent.Dialogs;
using ChatAgent.Store;
using ChatAgent.Tests;
using NodaTime;

namespace ChatAgent.Appointments.Tests;

/// <summary>An agenda over a store of its own: Wednesday 22 April 2026, 10:00 in Santiago.</summary>
internal sealed class AgendaFixture : IAsyncDisposable
{
    public const string Zone = "America/Santiago";

    public const string Csv = """
        patient_id,patient_name,rut,email,appointment_id,date,time,doctor,specialty,branch
        p-1,Rodrigo Sandoval,12.345.678-5,rodrigo@correo.example,a-1,2026-04-28,10:30,Dra. Camila Rojas Peña,Medicina General,Ñuñoa
        p-2,Carmen Soto,11.111.111-1,,a-2,28-04-2026,11:15,Dra. Camila Rojas Peña,Medicina General,Ñuñoa
        ,,,,,2026-04-28,12:00,Dra. Camila Rojas Peña,Medicina General,Ñuñoa
        ,,,,,2026-04-30,9:00,Dra. Camila Rojas Peña,Medicina General,Ñuñoa
        ,,,,,2026-04-30,9:45,Dra. Camila Rojas Peña,Medicina General,Ñuñoa
        """;

    private readonly string _folder;

    private AgendaFixture(SqliteConversationStore store, ManualTimeProvider time, string folder)
    {
        (Store, Time, _folder) = (store, time, folder);
        Codes = new OneTimeCodes(store, Sender, new OneTimeCodeOptions { Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)] }, time);
        Agenda = new Agenda(store, Codes, Zone, time);
    }

    public SqliteConversationStore Store { get; }

    public ManualTimeProvider Time { get; }

    public RecordingCodeSender Sender { get; } = new();

    public OneTimeCodes Codes { get; }

    public Agenda Agenda { get; }

    public AgendaImporter Importer => new(Store, Zone, Time);

    public static async Task<AgendaFixture> OpenAsync(string csv = Csv)
    {
        var folder = Directory.CreateTempSubdirectory("chatagent-agenda-").FullName;
        var time = new ManualTimeProvider(new DateTimeOffset(2026, 4, 22, 10, 0, 0, TimeSpan.FromHours(-4)));
        var store = await SqliteConversationStore.OpenAsync(new SqliteStoreOptions { File = Path.Combine(folder, "agenda.db") }, time, CancellationToken.None);
        var fixture = new AgendaFixture(store, time, folder);
        Assert.Empty((await fixture.ImportAsync(csv)).Errors);
        return fixture;
    }

    public Task<AgendaImportResult> ImportAsync(string csv) => Importer.ImportCsvAsync(new StringReader(csv), CancellationToken.None);

    public async Task<LocalDateTime> StartOfAsync(string appointmentId) => (await Agenda.FindAppointmentAsync(appointmentId, CancellationToken.None))!.Start;

    public Task WriteAsync(AgendaChange change) => Store.WriteDocumentsAsync(change.Documents, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

internal sealed class RecordingCodeSender : ICodeSender
{
    public List<(string Address, string Code)> Sent { get; } = [];

    public Task SendAsync(string address, string code, CancellationToken cancellationToken)
    {
        Sent.Add((address, code));
        return Task.CompletedTask;
    }
}
