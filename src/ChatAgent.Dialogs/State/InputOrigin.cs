using System.Text.Json;
using ChatAgent.Store;

namespace ChatAgent.Dialogs;

/// <summary>What the payload of a person's row tells of where it came from: a mail's conversation may go on in the web chat.</summary>
/// <param name="ChannelId">Store's name of the channel; null for the conversation's own.</param>
public sealed record InputOrigin(string? ChannelId)
{
    /// <summary>The channel by which a person wrote or came; null for the conversation's own, and for rows that are no person's.</summary>
    public static string? ChannelOf(LogEntry entry) => entry is { Kind: ConversationEvents.Message or ConversationEvents.PersonIdentified, Payload: { } payload }
        ? JsonSerializer.Deserialize(payload, DialogJson.Compact.InputOrigin)?.ChannelId
        : null;
}
