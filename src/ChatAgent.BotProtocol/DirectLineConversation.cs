using System.Text.Json.Serialization;

namespace ChatAgent.BotProtocol;

/// <summary>What a Direct Line client is given to go on with.</summary>
public sealed record DirectLineConversation
{
    public required string ConversationId { get; init; }

    public string? Token { get; init; }

    /// <summary>Seconds until the token expires.</summary>
    [JsonPropertyName("expires_in")]
    public int? ExpiresIn { get; init; }

    /// <summary>Pre-authorised: the socket carries no Authorization header.</summary>
    public string? StreamUrl { get; init; }
}
