namespace ChatAgent.Store;

/// <summary>A deadline: when it comes, a row of kind <paramref name="Name"/> joins the conversation's log as an input of the bot.</summary>
/// <param name="Name">"reminder", "offer.lapses", "return.to.bot"; a second one with the same name replaces the first.</param>
/// <param name="At">UTC.</param>
/// <param name="Payload">JSON for the row, or null.</param>
public sealed record NewDue(string Name, DateTimeOffset At, string? Payload = null);
