namespace ChatAgent.Store.Tests;

/// <summary>The contract over SQLite.</summary>
public sealed class SqliteConversationStoreTests : ConversationStoreContract
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("chatagent-store-");

    private string File => Path.Combine(_folder.FullName, "chatagent.db");

    protected override async Task<IConversationStore> OpenAsync() =>
        await SqliteConversationStore.OpenAsync(new SqliteStoreOptions { File = File }, Time, CancellationToken.None);

    protected override Task DeleteAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    protected override Task<IReadOnlyList<StoreFinding>> VerifyAsync() => StoreVerifier.VerifyAsync(File, CancellationToken.None);
}
