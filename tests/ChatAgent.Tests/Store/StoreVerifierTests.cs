using ChatAgent.Store.Sqlite;
using Microsoft.Data.Sqlite;
using static ChatAgent.Store.Tests.StoreSamples;

namespace ChatAgent.Store.Tests;

/// <summary>Each broken promise is found, and a sound store is called sound.</summary>
public sealed class StoreVerifierTests
{
    private static CancellationToken None => CancellationToken.None;

    [Theory]
    [InlineData("sequences", "UPDATE conversation SET last_sequence = 9")]
    [InlineData("sequences", "UPDATE log SET sequence = -1 WHERE feed = 1")]
    [InlineData("sequences", "UPDATE log SET timestamp = 0 WHERE feed = 2")]
    [InlineData("sequences", "DROP INDEX log_by_sequence; UPDATE log SET sequence = 2 WHERE feed = 3")]
    [InlineData("feed", "UPDATE log SET feed = 99 WHERE feed = 1")]
    [InlineData("feed", "UPDATE conversation SET last_feed = 1")]
    [InlineData("feed", "UPDATE sqlite_sequence SET seq = 1 WHERE name = 'log'")]
    [InlineData("retries", "DELETE FROM accepted")]
    [InlineData("retries", "UPDATE accepted SET sequence = 77")]
    [InlineData("retries", "UPDATE accepted SET external_id = 'other'")]
    [InlineData("handled", "UPDATE conversation SET handled_sequence = 2")]
    [InlineData("handled", "UPDATE conversation SET waiting_feed = NULL")]
    [InlineData("snapshots", "UPDATE conversation SET snapshot_sequence = 50")]
    [InlineData("snapshots", "UPDATE conversation SET snapshot = NULL")]
    [InlineData("snapshots", "UPDATE conversation SET snapshot = 'no'")]
    [InlineData("outbox", "UPDATE outbox SET feed = 1000")]
    [InlineData("outbox", "UPDATE outbox SET channel = 'email'")]
    [InlineData("outbox", "INSERT INTO dead_letter SELECT id, channel, conversation, feed, 1, 1, 'x' FROM outbox")]
    [InlineData("documents", "UPDATE document SET json = 'no'")]
    [InlineData("documents", "DELETE FROM document_key")]
    [InlineData("documents", "UPDATE document SET keys = '[]'")]
    [InlineData("documents", "DELETE FROM document_index")]
    [InlineData("documents", "UPDATE document_index SET value = 'patient:5'")]
    [InlineData("references", "DELETE FROM log WHERE feed = 2")]
    [InlineData("references", "DELETE FROM document")]
    [InlineData("references", "INSERT INTO due VALUES (55, 'reminder', 1, NULL)")]
    [InlineData("file", "PRAGMA writable_schema = ON; DELETE FROM sqlite_master WHERE name = 'due_by_time'")]
    public async Task VerifyAsync_Tampered_IsFound(string check, string sql)
    {
        using var folder = new StoreFolder();
        await FillAsync(folder.File);
        Assert.Empty(await StoreVerifier.VerifyAsync(folder.File, None));

        using (var session = new SqliteSession(folder.File, SqliteOpenMode.ReadWrite, TimeSpan.Zero))
        {
            session.Run("PRAGMA foreign_keys = OFF");
            session.Run(sql);
        }

        Assert.Contains(check, (await StoreVerifier.VerifyAsync(folder.File, None)).Select(finding => finding.Check));
    }

    [Fact]
    public async Task VerifyAsync_Missing_Throws() =>
        await Assert.ThrowsAsync<FileNotFoundException>(() => StoreVerifier.VerifyAsync("/nowhere/chatagent.db", None));

    /// <summary>One conversation: two inputs, a delivered reply, an input that waits; a document with a key and an index value.</summary>
    internal static async Task FillAsync(string file)
    {
        await using var store = await SqliteConversationStore.OpenAsync(new SqliteStoreOptions { File = file }, TimeProvider.System, None);
        await store.AcceptAsync(Message("c1", "m1"), None);
        var claim = await store.ClaimAsync("c1", Lease, None);
        await store.CommitTurnAsync(
            claim!,
            Turn(Reply("hola", deliver: true)) with
            {
                Documents = [Document("17", keys: ["slot:1"], indexes: ["patient:4"])],
                Due = [new NewDue("reminder", Start)],
            },
            None);
        await store.AcceptAsync(Message("c1"), None);
    }
}
