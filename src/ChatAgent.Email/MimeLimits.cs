namespace ChatAgent.Email;

/// <summary>What one mail may cost. Beyond a limit the rest is left out and named in <see cref="MimeMessage.Problems"/>.</summary>
public sealed record MimeLimits
{
    /// <summary>Multiparts and attached messages within each other, 1 to 100.</summary>
    public int MaxDepth { get; init; } = 30;

    /// <summary>Parts of the whole mail, those of attached messages included; at least 1.</summary>
    public int MaxParts { get; init; } = 500;

    /// <summary>Bytes of the raw mail that are read; at least 1.</summary>
    public int MaxBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Headers of one part, at least 1.</summary>
    public int MaxHeaders { get; init; } = 1000;

    /// <summary>Characters of one header after unfolding, at least 998 (one line of RFC 5322).</summary>
    public int MaxHeaderLength { get; init; } = 64 * 1024;
}
