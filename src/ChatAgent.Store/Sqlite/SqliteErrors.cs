using Microsoft.Data.Sqlite;

namespace ChatAgent.Store.Sqlite;

/// <summary>Gives SQLite's result codes the names of the store's contract. Source: https://www.sqlite.org/rescode.html.</summary>
internal static class SqliteErrors
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int IoError = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    /// <summary>What the caller is to see; an error that only a mistake in this room can raise comes back as it is.</summary>
    public static Exception ToStoreException(this SqliteException error, string file) => error.SqliteErrorCode switch
    {
        Full => new StoreUnavailableException($"{file}: the disk is full or the file has reached its limit; nothing was written.", error) { IsDiskFull = true },
        Busy or Locked => new StoreUnavailableException($"{file}: another process keeps the database locked; nothing was written.", error),
        ReadOnly => new StoreUnavailableException($"{file}: the file or its folder cannot be written to; nothing was written.", error),
        CannotOpen => new StoreUnavailableException($"{file}: the file cannot be opened.", error),
        IoError => new StoreUnavailableException(
            $"{file}: the disk reports an error (SQLite code {error.SqliteExtendedErrorCode}); nothing was written.", error),
        Corrupt => new StoreFormatException(file, "a damaged database", "an intact one; restore the last backup", error),
        NotADatabase => new StoreFormatException(file, "something that is not an SQLite database", "a database of ChatAgent", error),
        _ => error,
    };
}
