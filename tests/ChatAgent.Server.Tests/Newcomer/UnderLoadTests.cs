using ChatAgent.Dialogs;
using ChatAgent.Nlg;
using ChatAgent.Store;
using Microsoft.Extensions.DependencyInjection;

namespace ChatAgent.Server.Tests.Newcomer;

/// <summary>Many people at once while the host changes what it speaks with; and what its logs then hold.</summary>
public sealed class UnderLoadTests
{
    [Fact]
    public async Task Swap_WhileMessagesCome_AnswersEachOnceWithOneOfTheTwo()
    {
        const int Visitors = 6;
        const int MessagesEach = 12;
        await using var host = await RunningHost.StartAsync();
        var bundles = host.Services.GetRequiredService<BundleHolder>();
        var complete = bundles.Current;
        var written = complete with { Hash = "written-wordings", Generator = new ReplyGenerator(new WrittenWordings(complete.Definition.Responses)) };
        bundles.Swap(written);

        var visitors = await Task.WhenAll(Enumerable.Range(0, Visitors).Select(_ => Visitor.OpenAsync(host.Http)));
        var talk = Task.WhenAll(visitors.Select(async visitor =>
        {
            for (var message = 0; message < MessagesEach; message++)
            {
                await visitor.SayAsync(message % 2 == 0 ? "¿a qué hora abren?" : "gracias");
            }
        }));
        for (var swap = 0; !talk.IsCompleted; swap++)
        {
            bundles.Swap(swap % 2 == 0 ? complete : written);
            await Task.WhenAny(talk, Task.Delay(15));
        }

        await talk;
        bundles.Swap(complete);
        var last = visitors[0];
        await last.SayAsync("¿dónde quedan?");
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var visitor in visitors)
        {
            used.UnionWith(await AssertAnsweredOnceAsync(host, visitor.ConversationId));
        }

        Assert.Contains("written-wordings", used);
        Assert.Contains(complete.Hash, used);
    }

    [Fact]
    public async Task Logs_AfterASession_HoldNothingThatAPersonWroteNorASecret()
    {
        string[] words = ["zanahoria", "Quilpué", "12.345.678-5", "rodrigo@", "cita=", "perfecto gusto"];
        var data = Directory.CreateTempSubdirectory("chatagent-logs-").FullName;
        try
        {
            var secrets = new List<string>();
            await using (var host = await RunningHost.StartAsync(data))
            {
                var link = await Visitor.LinkAsync(host, "a-rodrigo");
                var visitor = await Visitor.OpenAsync(host.Http, link);
                await visitor.HearAsync(1);
                await visitor.SayAsync("zanahoria de Quilpué, perfecto gusto");
                await visitor.HearAsync(2);
                var stranger = await Visitor.OpenAsync(host.Http);
                await stranger.HearAsync(1);
                await stranger.SayAsync("quiero ver mi hora");
                await stranger.HearAsync(2);
                await stranger.SayAsync("12.345.678-5");
                await stranger.HearAsync(3);
                using var page = await host.Http.GetAsync(new Uri($"/?cita={link}", UriKind.Relative));
                using var missing = await host.Http.GetAsync(new Uri($"/nada?cita={link}", UriKind.Relative));
                await host.SendAsync(HttpMethod.Post, "/api/messages", new StringContent("{\"text\":\"zanahoria"));
                secrets.AddRange([link, visitor.Token, visitor.Visit, stranger.Token]);
            }

            var logs = Directory.GetFiles(Path.Combine(data, "logs"));
            var written = string.Concat(await Task.WhenAll(logs.Select(file => File.ReadAllTextAsync(file))));
            Assert.Contains("Conversation", written, StringComparison.Ordinal);
            Assert.All(words.Concat(secrets), word => Assert.DoesNotContain(word, written, StringComparison.OrdinalIgnoreCase));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    /// <summary>Waits until nothing waits, and checks that every input of the conversation stands in exactly one turn.</summary>
    /// <returns>The bundles that answered.</returns>
    private static async Task<HashSet<string>> AssertAnsweredOnceAsync(RunningHost host, string conversationId)
    {
        var store = host.Services.GetRequiredService<IConversationStore>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var log = await store.ReadLogAsync(conversationId, 0, Audience.Internal, 1000, CancellationToken.None);
            var turns = log.Where(entry => entry.Kind == ConversationEvents.Turn).Select(entry => TurnRecord.FromJson(entry.Payload!)!).ToList();
            var asked = log.Where(entry => entry.Author == Author.Client).Select(entry => entry.Sequence).ToList();
            if (turns.SelectMany(turn => turn.Inputs).Intersect(asked).Count() < asked.Count)
            {
                await Task.Delay(50, limit.Token);
                continue;
            }

            Assert.Equal(asked, turns.SelectMany(turn => turn.Inputs).Where(asked.Contains));
            return [.. turns.Select(turn => turn.Bundle)];
        }
    }
}
