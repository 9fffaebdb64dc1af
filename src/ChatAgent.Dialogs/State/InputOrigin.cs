namespace ChatAgent.Dialogs;

/// <summary>What the payload of an input tells of where it came from.</summary>
/// <param name="ChannelId">Store's name of the channel; null for the conversation's own.</param>
internal sealed record InputOrigin(string? ChannelId);
