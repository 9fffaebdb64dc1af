namespace ChatAgent.BotProtocol;

/// <summary>The id that an accepted activity was given.</summary>
public sealed record ResourceResponse(string Id);
