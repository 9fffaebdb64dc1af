namespace ChatAgent.Server.Channels;

/// <summary>Settings of the Direct Line channel.</summary>
internal sealed record DirectLineOptions
{
    /// <summary>The master key that other programs mint tokens with; made at the first start and kept in data/keys.</summary>
    public required string Secret { get; init; }

    /// <summary>Rows a page of GET activities, 1 to 1000.</summary>
    public int PageRows { get; init; } = 100;

    /// <summary>How often an idle socket gets an empty frame, so that proxies keep it open.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(20);
}
