using System.Text.Json.Serialization;

namespace ChatAgent.Server.Channels;

/// <summary>What the widget is given to talk with.</summary>
internal sealed record WidgetSession
{
    public required string ConversationId { get; init; }

    public required string Token { get; init; }

    [JsonPropertyName("expires_in")]
    public required int ExpiresIn { get; init; }

    public required string StreamUrl { get; init; }

    /// <summary>Kept by the browser to come back to this conversation.</summary>
    public required string Visit { get; init; }

    public required string UserId { get; init; }

    /// <summary>Name of the bot, as it introduces itself.</summary>
    public required string Bot { get; init; }

    /// <summary>Name of the house that it speaks for.</summary>
    public required string Clinic { get; init; }
}
