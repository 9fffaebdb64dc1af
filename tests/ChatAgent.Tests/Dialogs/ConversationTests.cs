using ChatAgent.Appointments;

namespace ChatAgent.Dialogs.Tests;

/// <summary>Replays dialogs/clinic/tests.</summary>
public sealed class ConversationTests(TrainedClinic clinic) : IClassFixture<TrainedClinic>
{
    public static TheoryData<string> Places => [.. All.Select(test => $"{test.Place}: {test.Name}")];

    private static IReadOnlyList<ConversationTest> All { get; } = ConversationTestLoader.Load(TrainedClinic.Folder, DialogLoader.Load(TrainedClinic.Folder).Domain);

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Clinic_Conversation_GoesAsWritten(string place)
    {
        var test = All.Single(test => $"{test.Place}: {test.Name}" == place);

        var result = await new ConversationTestRunner(clinic.Bundle, TrainedClinic.Agenda).RunAsync(test, CancellationToken.None);

        Assert.True(result.Passed, result.Failure);
    }
}
