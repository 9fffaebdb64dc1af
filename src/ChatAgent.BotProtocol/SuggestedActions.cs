namespace ChatAgent.BotProtocol;

/// <summary>Buttons that go away once one is taken.</summary>
public sealed record SuggestedActions
{
    /// <summary>Ids of those who are shown the buttons; everybody when null.</summary>
    public IReadOnlyList<string>? To { get; init; }

    public IReadOnlyList<CardAction> Actions { get; init; } = [];
}
