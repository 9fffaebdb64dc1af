using NodaTime;

namespace ChatAgent.Dialogs;

/// <summary>The question that the agent waits to be answered.</summary>
/// <param name="Flow">Its flow.</param>
/// <param name="Step">The <see cref="CollectStep"/> of the flow.</param>
/// <param name="Act">The act that asked, "ask_attendance".</param>
/// <param name="Hour">The hour that it named, wall time at the place; null for a question that is about no appointment.</param>
public sealed record OpenQuestion(string Flow, string Step, string Act, LocalDateTime? Hour = null);
