using System.Text.Json.Serialization;

namespace ChatAgent.BotProtocol;

/// <summary>What a Direct Line token says of its bearer. Times are seconds since 1970 (RFC 7519).</summary>
public sealed record DirectLineClaims
{
    /// <summary>The one conversation that the token opens.</summary>
    [JsonPropertyName("conv")]
    public required string Conversation { get; init; }

    /// <summary>The person's id, put in the place of whatever a client writes into <c>from.id</c>.</summary>
    [JsonPropertyName("user")]
    public string? User { get; init; }

    /// <summary>Origins of pages that may use the token; any when null.</summary>
    [JsonPropertyName("origins")]
    public IReadOnlyList<string>? Origins { get; init; }

    /// <summary>"token" for the Authorization header, "stream" for one opening of the socket, "visit" for coming back.</summary>
    [JsonPropertyName("use")]
    public required string Use { get; init; }

    /// <summary>Where a stream begins: the sequence after which rows are sent; null for a token.</summary>
    [JsonPropertyName("after")]
    public long? After { get; init; }

    [JsonPropertyName("iat")]
    public long IssuedAt { get; init; }

    [JsonPropertyName("exp")]
    public long Expires { get; init; }

    /// <summary>Unguessable and unique.</summary>
    [JsonPropertyName("jti")]
    public string? Id { get; init; }
}
