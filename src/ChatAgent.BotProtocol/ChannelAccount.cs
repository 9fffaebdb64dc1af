using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatAgent.BotProtocol;

/// <summary>A person or a bot on a channel.</summary>
public sealed record ChannelAccount
{
    public string? Id { get; init; }

    public string? Name { get; init; }

    /// <summary>"user", "bot" or "skill".</summary>
    public string? Role { get; init; }

    /// <summary>Fields that this build does not know; they survive a round trip. Settable because the serialiser fills it after construction.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extensions { get; set; }
}
