using ChatAgent.Dialogs.Operators;
using ChatAgent.Store;

namespace ChatAgent.Dialogs.Tests;

public sealed class OperatorAccountsTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chatagent-operators-").FullName;
    private SqliteConversationStore _store = null!;
    private OperatorAccounts _accounts = null!;

    public async Task InitializeAsync()
    {
        _store = await SqliteConversationStore.OpenAsync(new SqliteStoreOptions { File = Path.Combine(_folder, "store.db") }, TimeProvider.System, CancellationToken.None);
        _accounts = new OperatorAccounts(_store, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task EnsureFirst_Twice_MakesOneOperatorAndShowsThePasswordOnce()
    {
        var password = await _accounts.EnsureFirstAsync(CancellationToken.None);

        Assert.Null(await _accounts.EnsureFirstAsync(CancellationToken.None));
        var account = await _accounts.CheckAsync("Recepcion ", password!, CancellationToken.None);
        Assert.Equal(OperatorAccounts.FirstName, account!.Name);
        Assert.False(account.MustChange);
        var stored = await _store.FindDocumentAsync("operators", OperatorAccounts.FirstName, CancellationToken.None);
        Assert.DoesNotContain(password!, stored!.Json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("wrong")]
    public async Task Check_WrongPasswordOrUnknownName_IsNull(string password)
    {
        await _accounts.EnsureFirstAsync(CancellationToken.None);

        Assert.Null(await _accounts.CheckAsync(OperatorAccounts.FirstName, password, CancellationToken.None));
        Assert.Null(await _accounts.CheckAsync("nobody", password, CancellationToken.None));
    }

    [Fact]
    public async Task Reset_KnownOperator_EndsTheOldPasswordAndItsSessionsAndAsksForAChange()
    {
        var first = await _accounts.EnsureFirstAsync(CancellationToken.None);
        var before = await _accounts.FindAsync(OperatorAccounts.FirstName, CancellationToken.None);

        var second = await _accounts.ResetAsync(OperatorAccounts.FirstName, CancellationToken.None);

        Assert.Null(await _accounts.CheckAsync(OperatorAccounts.FirstName, first!, CancellationToken.None));
        var account = await _accounts.CheckAsync(OperatorAccounts.FirstName, second!, CancellationToken.None);
        Assert.True(account!.MustChange);
        Assert.NotEqual(before!.Stamp, account.Stamp);
        Assert.Null(await _accounts.ResetAsync("nobody", CancellationToken.None));
    }

    [Fact]
    public async Task ChangePassword_WrongCurrentOrTooShort_ChangesNothing()
    {
        var password = await _accounts.EnsureFirstAsync(CancellationToken.None);

        Assert.Null(await _accounts.ChangePasswordAsync(OperatorAccounts.FirstName, "wrong", "a long enough one", CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() => _accounts.ChangePasswordAsync(OperatorAccounts.FirstName, password!, "short", CancellationToken.None));
        Assert.NotNull(await _accounts.ChangePasswordAsync(OperatorAccounts.FirstName, password!, "a long enough one", CancellationToken.None));
        Assert.NotNull(await _accounts.CheckAsync(OperatorAccounts.FirstName, "a long enough one", CancellationToken.None));
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("<script>")]
    public async Task Add_NotAName_Throws(string name) =>
        await Assert.ThrowsAsync<ArgumentException>(() => _accounts.AddAsync(name, CancellationToken.None));

    [Fact]
    public async Task Add_NameThatIsTaken_Throws()
    {
        await _accounts.AddAsync("paula", CancellationToken.None);

        await Assert.ThrowsAsync<StoreConflictException>(() => _accounts.AddAsync("Paula", CancellationToken.None));
        Assert.Equal(["paula"], await _accounts.ListAsync(CancellationToken.None));
        Assert.True(await _accounts.RemoveAsync("paula", CancellationToken.None));
        Assert.False(await _accounts.RemoveAsync("paula", CancellationToken.None));
    }
}
