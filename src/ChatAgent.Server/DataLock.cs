using ChatAgent.Store;

namespace ChatAgent.Server;

/// <summary>Keeps a data folder for one host: two over one database would answer every message twice as slowly and each believe that it is alone.</summary>
/// <remarks>
/// An open file that nobody else may open, <c>host.lock</c>. The system lets go of it when the process ends, however it ends, so that the file that stays behind
/// locks nothing. The command line does not ask for it: reading and verifying beside a running host are safe.
/// </remarks>
internal sealed class DataLock : IDisposable
{
    private const string FileName = "host.lock";
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private readonly FileStream _file;

    private DataLock(FileStream file) => _file = file;

    /// <summary>Takes the folder, which is made when it is missing.</summary>
    /// <exception cref="StoreUnavailableException">Another host has it.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static DataLock Take(string folder)
    {
        Directory.CreateDirectory(folder);
        try
        {
            return new DataLock(new FileStream(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (exception.HResult is LinuxWouldBlock or MacWouldBlock or WindowsSharingViolation)
        {
            throw new StoreUnavailableException($"{folder}: another host uses this folder. Stop it, or give this one a folder of its own: --data DIR", exception);
        }
    }

    public void Dispose() => _file.Dispose();
}
