using static ChatAgent.Store.Tests.StoreSamples;

namespace ChatAgent.Store.Tests;

/// <summary>Documents, their ETags and keys.</summary>
public abstract partial class ConversationStoreContract
{
    [Fact]
    public async Task WriteDocumentsAsync_New_ComesBackByIdKeyAndIndex()
    {
        await Store.WriteDocumentsAsync([Document("17", "", """{"n":1}""", ["slot:1", "code:x"], ["patient:4", "day:2026-03-03"])], None);

        var document = await Store.FindDocumentAsync("appointments", "17", None);
        Assert.NotNull(document);
        Assert.Equal(("17", """{"n":1}"""), (document.Id, document.Json));
        Assert.Equal(["slot:1", "code:x"], document.Keys);
        Assert.Equal(["patient:4", "day:2026-03-03"], document.Indexes);
        Assert.Equal(document.ETag, (await Store.FindDocumentByKeyAsync("code:x", None))!.ETag);
        Assert.Equal("17", Assert.Single(await Store.ListDocumentsAsync("appointments", "patient:4", null, 10, None)).Id);
        Assert.Empty(await Store.ListDocumentsAsync("appointments", "patient:5", null, 10, None));
    }

    [Fact]
    public async Task WriteDocumentsAsync_EveryWrite_ChangesTheETag()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 5; i++)
        {
            await Store.WriteDocumentsAsync([Document("1")], None);
            Assert.True(seen.Add((await Store.FindDocumentAsync("appointments", "1", None))!.ETag));
            await Store.WriteDocumentsAsync([Document("1", json: i == 2 ? null : "{}")], None);
        }
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("")]
    public async Task WriteDocumentsAsync_OtherETag_IsRefused(string expected)
    {
        await Store.WriteDocumentsAsync([Document("1", json: "1")], None);

        await Assert.ThrowsAsync<StoreConflictException>(() => Store.WriteDocumentsAsync([Document("2"), Document("1", expected, "2")], None));

        Assert.Equal("1", (await Store.FindDocumentAsync("appointments", "1", None))!.Json);
        Assert.Null(await Store.FindDocumentAsync("appointments", "2", None));
    }

    [Fact]
    public async Task WriteDocumentsAsync_ETagOfADeletedOne_IsRefused()
    {
        await Store.WriteDocumentsAsync([Document("1")], None);
        var etag = (await Store.FindDocumentAsync("appointments", "1", None))!.ETag;
        await Store.WriteDocumentsAsync([Document("1", etag, json: null)], None);

        await Assert.ThrowsAsync<StoreConflictException>(() => Store.WriteDocumentsAsync([Document("1", etag)], None));

        await Store.WriteDocumentsAsync([Document("1", "")], None);
        await Assert.ThrowsAsync<StoreConflictException>(() => Store.WriteDocumentsAsync([Document("1", etag)], None));
    }

    [Fact]
    public async Task WriteDocumentsAsync_ETagRace_OneWins()
    {
        await Store.WriteDocumentsAsync([Document("1")], None);
        var etag = (await Store.FindDocumentAsync("appointments", "1", None))!.ETag;

        var won = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => TryWriteAsync(Document("1", etag, $"{i}")))));

        Assert.Single(won, true);
        Assert.Equal($"{Array.IndexOf(won, true)}", (await Store.FindDocumentAsync("appointments", "1", None))!.Json);
    }

    [Fact]
    public async Task WriteDocumentsAsync_KeyRace_OneWins()
    {
        var won = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => TryWriteAsync(Document($"{i}", "", keys: ["slot:7"])))));

        Assert.Single(won, true);
        Assert.Equal($"{Array.IndexOf(won, true)}", (await Store.FindDocumentByKeyAsync("slot:7", None))!.Id);
        Assert.Single(await Store.ListDocumentsAsync("appointments", null, null, 100, None));
    }

    [Fact]
    public async Task WriteDocumentsAsync_KeyOfAnotherCollection_IsTakenToo()
    {
        await Store.WriteDocumentsAsync([Document("1", keys: ["k"])], None);

        var conflict = await Assert.ThrowsAsync<StoreConflictException>(
            () => Store.WriteDocumentsAsync([Document("1", keys: ["k"]) with { Collection = "slots" }], None));

        Assert.Equal("k", conflict.TakenKey);
    }

    [Fact]
    public async Task WriteDocumentsAsync_KeysChangeHandsInOneWrite_InAnyOrder()
    {
        await Store.WriteDocumentsAsync([Document("1", keys: ["nine"]), Document("2", keys: ["ten"])], None);

        await Store.WriteDocumentsAsync([Document("1", keys: ["ten"]), Document("2", keys: ["nine"])], None);

        Assert.Equal("2", (await Store.FindDocumentByKeyAsync("nine", None))!.Id);
        Assert.Equal("1", (await Store.FindDocumentByKeyAsync("ten", None))!.Id);
        Assert.Empty(await VerifyAsync());
    }

    [Fact]
    public async Task WriteDocumentsAsync_Deleted_FreesKeysAndIndexes()
    {
        await Store.WriteDocumentsAsync([Document("1", keys: ["k"], indexes: ["i"])], None);

        await Store.WriteDocumentsAsync([Document("1", json: null)], None);

        Assert.Null(await Store.FindDocumentAsync("appointments", "1", None));
        Assert.Null(await Store.FindDocumentByKeyAsync("k", None));
        Assert.Empty(await Store.ListDocumentsAsync("appointments", "i", null, 10, None));
        await Store.WriteDocumentsAsync([Document("2", keys: ["k"])], None);
        Assert.Empty(await VerifyAsync());
    }

    [Fact]
    public async Task WriteDocumentsAsync_SameDocumentTwice_Throws() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Store.WriteDocumentsAsync([Document("1"), Document("1")], None));

    [Fact]
    public async Task ListDocumentsAsync_Pages_InOrdinalOrder()
    {
        await Store.WriteDocumentsAsync([.. new[] { "b", "Z", "a", "ñ", "c", "aa" }.Select(id => Document(id, indexes: ["all"]))], None);

        foreach (var index in new[] { null, "all" })
        {
            var first = await Store.ListDocumentsAsync("appointments", index, null, 4, None);
            var second = await Store.ListDocumentsAsync("appointments", index, first[^1].Id, 4, None);

            Assert.Equal(["Z", "a", "aa", "b", "c", "ñ"], first.Concat(second).Select(document => document.Id));
        }
    }

    private async Task<bool> TryWriteAsync(DocumentWrite write)
    {
        try
        {
            await Store.WriteDocumentsAsync([write], None);
            return true;
        }
        catch (StoreConflictException)
        {
            return false;
        }
    }
}
