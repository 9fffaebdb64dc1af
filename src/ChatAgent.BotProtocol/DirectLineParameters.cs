namespace ChatAgent.BotProtocol;

/// <summary>Body of tokens/generate and of conversations; every field may be missing, and names are read in any case.</summary>
public sealed record DirectLineParameters
{
    public ChannelAccount? User { get; init; }

    public IReadOnlyList<string>? TrustedOrigins { get; init; }

    /// <summary>BCP 47; the language to greet in.</summary>
    public string? Locale { get; init; }
}
