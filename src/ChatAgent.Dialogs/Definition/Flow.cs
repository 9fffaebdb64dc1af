namespace ChatAgent.Dialogs;

/// <summary>A piece of conversation with a purpose: a flows/*.yml.</summary>
/// <param name="Name">"confirm_hour".</param>
/// <param name="StartsWith">Intents that start it when no open question claims the message.</param>
/// <param name="StartsOn">Events that start it ("person.identified", "reminder.due").</param>
/// <param name="Steps">The first one is where it starts.</param>
public sealed record Flow(string Name, IReadOnlyList<string> StartsWith, IReadOnlyList<string> StartsOn, IReadOnlyList<FlowStep> Steps)
{
    /// <summary>The step, or null.</summary>
    public FlowStep? Find(string stepId) => Steps.FirstOrDefault(step => string.Equals(step.Id, stepId, StringComparison.Ordinal));
}
