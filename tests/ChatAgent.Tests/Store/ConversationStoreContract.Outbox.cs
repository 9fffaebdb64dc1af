using static ChatAgent.Store.Tests.StoreSamples;

namespace ChatAgent.Store.Tests;

/// <summary>Delivery.</summary>
public abstract partial class ConversationStoreContract
{
    [Fact]
    public async Task ClaimOutboxAsync_SeveralRows_ComeInOrderOneAtATimePerConversation()
    {
        await DeliverAsync("c1", "uno", "dos");
        await DeliverAsync("c2", "tres");

        var first = await Store.ClaimOutboxAsync("directline", 10, Lease, None);
        Assert.Equal(["uno", "tres"], first.Select(item => item.Entry.Text));
        Assert.Equal("c1", first[0].Conversation.Id);
        Assert.Empty(await Store.ClaimOutboxAsync("directline", 10, Lease, None));

        await Store.CompleteOutboxAsync(first[0].Id, None);
        Assert.Equal(["dos"], (await Store.ClaimOutboxAsync("directline", 10, Lease, None)).Select(item => item.Entry.Text));
    }

    [Fact]
    public async Task ClaimOutboxAsync_OtherChannel_SeesNothing()
    {
        await DeliverAsync("c1", "uno");

        Assert.Empty(await Store.ClaimOutboxAsync("email", 10, Lease, None));
    }

    [Fact]
    public async Task ClaimOutboxAsync_LeaseEnded_ComesAgain()
    {
        await DeliverAsync("c1", "uno");
        var first = Assert.Single(await Store.ClaimOutboxAsync("directline", 10, Lease, None));

        Time.Advance(Lease);

        Assert.Equal(first.Id, Assert.Single(await Store.ClaimOutboxAsync("directline", 10, Lease, None)).Id);
    }

    [Fact]
    public async Task FailOutboxAsync_Retry_HoldsTheConversationBackUntilThen()
    {
        await DeliverAsync("c1", "uno", "dos");
        var first = Assert.Single(await Store.ClaimOutboxAsync("directline", 10, Lease, None));

        await Store.FailOutboxAsync(first.Id, Time.GetUtcNow() + TimeSpan.FromMinutes(1), "503", None);

        Assert.Empty(await Store.ClaimOutboxAsync("directline", 10, Lease, None));
        Time.Advance(TimeSpan.FromMinutes(1));
        var again = Assert.Single(await Store.ClaimOutboxAsync("directline", 10, Lease, None));
        Assert.Equal((first.Id, 1), (again.Id, again.Attempts));
    }

    [Fact]
    public async Task FailOutboxAsync_GivenUp_NextOneComes()
    {
        await DeliverAsync("c1", "uno", "dos");
        var first = Assert.Single(await Store.ClaimOutboxAsync("directline", 10, Lease, None));

        await Store.FailOutboxAsync(first.Id, null, "no such address", None);

        Assert.Equal("dos", Assert.Single(await Store.ClaimOutboxAsync("directline", 10, Lease, None)).Entry.Text);
        Assert.Empty(await VerifyAsync());
    }

    [Fact]
    public async Task CompleteOutboxAsync_AfterRestart_NeverComesAgain()
    {
        await DeliverAsync("c1", "uno", "dos");
        var first = Assert.Single(await Store.ClaimOutboxAsync("directline", 10, Lease, None));
        await Store.CompleteOutboxAsync(first.Id, None);

        await ReopenAsync();

        Assert.Equal("dos", Assert.Single(await Store.ClaimOutboxAsync("directline", 10, Lease, None)).Entry.Text);
    }

    [Fact]
    public async Task ClaimOutboxAsync_ManyWorkers_EachRowIsDeliveredOnceAndInOrder()
    {
        const int conversations = 6, rows = 15;
        for (var c = 0; c < conversations; c++)
        {
            await DeliverAsync($"c{c}", [.. Enumerable.Range(0, rows).Select(r => $"{r:D2}")]);
        }

        var delivered = new List<(string Conversation, string Text)>();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                foreach (var item in await Store.ClaimOutboxAsync("directline", 2, Lease, None))
                {
                    lock (delivered)
                    {
                        delivered.Add((item.Conversation.Id, item.Entry.Text!));
                    }

                    await Store.CompleteOutboxAsync(item.Id, None);
                }

                lock (delivered)
                {
                    if (delivered.Count >= conversations * rows)
                    {
                        return;
                    }
                }
            }
        }))).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(conversations * rows, delivered.Count);
        foreach (var conversation in delivered.GroupBy(item => item.Conversation, StringComparer.Ordinal))
        {
            Assert.Equal(Enumerable.Range(0, rows).Select(r => $"{r:D2}"), conversation.Select(item => item.Text));
        }
    }

    private async Task DeliverAsync(string conversation, params string[] texts)
    {
        await Store.AcceptAsync(Message(conversation), None);
        await Store.CommitTurnAsync(await ClaimAsync(conversation), Turn([.. texts.Select(text => Reply(text, deliver: true))]), None);
    }
}
