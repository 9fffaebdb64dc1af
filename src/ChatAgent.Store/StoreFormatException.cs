namespace ChatAgent.Store;

/// <summary>A file is not a database of this store, is damaged, or was written by a newer build. The message names file, found and expected.</summary>
public sealed class StoreFormatException : Exception
{
    public StoreFormatException(string message)
        : base(message)
    {
    }

    public StoreFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public StoreFormatException()
    {
    }

    public StoreFormatException(string file, string found, string expected, Exception? innerException = null)
        : base($"{file}: found {found}, expected {expected}.", innerException)
    {
        File = file;
    }

    /// <summary>The file that was refused.</summary>
    public string? File { get; }
}
