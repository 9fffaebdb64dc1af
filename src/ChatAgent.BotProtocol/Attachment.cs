using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatAgent.BotProtocol;

/// <summary>A file or a card that travels with an activity.</summary>
public sealed record Attachment
{
    public string? ContentType { get; init; }

    public string? ContentUrl { get; init; }

    public JsonElement? Content { get; init; }

    public string? Name { get; init; }

    public string? ThumbnailUrl { get; init; }

    /// <summary>Fields that this build does not know; they survive a round trip. Settable because the serialiser fills it after construction.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extensions { get; set; }
}
