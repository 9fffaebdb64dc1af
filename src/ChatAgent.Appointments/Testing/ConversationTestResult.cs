namespace ChatAgent.Appointments;

/// <summary>How a conversation test went.</summary>
/// <param name="Name">Of the test.</param>
/// <param name="Place">"dialogs/clinic/tests/yes.yml(3,5)".</param>
/// <param name="Failure">The conversation up to where it parted from what was expected, as a diff; null when it passed.</param>
public sealed record ConversationTestResult(string Name, string Place, string? Failure)
{
    public bool Passed => Failure is null;
}
