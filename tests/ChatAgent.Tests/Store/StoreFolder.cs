namespace ChatAgent.Store.Tests;

/// <summary>A folder of one test's own, deleted with it.</summary>
internal sealed class StoreFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("chatagent-store-").FullName;

    public string File => Path.Combine(Root, "chatagent.db");

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
