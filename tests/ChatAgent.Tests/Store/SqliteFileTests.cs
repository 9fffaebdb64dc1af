using ChatAgent.Store.Sqlite;
using ChatAgent.Tests;
using Microsoft.Data.Sqlite;
using static ChatAgent.Store.Tests.StoreSamples;

namespace ChatAgent.Store.Tests;

/// <summary>What is SQLite's own: the file, its limits, its damages, its versions.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    private static CancellationToken None => CancellationToken.None;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AcceptAsync_DiskFull_FailsClearlyLeavesNothingBehindAndGoesOnWhenThereIsSpace()
    {
        await using var store = await OpenAsync(new SqliteStoreOptions { File = _folder.File, MaxFileBytes = 400_000 });
        var stored = 0;
        StoreUnavailableException? full = null;
        while (full is null && stored < 100)
        {
            try
            {
                await store.AcceptAsync(Message("c1", $"m{stored}", new string('x', 20_000)), None);
                stored++;
            }
            catch (StoreUnavailableException error)
            {
                full = error;
            }
        }

        Assert.True(full is { IsDiskFull: true });
        Assert.Contains(_folder.File, full.Message, StringComparison.Ordinal);
        Assert.InRange(stored, 5, 25);
        Assert.Equal(stored, (await store.ReadFeedAsync(0, 1000, None)).Count);
        Assert.Empty(await StoreVerifier.VerifyAsync(_folder.File, None));

        await store.SetMaxFileBytesAsync(null, None);

        Assert.Equal(new Accepted("c1", stored + 1, IsRetry: false), await store.AcceptAsync(Message("c1", $"m{stored}", new string('x', 20_000)), None));
        Assert.Empty(await StoreVerifier.VerifyAsync(_folder.File, None));
    }

    [Fact]
    public async Task CommitTurnAsync_DiskFullInTheMiddle_LeavesNothingBehind()
    {
        await using var store = await OpenAsync(new SqliteStoreOptions { File = _folder.File, MaxFileBytes = 400_000 });
        await store.AcceptAsync(Message("c1"), None);
        var claim = await store.ClaimAsync("c1", Lease, None);
        var turn = Turn(Reply("small", deliver: true), Reply(new string('x', 900_000)));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.CommitTurnAsync(claim!, turn, None));

        Assert.Single(await store.ReadFeedAsync(0, 10, None));
        Assert.Empty(await store.ClaimOutboxAsync("directline", 10, Lease, None));
        Assert.Single((await store.ClaimAsync("c1", Lease, None))!.Inputs);
    }

    [Fact]
    public async Task AcceptAsync_OneOfAGroupDoesNotFit_OnlyThatOneFails()
    {
        var options = new SqliteStoreOptions { File = _folder.File, MaxFileBytes = 600_000, GroupCommitWindow = TimeSpan.FromMilliseconds(100) };
        await using var store = await OpenAsync(options);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            try
            {
                await store.AcceptAsync(Message($"c{i}", text: i == 10 ? new string('x', 900_000) : "hola"), None);
                return true;
            }
            catch (StoreUnavailableException)
            {
                return false;
            }
        }));

        Assert.Equal(Enumerable.Range(0, 20).Select(i => i != 10), outcomes);
        Assert.Equal(19, (await store.ReadFeedAsync(0, 100, None)).Count);
    }

    [Fact]
    public void OpenWriter_AnyDatabase_FlushesToTheDeviceAtEveryCommit()
    {
        // A kill does not show a missing flush, only a power cut would: hence the settings themselves.
        using var session = StoreSchema.OpenWriter(new SqliteStoreOptions { File = _folder.File });

        Assert.Equal("wal", session.Text("PRAGMA journal_mode"));
        Assert.Equal(2, session.Number("PRAGMA synchronous"));
        Assert.Equal(1, session.Number("PRAGMA fullfsync"));
        Assert.Equal(1, session.Number("PRAGMA checkpoint_fullfsync"));
        Assert.Equal(1, session.Number("PRAGMA foreign_keys"));
    }

    [Fact]
    public async Task OpenAsync_NotADatabase_IsRefusedAndUnchanged()
    {
        var text = string.Concat(Enumerable.Repeat("this is a letter to the clinic\n", 200));
        await File.WriteAllTextAsync(_folder.File, text);

        var refused = await Assert.ThrowsAsync<StoreFormatException>(() => OpenAsync());

        Assert.Equal($"{_folder.File}: found something that is not an SQLite database, expected a database of ChatAgent.", refused.Message);
        Assert.Equal(text, await File.ReadAllTextAsync(_folder.File));
    }

    [Fact]
    public async Task OpenAsync_DatabaseOfAnotherProgram_IsRefusedAndUnchanged()
    {
        Run("CREATE TABLE song (title TEXT)");
        var before = await File.ReadAllBytesAsync(_folder.File);

        var refused = await Assert.ThrowsAsync<StoreFormatException>(() => OpenAsync());

        Assert.Contains("found a database of another program (application id 0x00000000, 1 tables and indexes), expected a database of ChatAgent", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(_folder.File));
    }

    [Fact]
    public async Task OpenAsync_NewerSchema_IsRefused()
    {
        await (await OpenAsync()).DisposeAsync();
        Run("PRAGMA user_version = 99");

        var refused = await Assert.ThrowsAsync<StoreFormatException>(() => OpenAsync());

        Assert.Contains("found schema version 99, expected 1 to ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_OlderSchema_IsBroughtForwardWithItsRows()
    {
        await using (var older = await OpenAsync())
        {
            await older.AcceptAsync(Message("c1", "m1"), None);
        }

        string[] next = [.. StoreSchema.Migrations, "ALTER TABLE conversation ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'"];
        await using (var newer = await SqliteConversationStore.OpenAsync(new SqliteStoreOptions { File = _folder.File }, TimeProvider.System, next, None))
        {
            Assert.True((await newer.AcceptAsync(Message("c1", "m1"), None)).IsRetry);
        }

        using (var session = new SqliteSession(_folder.File, SqliteOpenMode.ReadOnly, TimeSpan.Zero))
        {
            Assert.Equal("calm", session.Text("SELECT mood FROM conversation"));
            Assert.Equal(next.Length, StoreSchema.ReadVersion(session, next.Length));
        }

        await Assert.ThrowsAsync<StoreFormatException>(() => OpenAsync());
    }

    [Fact]
    public async Task OpenAsync_MigrationFails_LeavesTheOldSchema()
    {
        await (await OpenAsync()).DisposeAsync();
        string[] broken = [.. StoreSchema.Migrations, "CREATE TABLE extra (x TEXT); SELECT nonsense FROM nowhere"];

        await Assert.ThrowsAsync<SqliteException>(
            () => SqliteConversationStore.OpenAsync(new SqliteStoreOptions { File = _folder.File }, TimeProvider.System, broken, None));

        await using var store = await OpenAsync();
        await store.AcceptAsync(Message("c1"), None);
        using var session = new SqliteSession(_folder.File, SqliteOpenMode.ReadOnly, TimeSpan.Zero);
        Assert.Equal(0, session.Number("SELECT count(*) FROM sqlite_master WHERE name = 'extra'"));
    }

    [Fact]
    public async Task OpenAsync_MissingAndNotToBeMade_Throws() =>
        await Assert.ThrowsAsync<FileNotFoundException>(() => OpenAsync(new SqliteStoreOptions { File = _folder.File, CreateIfMissing = false }));

    [Fact]
    public async Task OpenAsync_PathIsAFolder_SaysThatItCannotBeOpened()
    {
        Directory.CreateDirectory(_folder.File);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => OpenAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65)]
    public async Task OpenAsync_OptionOutOfRange_Throws(int readers)
    {
        var refused = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => OpenAsync(new SqliteStoreOptions { File = _folder.File, Readers = readers }));

        Assert.Contains("Readers must be 1 to 64", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadFeedAsync_DamagedPages_NamesTheFile()
    {
        await using (var store = await OpenAsync())
        {
            for (var i = 0; i < 200; i++)
            {
                await store.AcceptAsync(Message($"c{i}", $"m{i}", new string('x', 500)), None);
            }
        }

        using (var file = File.OpenWrite(_folder.File))
        {
            file.Seek(3 * 4096, SeekOrigin.Begin);
            file.Write(Enumerable.Repeat((byte)0x5A, (int)file.Length - (3 * 4096)).ToArray());
        }

        // Either it is refused as a whole or the findings say that the file is damaged; it is never called sound.
        try
        {
            Assert.Contains(await StoreVerifier.VerifyAsync(_folder.File, None), finding => finding.Check == "file");
        }
        catch (StoreFormatException refused)
        {
            Assert.Contains("found a damaged database", refused.Message, StringComparison.Ordinal);
        }

        var error = await Assert.ThrowsAsync<StoreFormatException>(async () =>
        {
            await using var store = await OpenAsync();
            await store.ReadFeedAsync(0, 1000, None);
        });
        Assert.Equal(_folder.File, error.File);
    }

    [Fact]
    public async Task TwoProcesses_OneFile_AnswerEachInputOnceAndSeeEachOther()
    {
        var options = new SqliteStoreOptions { File = _folder.File, FeedPollInterval = TimeSpan.FromMilliseconds(20) };
        await using var host = await OpenAsync(options);
        await using var other = await OpenAsync(options);
        var waiting = other.WaitForFeedAsync(0, None);
        await host.AcceptAsync(Message("c1", "m1"), None);
        await waiting.WaitAsync(TimeSpan.FromSeconds(10));

        var first = await host.ClaimAsync("c1", Lease, None);
        var second = await other.ClaimAsync("c1", Lease, None);
        await other.CommitTurnAsync(second!, Turn(Reply("other")), None);

        await Assert.ThrowsAsync<StoreConflictException>(() => host.CommitTurnAsync(first!, Turn(Reply("host")), None));
        Assert.True((await other.AcceptAsync(Message("c1", "m1"), None)).IsRetry);
        Assert.Equal(["hola", "other"], (await host.ReadLogAsync("c1", 0, Audience.Client, 10, None)).Select(entry => entry.Text));
    }

    [Fact]
    public async Task ClaimAsync_MoreInputsThanOneTurnTakes_TheRestWaits()
    {
        await using var store = await OpenAsync(new SqliteStoreOptions { File = _folder.File, MaxTurnInputs = 2 });
        foreach (var text in new[] { "1", "2", "3" })
        {
            await store.AcceptAsync(Message("c1", text: text), None);
        }

        var first = await store.ClaimAsync("c1", Lease, None);
        await store.CommitTurnAsync(first!, Turn(Reply("re 1 2")), None);
        var second = await store.ClaimAsync("c1", Lease, None);

        Assert.Equal(["1", "2"], first!.Inputs.Select(entry => entry.Text));
        Assert.Equal(["3"], second!.Inputs.Select(entry => entry.Text));
        Assert.Empty(second.EventsSinceSnapshot);
    }

    [Fact]
    public async Task AcceptAsync_EntryTooLong_ThrowsAndWritesNothing()
    {
        await using var store = await OpenAsync(new SqliteStoreOptions { File = _folder.File, MaxEntryLength = 1000 });

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => store.AcceptAsync(Message("c1", text: new string('x', 1001)), None));

        Assert.Equal(0, await store.ReadFeedEndAsync(None));
    }

    [Fact]
    public async Task FailOutboxAsync_GivenUp_IsListedWithItsReason()
    {
        var time = new ManualTimeProvider(Start);
        await using var store = await SqliteConversationStore.OpenAsync(new SqliteStoreOptions { File = _folder.File }, time, None);
        await store.AcceptAsync(Message("c1"), None);
        await store.CommitTurnAsync((await store.ClaimAsync("c1", Lease, None))!, Turn(Reply("hola", deliver: true)), None);
        var item = Assert.Single(await store.ClaimOutboxAsync("directline", 1, Lease, None));
        await store.FailOutboxAsync(item.Id, time.GetUtcNow(), "503", None);

        await store.FailOutboxAsync(item.Id, null, "no such address", None);

        Assert.Equal(new DeadLetter(item.Id, "directline", "c1", 2, 2, Start, "no such address"), Assert.Single(await store.ListDeadLettersAsync(null, 10, None)));
    }

    [Fact]
    public async Task BackupAsync_WhileWritersRun_IsAWholeStoreOfThatMoment()
    {
        await using var store = await OpenAsync();
        using var stop = new CancellationTokenSource();
        var writing = Task.WhenAll(Enumerable.Range(0, 4).Select(w => Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                await store.AcceptAsync(Message($"c{w}", $"m{w}-{i}"), None);
            }
        })));
        await store.WaitForFeedAsync(20, None);
        var copy = Path.Combine(_folder.Root, "backups", "copy.db");

        Assert.Equal(await store.BackupAsync(copy, None), new FileInfo(copy).Length);

        await stop.CancelAsync();
        await writing;
        Assert.Empty(await StoreVerifier.VerifyAsync(copy, None));
        await using var restored = await OpenAsync(new SqliteStoreOptions { File = copy });
        var then = await restored.ReadFeedAsync(0, int.MaxValue, None);
        Assert.NotEmpty(then);
        Assert.Equal((await store.ReadFeedAsync(0, then.Count, None)), then);
        await Assert.ThrowsAsync<IOException>(() => store.BackupAsync(copy, None));
        Assert.False(File.Exists(copy + ".partial"));
    }

    [Fact]
    public async Task CompactAsync_AfterDeletions_GivesSpaceBackAndKeepsEverything()
    {
        await using var store = await OpenAsync();
        await store.AcceptAsync(Message("c1", "m1"), None);
        for (var i = 0; i < 20; i++)
        {
            await store.WriteDocumentsAsync([Document($"{i}", json: $"\"{new string('x', 50_000)}\"")], None);
        }

        await store.WriteDocumentsAsync([.. Enumerable.Range(0, 20).Select(i => Document($"{i}", json: null))], None);

        var (before, after) = await store.CompactAsync(None);

        Assert.True(after < before / 4, $"{before} bytes before, {after} after");
        Assert.True((await store.AcceptAsync(Message("c1", "m1"), None)).IsRetry);
        Assert.Equal(2, (await store.AcceptAsync(Message("c1", "m2"), None)).Sequence);
        Assert.Empty(await StoreVerifier.VerifyAsync(_folder.File, None));
    }

    [Fact]
    public async Task AnyCall_StoreIsClosed_Throws()
    {
        var store = await OpenAsync();
        await store.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.AcceptAsync(Message("c1"), None));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.ReadFeedEndAsync(None));
    }

    private Task<SqliteConversationStore> OpenAsync(SqliteStoreOptions? options = null) =>
        SqliteConversationStore.OpenAsync(options ?? new SqliteStoreOptions { File = _folder.File }, TimeProvider.System, None);

    private void Run(string sql)
    {
        using var session = new SqliteSession(_folder.File, SqliteOpenMode.ReadWriteCreate, TimeSpan.Zero);
        session.Run(sql);
    }
}
