using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatAgent.BotProtocol;

/// <summary>One exchange between a client, a channel and a bot.</summary>
/// <remarks>
/// Source: Bot Framework Activity schema. Only the fields that this house reads or writes are typed; every other field lands in
/// <see cref="Extensions"/> and survives a store and forward round trip (A2005). Id, timestamp and service URL are the channel's: what a client or a bot
/// puts there is ignored (A2031, A2041, A2302).
/// </remarks>
public sealed record Activity
{
    public string? Type { get; init; }

    public string? Id { get; init; }

    /// <summary>UTC, written with "Z" (A2043).</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>As the client wrote it, with its offset; kept as text because clients write it in more than one way.</summary>
    public string? LocalTimestamp { get; init; }

    public string? LocalTimezone { get; init; }

    public string? ServiceUrl { get; init; }

    public string? ChannelId { get; init; }

    public ChannelAccount? From { get; init; }

    public ConversationAccount? Conversation { get; init; }

    public ChannelAccount? Recipient { get; init; }

    public IReadOnlyList<ChannelAccount>? MembersAdded { get; init; }

    public IReadOnlyList<ChannelAccount>? MembersRemoved { get; init; }

    /// <summary>BCP 47, "es-CL".</summary>
    public string? Locale { get; init; }

    public string? Text { get; init; }

    /// <summary>"plain", "markdown" or "xml"; the defaults of specification and clients differ, so it is always written.</summary>
    public string? TextFormat { get; init; }

    /// <summary>"acceptingInput", "expectingInput" or "ignoringInput".</summary>
    public string? InputHint { get; init; }

    public SuggestedActions? SuggestedActions { get; init; }

    public IReadOnlyList<Attachment>? Attachments { get; init; }

    public IReadOnlyList<JsonElement>? Entities { get; init; }

    /// <summary>Passed through unmodified both ways; a client recognises its own activity by <c>clientActivityID</c> in it.</summary>
    public JsonElement? ChannelData { get; init; }

    public string? ReplyToId { get; init; }

    /// <summary>Name of an event.</summary>
    public string? Name { get; init; }

    public JsonElement? Value { get; init; }

    public string? ValueType { get; init; }

    public string? Label { get; init; }

    /// <summary>"normal", "notification", "expectReplies" or "ephemeral".</summary>
    public string? DeliveryMode { get; init; }

    /// <summary>Fields that this build does not know; they survive a round trip. Settable because the serialiser fills it after construction.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extensions { get; set; }
}
