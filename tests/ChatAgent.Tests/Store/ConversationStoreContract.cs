using ChatAgent.Tests;
using static ChatAgent.Store.Tests.StoreSamples;

namespace ChatAgent.Store.Tests;

/// <summary>What every engine keeps. A subclass per implementation opens the store; each test has one of its own.</summary>
public abstract partial class ConversationStoreContract : IAsyncLifetime
{
    private protected ManualTimeProvider Time { get; } = new(StoreSamples.Start);

    protected IConversationStore Store { get; private set; } = null!;

    private static CancellationToken None => CancellationToken.None;

    public async Task InitializeAsync() => Store = await OpenAsync();

    public async Task DisposeAsync()
    {
        await Store.DisposeAsync();
        await DeleteAsync();
    }

    /// <summary>Opens the test's store: an empty one at first, the same one later.</summary>
    protected abstract Task<IConversationStore> OpenAsync();

    /// <summary>Deletes the test's store, which is closed.</summary>
    protected abstract Task DeleteAsync();

    /// <summary>What a verification of the test's store finds.</summary>
    protected abstract Task<IReadOnlyList<StoreFinding>> VerifyAsync();

    private async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = await OpenAsync();
    }

    private async Task<TurnClaim> ClaimAsync(string conversation) =>
        await Store.ClaimAsync(conversation, Lease, None) ?? throw new InvalidOperationException($"{conversation} has nothing to answer");

    private Task<IReadOnlyList<LogEntry>> LogAsync(string conversation) => Store.ReadLogAsync(conversation, 0, Audience.Internal, 100_000, None);
}
