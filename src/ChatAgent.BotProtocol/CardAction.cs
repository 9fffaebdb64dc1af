using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatAgent.BotProtocol;

/// <summary>A button.</summary>
public sealed record CardAction
{
    /// <summary>"imBack" (says the value as the person), "postBack", "messageBack", "openUrl", …</summary>
    public required string Type { get; init; }

    public string? Title { get; init; }

    public JsonElement? Value { get; init; }

    /// <summary>Fields that this build does not know; they survive a round trip. Settable because the serialiser fills it after construction.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extensions { get; set; }
}
