namespace ChatAgent.Store;

/// <summary>The disk is full or fails, or another process keeps the file locked. Nothing was written; the same call may succeed later.</summary>
public sealed class StoreUnavailableException : Exception
{
    public StoreUnavailableException(string message)
        : base(message)
    {
    }

    public StoreUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public StoreUnavailableException()
    {
    }

    /// <summary>The reason is a full disk (or <see cref="SqliteStoreOptions.MaxFileBytes"/>).</summary>
    public bool IsDiskFull { get; init; }
}
