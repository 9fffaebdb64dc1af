using ChatAgent.Store.Sqlite;

namespace ChatAgent.Store;

/// <summary>Copies and compaction while the store is in use.</summary>
public sealed partial class SqliteConversationStore
{
    /// <summary>Writes a consistent copy of this moment beside the running store; accepts and turns go on.</summary>
    /// <param name="destination">A file that does not exist yet. It appears whole, after it was flushed to the device, or not at all.</param>
    /// <param name="cancellationToken">Looked at before the copy begins.</param>
    /// <returns>Bytes of the copy.</returns>
    /// <exception cref="IOException">The destination exists or cannot be written to.</exception>
    public Task<long> BackupAsync(string destination, CancellationToken cancellationToken)
    {
        destination = Path.GetFullPath(destination);
        if (System.IO.File.Exists(destination))
        {
            throw new IOException($"{destination}: the file exists; a backup does not overwrite.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(destination)!);
        var partial = destination + ".partial";
        return _readers.ReadAsync(
            session =>
            {
                System.IO.File.Delete(partial);
                try
                {
                    session.Execute("VACUUM INTO $1", partial);
                    long bytes;
                    using (var copy = new FileStream(partial, FileMode.Open, FileAccess.ReadWrite))
                    {
                        // VACUUM INTO leaves its output to the system's cache.
                        copy.Flush(flushToDisk: true);
                        bytes = copy.Length;
                    }

                    System.IO.File.Move(partial, destination, overwrite: false);
                    return bytes;
                }
                finally
                {
                    System.IO.File.Delete(partial);
                }
            },
            cancellationToken);
    }

    /// <summary>Gives free pages back to the disk and folds the write-ahead log into the file. Writers wait meanwhile; readers do not.</summary>
    /// <returns>Bytes of the database file before and after.</returns>
    public Task<(long Before, long After)> CompactAsync(CancellationToken cancellationToken) =>
        _writer.RunAloneAsync(
            session =>
            {
                session.Run("PRAGMA wal_checkpoint(TRUNCATE)");
                var before = new FileInfo(_options.File).Length;
                session.Run("VACUUM");
                session.Run("PRAGMA wal_checkpoint(TRUNCATE)");
                session.Run("PRAGMA optimize");
                return (before, new FileInfo(_options.File).Length);
            },
            cancellationToken);

    /// <summary>Moves the limit of <see cref="SqliteStoreOptions.MaxFileBytes"/>; null lifts it. The limit is never below the file's size.</summary>
    public Task SetMaxFileBytesAsync(long? bytes, CancellationToken cancellationToken) =>
        _writer.RunAloneAsync(session => StoreSchema.LimitSize(session, bytes), cancellationToken);
}
