namespace ChatAgent.BotProtocol;

/// <summary>A page of activities with the watermark to ask for the next.</summary>
/// <param name="Watermark">Opaque to the client; null leaves the client's as it is.</param>
public sealed record ActivitySet(IReadOnlyList<Activity> Activities, string? Watermark);
