namespace ChatAgent.Store;

/// <summary>A document to write or delete.</summary>
public sealed record DocumentWrite
{
    public required string Collection { get; init; }

    public required string Id { get; init; }

    /// <summary>Null deletes.</summary>
    public required string? Json { get; init; }

    /// <summary>The ETag that the stored document must have; empty: it must not exist; null: whatever is there is replaced.</summary>
    public string? ExpectedETag { get; init; }

    /// <summary>Values that must be free in the whole store.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Values to find the document by.</summary>
    public IReadOnlyList<string> Indexes { get; init; } = [];
}
