using System.Text.RegularExpressions;
using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Dialogs.Tests;
using NodaTime;

namespace ChatAgent.Tests;

/// <summary>Holds the main README to what the program does.</summary>
public sealed partial class ReadmeTests(TrainedClinic clinic) : IClassFixture<TrainedClinic>
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    [Fact]
    public async Task Conversation_Replayed_ConfirmsOnlyAfterTheYes()
    {
        var said = PatientLine().Matches(Text).Select(match => match.Groups["words"].Value.Trim()).ToList();
        var opening = new ConversationTest { Name = "README", Place = "README.md", Now = new LocalDateTime(2026, 11, 20, 10, 0), Visitor = "p-rodrigo", Steps = [] };
        var (session, first) = await ConversationSession.OpenAsync(clinic.Bundle, TrainedClinic.Agenda, opening, CancellationToken.None);
        await using var _ = session;

        Assert.Contains("ask_attendance", ActsOf(first));
        Assert.Contains("ask_back_condition", ActsOf(await session.SayAsync([said[0]], CancellationToken.None)));
        Assert.Equal(AppointmentStatus.Booked, (await session.FindAppointmentAsync(CancellationToken.None))!.Status);
        Assert.Contains("confirm_recorded", ActsOf(await session.SayAsync([said[1]], CancellationToken.None)));
        Assert.Equal(AppointmentStatus.Confirmed, (await session.FindAppointmentAsync(CancellationToken.None))!.Status);
        Assert.Contains("inform_change", ActsOf(await session.SayAsync([said[2]], CancellationToken.None)));
        Assert.Contains("welcome", ActsOf(await session.SayAsync([said[3]], CancellationToken.None)));
    }

    [Fact]
    public void Commands_NameProjectsThatAreThere() =>
        Assert.All(ProjectOption().Matches(Text), match => Assert.True(Directory.Exists(Path.Combine(Repository.Root, match.Groups["project"].Value)), match.Value));

    [Fact]
    public void Map_NamesEveryRoom() =>
        Assert.All(Directory.GetDirectories(Path.Combine(Repository.Root, "src")), folder => Assert.Contains($"src/{Path.GetFileName(folder)} ", Text, StringComparison.Ordinal));

    [Fact]
    public void Text_NamesNoPathOfAMachine() => Assert.DoesNotMatch(MachinePath(), Text);

    private static IEnumerable<string> ActsOf(IEnumerable<TurnOutcome> turns) => turns.SelectMany(turn => turn.Step.Acts).Select(act => act.Name);

    [GeneratedRegex(@"^Rodrigo +(?<words>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PatientLine();

    [GeneratedRegex(@"--project (?<project>\S+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ProjectOption();

    [GeneratedRegex(@"/(work|home|root|Users|tmp)/", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MachinePath();
}
