using System.Text.Json;
using ChatAgent.Dialogs;
using ChatAgent.Mailroom;
using ChatAgent.Store;
using Microsoft.Extensions.DependencyInjection;

namespace ChatAgent.Server.Tests.Newcomer;

/// <summary>A patient who opens the link of a mail, and what the page shows them.</summary>
public sealed class LinkVisitTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    private readonly RunningHost _host = fixture.Host;

    [Fact]
    public async Task Open_ByALink_IsGreetedByNameAndAskedInOneReply()
    {
        var visitor = await Visitor.OpenAsync(_host.Http, await Visitor.LinkAsync(_host, "a-rodrigo"));

        var reply = (await visitor.HearAsync(1))[0].GetProperty("text").GetString()!;

        Assert.StartsWith("Hola", reply, StringComparison.Ordinal);
        Assert.Contains("Rodrigo", reply, StringComparison.Ordinal);
        Assert.Contains("Dra. Camila Rojas Peña", reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_PageLoadedAgainWithTheSameLink_SaysNothingMore()
    {
        var link = await Visitor.LinkAsync(_host, "a-rodrigo");
        var visitor = await Visitor.OpenAsync(_host.Http, link);
        await visitor.HearAsync(1);

        var again = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Visitor.OpenAsync(_host.Http, link, visitor.Visit)));
        await visitor.SayAsync("hola");

        Assert.All(again, other => Assert.Equal(visitor.ConversationId, other.ConversationId));
        Assert.Equal(2, (await visitor.HearAsync(2)).Count);
        Assert.Single(await IdentificationsAsync(visitor));
    }

    [Fact]
    public async Task Open_AnotherPatientsLinkInTheSameBrowser_ShowsNothingOfTheFirst()
    {
        var rodrigo = await Visitor.OpenAsync(_host.Http, await Visitor.LinkAsync(_host, "a-rodrigo"));
        await rodrigo.HearAsync(1);

        var ignacio = await Visitor.OpenAsync(_host.Http, await Visitor.LinkAsync(_host, "a-ignacio"), rodrigo.Visit);
        var heard = await ignacio.HearAsync(1);

        Assert.NotEqual(rodrigo.ConversationId, ignacio.ConversationId);
        Assert.Contains("Ignacio", heard[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(heard, message => message.GetProperty("text").GetString()!.Contains("Rodrigo", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Open_ByTheLinkOfAMailThatWasSent_GoesOnInTheMailsConversation()
    {
        var (_, thread) = await _host.Services.GetRequiredService<MailQuestions>().AskAsync("a-hector", language: null, CancellationToken.None);
        await LeaveAsync(thread!, 1);

        var visitor = await Visitor.OpenAsync(_host.Http, await Visitor.LinkAsync(_host, "a-hector"));
        Assert.Equal(thread!.ConversationId, visitor.ConversationId);
        var heard = await visitor.HearAsync(2);
        Assert.Equal(["Sí voy a ir", "No puedo ir", "Prefiero otra hora"], Buttons(heard[1]));

        // What the page does next; a page that was loaded again; and the next one before the same screen, who has no link.
        await visitor.StartAsync();
        Assert.NotEqual(thread.ConversationId, (await Visitor.OpenAsync(_host.Http, visit: visitor.Visit)).ConversationId);
        var again = await Visitor.OpenAsync(_host.Http, await Visitor.LinkAsync(_host, "a-hector"), visitor.Visit);
        Assert.Equal(thread.ConversationId, again.ConversationId);
        await again.SayAsync("Sí voy a ir");
        Assert.Equal(3, (await again.HearAsync(3)).Count);

        // Said in the chat is not mailed too; an operator's words are, for the page may be closed.
        await _host.Services.GetRequiredService<Agent>().SayAsOperatorAsync(thread.ConversationId, "carolina", "Traiga su carnet.", CancellationToken.None);
        await LeaveAsync(thread, 2);
        Assert.Equal(4, (await again.HearAsync(4)).Count);
        Assert.DoesNotContain(await again.MessagesAsync(), message => message.TryGetProperty("raw", out _));
    }

    /// <summary>Waits until so many mails have left in a thread, and no more.</summary>
    private async Task LeaveAsync(MailThread thread, int count)
    {
        var store = _host.Services.GetRequiredService<IConversationStore>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        IReadOnlyList<Document> left;
        while ((left = await store.ListDocumentsAsync("mail-sent", $"mail-thread:{thread.Id}", afterId: null, 10, limit.Token)).Count < count)
        {
            await Task.Delay(30, limit.Token);
        }

        Assert.Equal(count, left.Count);
    }

    [Fact]
    public async Task Replies_ThatAskOrOffer_BearButtons()
    {
        var visitor = await Visitor.OpenAsync(_host.Http, await Visitor.LinkAsync(_host, "a-rodrigo"));
        Assert.Equal(["Sí voy a ir", "No puedo ir", "Prefiero otra hora"], Buttons((await visitor.HearAsync(1))[0]));

        await visitor.SayAsync("Prefiero otra hora");

        var offers = Buttons((await visitor.HearAsync(2))[^1]);
        Assert.NotEmpty(offers);
        Assert.All(offers, offer => Assert.Matches(@"^El \p{Ll}+ \d+ de \p{Ll}+ a las \d+:\d\d$", offer));
    }

    [Fact]
    public async Task Message_OfAnOperator_BearsTheirNameAndNotTheBots()
    {
        var visitor = await Visitor.OpenAsync(_host.Http);
        await visitor.HearAsync(1);
        await _host.Services.GetRequiredService<Agent>().SayAsOperatorAsync(visitor.ConversationId, "carolina", "Yo le ayudo.", CancellationToken.None);

        var message = (await visitor.HearAsync(2))[^1];

        Assert.Equal("Carolina", message.GetProperty("from").GetProperty("name").GetString());
        Assert.NotEqual("chatagent", message.GetProperty("from").GetProperty("id").GetString());
        Assert.False(message.TryGetProperty("name", out _), "an activity's name is an event's, not its author's");
    }

    private static List<string> Buttons(JsonElement activity)
    {
        var actions = activity.GetProperty("suggestedActions").GetProperty("actions").EnumerateArray().ToList();
        Assert.All(actions, action => Assert.Equal("imBack", action.GetProperty("type").GetString()));
        return [.. actions.Select(action => action.GetProperty("value").GetString()!)];
    }

    private async Task<List<LogEntry>> IdentificationsAsync(Visitor visitor) =>
        [.. (await _host.Services.GetRequiredService<IConversationStore>().ReadLogAsync(visitor.ConversationId, 0, Audience.Internal, 100, CancellationToken.None))
            .Where(entry => entry.Kind == ConversationEvents.PersonIdentified)];
}
