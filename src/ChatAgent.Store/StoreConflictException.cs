namespace ChatAgent.Store;

/// <summary>Another came first: a lease was lost, an ETag has changed or a unique key is taken. Nothing was written.</summary>
public sealed class StoreConflictException : Exception
{
    public StoreConflictException(string message)
        : base(message)
    {
    }

    public StoreConflictException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public StoreConflictException()
    {
    }

    /// <summary>The unique key that is taken, when that was the reason.</summary>
    public string? TakenKey { get; init; }
}
