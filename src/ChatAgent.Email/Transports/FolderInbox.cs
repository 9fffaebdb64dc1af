namespace ChatAgent.Email;

/// <summary>A folder that mails are put into: a Maildir, a drop of .eml files, or both. Not thread-safe: one reader a folder.</summary>
/// <remarks>
/// <code>
/// DIR/new/NAME     as every Maildir deliverer leaves it, moved whole from tmp/    taken, then moved to DIR/cur/NAME:2,S
/// DIR/NAME.eml     dropped, by a program that may still be writing                 taken when it has rested, then moved to DIR/taken/NAME.eml
/// DIR/failed/      what could not be taken for a reason that will not pass, kept for a person
/// </code>
/// A file stays where it is until the mail is on disk with whoever takes it: after a power cut it is taken again, and known by its Message-ID.
/// </remarks>
public sealed class FolderInbox
{
    private readonly string _folder;
    private readonly TimeProvider _time;

    /// <param name="folder">Made when it is missing.</param>
    /// <param name="time">The clock.</param>
    public FolderInbox(string folder, TimeProvider time) => (_folder, _time) = (folder, time);

    /// <summary>A dropped file that did not change for so long is whole.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes of a mail; a longer file is put aside unread.</summary>
    public long MaxBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Takes what waits, oldest names first.</summary>
    /// <param name="take">Completes when the mail is on disk. An <see cref="IOException"/> leaves the file and ends the round; any other failure puts the file aside.</param>
    /// <param name="failed">Told why a file was put aside.</param>
    /// <param name="cancellationToken">Ends the round between two mails.</param>
    /// <returns>Mails taken.</returns>
    /// <exception cref="IOException">The folder, or what takes the mails, cannot be used now.</exception>
    public async Task<int> TakeAsync(Func<ReceivedMail, CancellationToken, Task> take, Action<string, Exception> failed, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_folder);
        var taken = 0;
        foreach (var (file, target) in Waiting())
        {
            cancellationToken.ThrowIfCancellationRequested();
            byte[] raw;
            try
            {
                if (new FileInfo(file).Length > MaxBytes)
                {
                    throw new InvalidDataException($"a mail of more than {MaxBytes} bytes");
                }

                raw = await File.ReadAllBytesAsync(file, cancellationToken);
            }
            catch (FileNotFoundException)
            {
                // Another took it away.
                continue;
            }
            catch (InvalidDataException failure)
            {
                PutAside(file, failure, failed);
                continue;
            }

            try
            {
                await take(new ReceivedMail(null, [], raw, _time.GetUtcNow()), cancellationToken);
            }
            catch (Exception failure) when (failure is not (IOException or OperationCanceledException or UnauthorizedAccessException))
            {
                PutAside(file, failure, failed);
                continue;
            }

            MoveTo(file, target);
            taken++;
        }

        return taken;
    }

    private IEnumerable<(string File, string Target)> Waiting()
    {
        var arrived = Path.Combine(_folder, "new");
        if (Directory.Exists(arrived))
        {
            // A Maildir name begins with the time of delivery; hidden files are not mails.
            foreach (var file in Directory.GetFiles(arrived).Where(file => Path.GetFileName(file)[0] != '.').Order(StringComparer.Ordinal))
            {
                yield return (file, Path.Combine(_folder, "cur", $"{Path.GetFileName(file).Split(':')[0]}:2,S"));
            }
        }

        var rested = _time.GetUtcNow() - Rest;
        foreach (var file in Directory.GetFiles(_folder, "*.eml").Where(file => new DateTimeOffset(File.GetLastWriteTimeUtc(file)) <= rested).Order(StringComparer.Ordinal))
        {
            yield return (file, Path.Combine(_folder, "taken", Path.GetFileName(file)));
        }
    }

    private void PutAside(string file, Exception reason, Action<string, Exception> failed)
    {
        MoveTo(file, Path.Combine(_folder, "failed", Path.GetFileName(file)));
        failed(Path.GetFileName(file), reason);
    }

    private static void MoveTo(string file, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Move(file, target, overwrite: true);
    }
}
