using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatAgent.BotProtocol;

/// <summary>A conversation on a channel.</summary>
public sealed record ConversationAccount
{
    /// <summary>Opaque; may hold characters that a path must escape ("…|livechat").</summary>
    public string? Id { get; init; }

    public string? Name { get; init; }

    public bool? IsGroup { get; init; }

    public string? ConversationType { get; init; }

    public string? TenantId { get; init; }

    /// <summary>Fields that this build does not know; they survive a round trip. Settable because the serialiser fills it after construction.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extensions { get; set; }
}
