using ChatAgent.Appointments;
using ChatAgent.Appointments.Tests;
using ChatAgent.Tests;

namespace ChatAgent.Dialogs.Tests;

/// <summary>The examples of the READMEs do what they say.</summary>
public sealed class ReadmeTests(TrainedClinic clinic) : IClassFixture<TrainedClinic>
{
    [Fact]
    public async Task Dialogs_Example_GoesAsWritten()
    {
        var root = Directory.CreateTempSubdirectory("chatagent-readme-").FullName;
        var bot = Path.Combine(root, "dialogs", "clinic");
        Directory.CreateDirectory(Path.Combine(bot, "tests"));
        await File.WriteAllTextAsync(Path.Combine(bot, "tests", "readme.yml"), Block("ChatAgent.Dialogs", "yaml"));

        var test = Assert.Single(ConversationTestLoader.Load(bot, clinic.Bundle.Definition.Domain));
        var result = await new ConversationTestRunner(clinic.Bundle, TrainedClinic.Agenda).RunAsync(test, CancellationToken.None);

        Assert.True(result.Passed, result.Failure);
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task Appointments_Example_IsImported()
    {
        await using var fixture = await AgendaFixture.OpenAsync();

        var result = await fixture.ImportAsync(Block("ChatAgent.Appointments", "csv"));

        Assert.Empty(result.Errors);
        Assert.Equal((1, 1, 2), (result.Patients, result.Appointments, result.Hours));
        Assert.Equal("María José", (await fixture.Agenda.FindPatientAsync("p-7", CancellationToken.None))!.FirstName);
    }

    [Fact]
    public async Task Bot_TuesdayInsteadInEnglish_MovesTheHour()
    {
        await using var bot = await TestBot.StartAsync(clinic.Bundle, visitor: "p-mary");

        await bot.Says("Can we do Tuesday at 1 pm instead?")
            .RepliesWith("confirm_new_time", "inform_address", "inform_bring", "inform_early", "inform_voucher")
            .Has("date", "Tuesday 28 April")
            .Has("time", "13:00");
    }

    /// <summary>The first fenced block of a language in a room's README.</summary>
    private static string Block(string room, string language)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "src", room, "README.md"));
        var start = text.IndexOf($"```{language}\n", StringComparison.Ordinal) + language.Length + 4;
        return text[start..text.IndexOf("```", start, StringComparison.Ordinal)];
    }
}
