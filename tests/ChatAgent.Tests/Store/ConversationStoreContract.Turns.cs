using static ChatAgent.Store.Tests.StoreSamples;

namespace ChatAgent.Store.Tests;

/// <summary>Claims, commits and deadlines.</summary>
public abstract partial class ConversationStoreContract
{
    [Fact]
    public async Task ClaimAsync_NothingToAnswer_IsNull()
    {
        Assert.Null(await Store.ClaimAsync("nobody", Lease, None));
        await Store.AcceptAsync(Message("c1") with { Entry = Event("seen") }, None);

        Assert.Null(await Store.ClaimAsync("c1", Lease, None));
    }

    [Fact]
    public async Task ClaimAsync_SeveralInputs_AreTakenTogetherAndAnsweredOnce()
    {
        await Store.AcceptAsync(Message("c1", text: "hola"), None);
        await Store.AppendAsync("c1", [Event("operator.left")], [], None);
        await Store.AcceptAsync(Message("c1", text: "¿a qué hora?"), None);

        var claim = await ClaimAsync("c1");
        var last = await Store.CommitTurnAsync(claim, Turn(Reply("a las nueve"), Event("turn")), None);

        Assert.Equal(["hola", "¿a qué hora?"], claim.Inputs.Select(entry => entry.Text));
        Assert.Equal(["operator.left"], claim.EventsSinceSnapshot.Select(entry => entry.Kind));
        Assert.Equal(5, last);
        Assert.Null(await Store.ClaimAsync("c1", Lease, None));
        var conversation = await Store.FindConversationAsync("c1", None);
        Assert.Equal((5, 3, 5, """{"turns":1}"""), (conversation!.LastSequence, conversation.HandledSequence, conversation.SnapshotSequence, conversation.Snapshot));
    }

    [Fact]
    public async Task ClaimAsync_TwoRace_OneGetsIt()
    {
        for (var round = 0; round < 20; round++)
        {
            var id = $"c{round}";
            await Store.AcceptAsync(Message(id), None);

            var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Store.ClaimAsync(id, Lease, None))));

            Assert.Single(claims, claim => claim is not null);
        }
    }

    [Fact]
    public async Task ClaimAsync_Held_IsNullUntilReleased()
    {
        await Store.AcceptAsync(Message("c1"), None);
        var held = await ClaimAsync("c1");
        Assert.Null(await Store.ClaimAsync("c1", Lease, None));
        Assert.Empty(await Store.ListWaitingAsync(10, None));

        await Store.ReleaseAsync(held, None);

        Assert.Equal(["c1"], await Store.ListWaitingAsync(10, None));
        Assert.Equal(held.Inputs, (await ClaimAsync("c1")).Inputs);
    }

    [Fact]
    public async Task CommitTurnAsync_LeaseEndedAndAnotherClaimed_IsRefusedAndWritesNothing()
    {
        await Store.AcceptAsync(Message("c1"), None);
        var slow = await ClaimAsync("c1");
        Time.Advance(Lease);
        Assert.Equal(["c1"], await Store.ListWaitingAsync(10, None));
        var quick = await ClaimAsync("c1");

        await Assert.ThrowsAsync<StoreConflictException>(() => Store.CommitTurnAsync(slow, Turn(Reply("slow")), None));
        await Store.CommitTurnAsync(quick, Turn(Reply("quick")), None);
        await Assert.ThrowsAsync<StoreConflictException>(() => Store.CommitTurnAsync(slow, Turn(Reply("slow again")), None));

        Assert.Equal(["hola", "quick"], (await LogAsync("c1")).Select(entry => entry.Text));
    }

    [Fact]
    public async Task CommitTurnAsync_LeaseEndedButNobodyCame_Holds()
    {
        await Store.AcceptAsync(Message("c1"), None);
        var claim = await ClaimAsync("c1");
        Time.Advance(Lease + Lease);

        Assert.Equal(2, await Store.CommitTurnAsync(claim, Turn(Reply("hola")), None));
    }

    [Fact]
    public async Task CommitTurnAsync_ReleasedClaim_IsRefused()
    {
        await Store.AcceptAsync(Message("c1"), None);
        var claim = await ClaimAsync("c1");
        await Store.ReleaseAsync(claim, None);

        await Assert.ThrowsAsync<StoreConflictException>(() => Store.CommitTurnAsync(claim, Turn(Reply("late")), None));
    }

    [Fact]
    public async Task CommitTurnAsync_SameClaimTwice_SecondIsRefused()
    {
        await Store.AcceptAsync(Message("c1"), None);
        var claim = await ClaimAsync("c1");
        await Store.CommitTurnAsync(claim, Turn(Reply("one")), None);

        await Assert.ThrowsAsync<StoreConflictException>(() => Store.CommitTurnAsync(claim, Turn(Reply("two")), None));
    }

    [Fact]
    public async Task CommitTurnAsync_MessageCameMeanwhile_WaitsForTheNextTurn()
    {
        await Store.AcceptAsync(Message("c1", text: "first"), None);
        var claim = await ClaimAsync("c1");
        await Store.AcceptAsync(Message("c1", text: "second"), None);

        await Store.CommitTurnAsync(claim, Turn(Reply("answer")), None);

        Assert.Equal(["c1"], await Store.ListWaitingAsync(10, None));
        var next = await ClaimAsync("c1");
        Assert.Equal(["second"], next.Inputs.Select(entry => entry.Text));
        Assert.Empty(next.EventsSinceSnapshot);
    }

    [Fact]
    public async Task CommitTurnAsync_OperatorWroteMeanwhile_TheRowIsStillToBeFolded()
    {
        await Store.AcceptAsync(Message("c1", text: "first"), None);
        var claim = await ClaimAsync("c1");
        await Store.AppendAsync("c1", [Event("operator.joined")], [], None);
        await Store.CommitTurnAsync(claim, Turn(Reply("answer"), Event("turn")), None);
        await Store.AppendAsync("c1", [Event("operator.left")], [], None);

        var (_, unfolded) = (await Store.ReadUnfoldedAsync("c1", None))!.Value;
        Assert.Equal(["operator.joined", "operator.left"], unfolded.Select(entry => entry.Kind));
        await Store.AcceptAsync(Message("c1", text: "second"), None);
        var next = await ClaimAsync("c1");
        Assert.Equal(["operator.joined", "operator.left"], next.EventsSinceSnapshot.Select(entry => entry.Kind));
        await Store.CommitTurnAsync(next, Turn(), None);
        Assert.Empty((await Store.ReadUnfoldedAsync("c1", None))!.Value.Entries);
    }

    [Fact]
    public async Task CommitTurnAsync_TakenKeyAfterOtherEffects_LeavesNothingBehind()
    {
        await Store.WriteDocumentsAsync([Document("taken", keys: ["slot:7:2026-03-03T09:00"])], None);
        await Store.AcceptAsync(Message("c1"), None);
        var claim = await ClaimAsync("c1");
        var before = await Store.ReadFeedEndAsync(None);

        var conflict = await Assert.ThrowsAsync<StoreConflictException>(() => Store.CommitTurnAsync(
            claim,
            Turn(Reply("booked", deliver: true)) with
            {
                Documents = [Document("free"), Document("late", keys: ["slot:7:2026-03-03T09:00"])],
                Due = [new NewDue("reminder", Time.GetUtcNow())],
            },
            None));

        Assert.Equal("slot:7:2026-03-03T09:00", conflict.TakenKey);
        Assert.Equal(before, await Store.ReadFeedEndAsync(None));
        Assert.Null(await Store.FindDocumentAsync("appointments", "free", None));
        Assert.Empty(await Store.ClaimOutboxAsync("directline", 10, Lease, None));
        Assert.Empty(await Store.FireDueAsync(Time.GetUtcNow(), 10, None));
        Assert.Equal(claim.Inputs, (await ClaimAsync("c1")).Inputs);
    }

    [Fact]
    public async Task CommitTurnAsync_ConflictsBesideGoodOnes_OnlyTheConflictsFail()
    {
        const int count = 48;
        await Store.WriteDocumentsAsync([Document("taken", keys: ["slot"])], None);
        var claims = new List<TurnClaim>();
        for (var i = 0; i < count; i++)
        {
            await Store.AcceptAsync(Message($"c{i}"), None);
            claims.Add(await ClaimAsync($"c{i}"));
        }

        // All at once, so that they share commits: every third one wants what is taken.
        var outcomes = await Task.WhenAll(claims.Select((claim, i) => Task.Run(async () =>
        {
            try
            {
                var turn = Turn(Reply("done")) with { Documents = [Document($"d{i}", keys: [i % 3 == 0 ? "slot" : $"slot{i}"])] };
                await Store.CommitTurnAsync(claim, turn, None);
                return true;
            }
            catch (StoreConflictException)
            {
                return false;
            }
        })));

        for (var i = 0; i < count; i++)
        {
            Assert.Equal(i % 3 != 0, outcomes[i]);
            Assert.Equal(outcomes[i] ? 2 : 1, (await LogAsync($"c{i}")).Count);
            Assert.Equal(outcomes[i], await Store.FindDocumentAsync("appointments", $"d{i}", None) is not null);
        }

        Assert.Empty(await VerifyAsync());
    }

    [Fact]
    public async Task CommitTurnAsync_ManyAcceptClaimAndCommit_EveryInputIsAnsweredOnce()
    {
        const int conversations = 8, messages = 30;
        var answered = 0;
        var accepting = Task.WhenAll(Enumerable.Range(0, conversations).Select(c => Task.Run(async () =>
        {
            for (var m = 0; m < messages; m++)
            {
                await Store.AcceptAsync(Message($"c{c}", $"m{c}-{m}", text: $"m{c}-{m}"), None);
            }
        })));
        var answering = Enumerable.Range(0, 6).Select(w => Task.Run(async () =>
        {
            while (Volatile.Read(ref answered) < conversations * messages)
            {
                foreach (var id in await Store.ListWaitingAsync(3, None))
                {
                    if (await Store.ClaimAsync(id, Lease, None) is { } claim)
                    {
                        await Store.CommitTurnAsync(claim, Turn([.. claim.Inputs.Select(input => Reply($"re {input.Text}"))]), None);
                        Interlocked.Add(ref answered, claim.Inputs.Count);
                    }
                }
            }
        }));

        await Task.WhenAll([accepting, .. answering]).WaitAsync(TimeSpan.FromSeconds(60));

        var feed = await Store.ReadFeedAsync(0, 100_000, None);
        var asked = feed.Where(entry => entry.Author == Author.Client).Select(entry => $"re {entry.Text}");
        Assert.Equal(asked.Order(StringComparer.Ordinal), feed.Where(entry => entry.Author == Author.Bot).Select(entry => entry.Text!).Order(StringComparer.Ordinal));
        Assert.Empty(await Store.ListWaitingAsync(10, None));
        Assert.Empty(await VerifyAsync());
    }

    [Fact]
    public async Task ListWaitingAsync_SeveralConversations_OldestInputFirst()
    {
        foreach (var id in new[] { "b", "a", "c", "b" })
        {
            await Store.AcceptAsync(Message(id), None);
        }

        Assert.Equal(["b", "a", "c"], await Store.ListWaitingAsync(10, None));
        Assert.Equal(["b", "a"], await Store.ListWaitingAsync(2, None));
    }

    [Fact]
    public async Task ListWaitingAsync_AfterRestart_ShowsWhatWasClaimedButNotAnswered()
    {
        await Store.AcceptAsync(Message("c1"), None);
        await ClaimAsync("c1");

        await ReopenAsync();

        Assert.Equal(["c1"], await Store.ListWaitingAsync(10, None));
        Assert.Single((await ClaimAsync("c1")).Inputs);
    }

    [Fact]
    public async Task FireDueAsync_WhenItsTimeComes_BecomesAnInputOnce()
    {
        await Store.AcceptAsync(Message("c1"), None);
        var at = Time.GetUtcNow() + TimeSpan.FromHours(1);
        await Store.CommitTurnAsync(await ClaimAsync("c1"), Turn() with { Due = [new NewDue("reminder", at, """{"n":1}""")] }, None);

        Assert.Empty(await Store.FireDueAsync(at - TimeSpan.FromMilliseconds(1), 10, None));
        Assert.Equal(["c1"], await Store.FireDueAsync(at, 10, None));
        Assert.Empty(await Store.FireDueAsync(at, 10, None));

        var input = Assert.Single((await ClaimAsync("c1")).Inputs);
        Assert.Equal(("reminder", """{"n":1}""", Author.System), (input.Kind, input.Payload, input.Author));
    }

    [Fact]
    public async Task FireDueAsync_ReplacedAndCancelled_OnlyTheLastStands()
    {
        var now = Time.GetUtcNow();
        foreach (var id in new[] { "c1", "c2" })
        {
            await Store.AcceptAsync(Message(id), None);
            await Store.CommitTurnAsync(await ClaimAsync(id), Turn() with { Due = [new NewDue("offer.lapses", now), new NewDue("reminder", now)] }, None);
            await Store.AcceptAsync(Message(id), None);
        }

        await Store.CommitTurnAsync(await ClaimAsync("c1"), Turn() with { CancelDue = ["reminder"], Due = [new NewDue("offer.lapses", now + Lease)] }, None);

        Assert.Equal(["c2"], await Store.FireDueAsync(now, 10, None));
        Assert.Equal(["c1"], await Store.FireDueAsync(now + Lease, 10, None));
        Assert.Equal(["offer.lapses"], (await ClaimAsync("c1")).Inputs.Select(input => input.Kind));
    }

    [Fact]
    public async Task FireDueAsync_ManySweepersRace_EachFiresOnce()
    {
        for (var i = 0; i < 30; i++)
        {
            await Store.AcceptAsync(Message($"c{i}"), None);
            await Store.CommitTurnAsync(await ClaimAsync($"c{i}"), Turn() with { Due = [new NewDue("reminder", Time.GetUtcNow())] }, None);
        }

        var fired = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => Store.FireDueAsync(Time.GetUtcNow(), 7, None))));

        Assert.Equal(30, fired.Sum(ids => ids.Count));
        Assert.Equal(30, (await Store.ReadFeedAsync(0, 1000, None)).Count(entry => entry.Kind == "reminder"));
    }
}
