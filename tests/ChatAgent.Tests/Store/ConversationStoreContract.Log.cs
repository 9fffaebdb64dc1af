using static ChatAgent.Store.Tests.StoreSamples;

namespace ChatAgent.Store.Tests;

/// <summary>Accepting, the log and the feed.</summary>
public abstract partial class ConversationStoreContract
{
    [Fact]
    public async Task AcceptAsync_NewConversation_OpensItAndKeepsEverything()
    {
        var activity = Message("c1", "m1", "¿Puede ser el martes? 🙂") with { Reference = """{"serviceUrl":"http://127.0.0.1"}""" };
        activity = activity with { Entry = activity.Entry with { Payload = """{"locale":"es-CL"}""" } };

        var accepted = await Store.AcceptAsync(activity, None);

        Assert.Equal(new Accepted("c1", 1, IsRetry: false), accepted);
        var conversation = await Store.FindConversationAsync("c1", None);
        Assert.Equal(
            new Conversation
            {
                Id = "c1",
                Channel = "directline",
                Account = "ana",
                Reference = activity.Reference,
                CreatedAt = Time.GetUtcNow(),
                LastSequence = 1,
                HandledSequence = 0,
            },
            conversation);
        Assert.Equal(
            new LogEntry
            {
                ConversationId = "c1",
                Sequence = 1,
                FeedPosition = 1,
                Audience = Audience.Everyone,
                Author = Author.Client,
                Kind = "message",
                Text = "¿Puede ser el martes? 🙂",
                Payload = """{"locale":"es-CL"}""",
                ExternalId = "m1",
                Timestamp = Time.GetUtcNow(),
            },
            Assert.Single(await LogAsync("c1")));
    }

    [Fact]
    public async Task AcceptAsync_SameMessageTwice_ReturnsFirstId()
    {
        var first = await Store.AcceptAsync(Message("c1", "m1", "uno"), None);
        await Store.AcceptAsync(Message("c1", "m2", "dos"), None);

        var retry = await Store.AcceptAsync(Message("c1", "m1", "uno"), None);

        Assert.Equal(first with { IsRetry = true }, retry);
        Assert.Equal(["uno", "dos"], (await LogAsync("c1")).Select(entry => entry.Text));
    }

    [Fact]
    public async Task AcceptAsync_RetryAfterAnswerAndRestart_ReturnsFirstIdAndNothingWaits()
    {
        var first = await Store.AcceptAsync(Message("c1", "m1"), None);
        await Store.CommitTurnAsync(await ClaimAsync("c1"), Turn(Reply("hola")), None);
        await ReopenAsync();

        var retry = await Store.AcceptAsync(Message("another", "m1"), None);

        Assert.Equal(first with { IsRetry = true }, retry);
        Assert.Null(await Store.ClaimAsync("c1", Lease, None));
        Assert.Null(await Store.FindConversationAsync("another", None));
        Assert.Empty(await Store.ListWaitingAsync(10, None));
    }

    [Fact]
    public async Task AcceptAsync_SameIdOfAnotherAccountOrChannel_IsAnotherMessage()
    {
        await Store.AcceptAsync(Message("c1", "m1"), None);

        var otherAccount = await Store.AcceptAsync(Message("c2", "m1", account: "eva"), None);
        var otherChannel = await Store.AcceptAsync(Message("c3", "m1") with { Channel = "emulator" }, None);

        Assert.False(otherAccount.IsRetry);
        Assert.False(otherChannel.IsRetry);
    }

    [Fact]
    public async Task AcceptAsync_WithoutExternalId_IsAlwaysNew()
    {
        await Store.AcceptAsync(Message("c1"), None);

        var second = await Store.AcceptAsync(Message("c1"), None);

        Assert.Equal(new Accepted("c1", 2, IsRetry: false), second);
    }

    [Fact]
    public async Task AcceptAsync_DuplicatesRace_AllGetOneSequence()
    {
        var racers = Enumerable.Range(0, 64).Select(i => Task.Run(() => Store.AcceptAsync(Message($"c{i % 2}", $"m{i % 8}"), None)));

        var receipts = await Task.WhenAll(racers);

        Assert.Equal(8, receipts.Count(receipt => !receipt.IsRetry));
        Assert.Equal(8, receipts.Select(receipt => (receipt.ConversationId, receipt.Sequence)).Distinct().Count());
        Assert.Equal(8, (await Store.ReadFeedAsync(0, 1000, None)).Count);
    }

    [Fact]
    public async Task AcceptAsync_ManyWritersManyConversations_OneOrderWithoutGapsForAllReaders()
    {
        const int conversations = 16, messages = 40;

        await Task.WhenAll(Enumerable.Range(0, conversations * messages).Select(
            i => Task.Run(() => Store.AcceptAsync(Message($"c{i % conversations}", $"m{i}"), None))));

        var feed = await Store.ReadFeedAsync(0, 10_000, None);
        Assert.Equal(conversations * messages, feed.Count);
        Assert.Equal(feed.Select(entry => entry.FeedPosition).Order(), feed.Select(entry => entry.FeedPosition));
        for (var c = 0; c < conversations; c++)
        {
            var log = await LogAsync($"c{c}");
            Assert.Equal(feed.Where(entry => entry.ConversationId == $"c{c}"), log);
            Assert.Equal(messages, log.Select(entry => entry.ExternalId).Distinct().Count());
            Assert.All(log.Zip(log.Skip(1)), pair =>
            {
                Assert.True(pair.First.Sequence < pair.Second.Sequence);
                // The clock stands still in this test, yet the timestamps go on.
                Assert.True(pair.First.Timestamp < pair.Second.Timestamp);
            });
        }

        Assert.Empty(await VerifyAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("🙂👍🏽 ñandú")]
    [InlineData("two\nlines\r\nand\ttabs")]
    public async Task AcceptAsync_AnyText_ComesBackAsTyped(string text)
    {
        await Store.AcceptAsync(Message("c1", text: text), None);

        Assert.Equal(text, Assert.Single(await LogAsync("c1")).Text);
    }

    [Fact]
    public async Task AcceptAsync_TextThatNoDatabaseHolds_IsKeptWithReplacementCharacter()
    {
        await Store.AcceptAsync(Message("c1", text: "a\0b"), None);
        await Store.AcceptAsync(Message("c1", text: "a\uD800b"), None);

        Assert.All(await LogAsync("c1"), entry => Assert.Equal("a\uFFFDb", entry.Text));
    }

    [Fact]
    public async Task AcceptAsync_HundredKilobytes_AreKept()
    {
        var text = new string('x', 100_000);

        await Store.AcceptAsync(Message("c1", text: text), None);

        Assert.Equal(text, Assert.Single(await LogAsync("c1")).Text);
    }

    [Fact]
    public async Task AcceptAsync_NewReference_ReplacesTheOldOne()
    {
        await Store.AcceptAsync(Message("c1") with { Reference = "1" }, None);
        await Store.AcceptAsync(Message("c1"), None);
        Assert.Equal("1", (await Store.FindConversationAsync("c1", None))!.Reference);

        await Store.AcceptAsync(Message("c1") with { Reference = "2" }, None);

        Assert.Equal("2", (await Store.FindConversationAsync("c1", None))!.Reference);
    }

    [Fact]
    public async Task AcceptAsync_Cancelled_ThrowsAndWritesNothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.AcceptAsync(Message("c1"), cancelled.Token));

        Assert.Empty(await Store.ReadFeedAsync(0, 10, None));
    }

    [Fact]
    public async Task AppendAsync_UnknownConversation_Throws() =>
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Store.AppendAsync("nobody", [Event("x")], [], None));

    [Fact]
    public async Task AppendAsync_ConflictingDocument_LeavesNothingBehind()
    {
        await Store.AcceptAsync(Message("c1"), None);

        await Assert.ThrowsAsync<StoreConflictException>(
            () => Store.AppendAsync("c1", [Event("operator.joined")], [Document("a", expectedETag: "wrong")], None));

        Assert.Single(await LogAsync("c1"));
        Assert.Null(await Store.FindDocumentAsync("appointments", "a", None));
    }

    [Theory]
    [InlineData(Audience.Client, new long[] { 1, 2 })]
    [InlineData(Audience.Bot, new long[] { 1 })]
    [InlineData(Audience.Operator, new long[] { 1, 2, 3 })]
    [InlineData(Audience.Internal, new long[] { 1, 2, 3, 4 })]
    public async Task ReadLogAsync_Audience_SeesItsRows(Audience audience, long[] sequences)
    {
        await Store.AcceptAsync(Message("c1"), None);
        await Store.AppendAsync("c1", [Reply("hola"), Event("operator.joined", Audience.Operator), Event("turn")], [], None);

        var seen = await Store.ReadLogAsync("c1", 0, audience, 100, None);

        Assert.Equal(sequences, seen.Select(entry => entry.Sequence));
    }

    [Fact]
    public async Task ReadLogAsync_Pages_JoinToTheWholeLog()
    {
        for (var i = 0; i < 25; i++)
        {
            await Store.AcceptAsync(Message("c1", $"m{i}"), None);
        }

        var read = new List<LogEntry>();
        IReadOnlyList<LogEntry> page;
        while ((page = await Store.ReadLogAsync("c1", read.Count == 0 ? 0 : read[^1].Sequence, Audience.Client, 7, None)).Count > 0)
        {
            read.AddRange(page);
        }

        Assert.Equal(await LogAsync("c1"), read);
    }

    [Fact]
    public async Task ReadFeedAsync_WhileWritersRun_NeverSkips()
    {
        const int writers = 16, each = 25;
        var seen = new List<long>();
        var writing = Task.WhenAll(Enumerable.Range(0, writers).Select(w => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
            {
                await Store.AcceptAsync(Message($"c{w}", $"m{w}-{i}"), None);
            }
        })));

        var position = 0L;
        while (seen.Count < writers * each)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            await Store.WaitForFeedAsync(position, patience.Token);
            foreach (var entry in await Store.ReadFeedAsync(position, 13, None))
            {
                position = entry.FeedPosition;
                seen.Add(position);
            }
        }

        await writing;
        Assert.Equal((await Store.ReadFeedAsync(0, 10_000, None)).Select(entry => entry.FeedPosition), seen);
        Assert.Equal(position, await Store.ReadFeedEndAsync(None));
    }

    [Fact]
    public async Task WaitForFeedAsync_NothingNew_WaitsUntilARowComes()
    {
        var waiting = Store.WaitForFeedAsync(0, None);
        Assert.False(waiting.IsCompleted);

        await Store.AcceptAsync(Message("c1"), None);

        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task WaitForFeedAsync_StoreCloses_IsCancelled()
    {
        var waiting = Store.WaitForFeedAsync(0, None);

        await ReopenAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task ListConversationsAsync_Pages_NewestChangeFirst()
    {
        foreach (var id in new[] { "a", "b", "c", "a" })
        {
            await Store.AcceptAsync(Message(id), None);
        }

        var first = await Store.ListConversationsAsync(null, 2, None);
        var position = (await LogAsync(first[^1].Id))[^1].FeedPosition;
        var second = await Store.ListConversationsAsync(position, 2, None);

        Assert.Equal(["a", "c"], first.Select(conversation => conversation.Id));
        Assert.Equal(["b"], second.Select(conversation => conversation.Id));
    }
}
