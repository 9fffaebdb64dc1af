using System.Globalization;
using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Server.Operator;
using Microsoft.Extensions.DependencyInjection;

namespace ChatAgent.Server.Tests.Operator;

/// <summary>The campaign within a host, as reception sees it.</summary>
public sealed class CampaignServiceTests
{
    [Fact]
    public async Task Campaign_PatientWithoutAddress_StandsAmongThoseToLookAtUntilSomebodyDoes()
    {
        await using var host = await RunningHost.StartAsync(null, "--Mail:Campaign=on");
        var day = DateTime.UtcNow.AddDays(2).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        await host.Services.GetRequiredService<AgendaImporter>().ImportCsvAsync(
            new StringReader($"patient_name,rut,appointment_id,date,time,doctor,specialty,branch\nElsa Rain,11.111.111-1,a-elsa,{day},16:31,Dra. Javiera Muñoz Lagos,Pediatría,Maipú\n"), CancellationToken.None);
        var board = new ConversationBoard(host.Services.GetRequiredService<Store.IConversationStore>(), host.Services.GetRequiredService<Agent>());

        ConversationSummary? row = null;
        for (var attempt = 0; attempt < 300 && row is null; attempt++)
        {
            await Task.Delay(100);
            row = await board.SummariseAsync("call-a-elsa", CancellationToken.None);
        }

        Assert.Equal(("bot", "patient_without_mail"), (row?.Holder, row?.Attention));
        Assert.StartsWith("Elsa Rain: ", row!.LastText, StringComparison.Ordinal);
        await host.Services.GetRequiredService<Agent>().TakeOverAsync("call-a-elsa", "carolina", CancellationToken.None);
        Assert.Null((await board.SummariseAsync("call-a-elsa", CancellationToken.None))!.Attention);
    }

    [Fact]
    public void Campaign_SwitchThatIsNone_StopsTheStart()
    {
        var data = Directory.CreateTempSubdirectory("chatagent-switch").FullName;

        var error = Assert.Throws<InvalidDataException>(() => ServerApp.Build(["--urls=http://127.0.0.1:0", $"--root={RunningHost.FindRoot()}", $"--data={data}", "--Mail:Campaign=maybe"]));

        Assert.Contains("expected on or off", error.Message, StringComparison.Ordinal);
        Directory.Delete(data, recursive: true);
    }
}
