using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ChatAgent.Server.Tests;

/// <summary>The Emulator's side of the protocol, by a small service that records what the bot sends back.</summary>
public sealed class ConnectorTests(HostFixture fixture) : IClassFixture<HostFixture>, IAsyncLifetime
{
    private readonly RunningHost _host = fixture.Host;
    private readonly ConcurrentQueue<JsonElement> _received = new();
    private WebApplication? _emulator;
    private int _refusals;

    private string ServiceUrl => _emulator!.Urls.First();

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _emulator = builder.Build();
        _emulator.MapPost("/v3/conversations/{conversation}/activities", async (string conversation, HttpRequest request) =>
        {
            if (Interlocked.Decrement(ref _refusals) >= 0)
            {
                return Results.StatusCode(503);
            }

            var activity = (await request.ReadFromJsonAsync<JsonElement>()).Clone();
            Assert.Equal(conversation, activity.GetProperty("conversation").GetProperty("id").GetString());
            _received.Enqueue(activity);
            return Results.Json(new { id = activity.GetProperty("id").GetString() });
        });
        await _emulator.StartAsync();
    }

    public async Task DisposeAsync() => await _emulator!.DisposeAsync();

    [Fact]
    public async Task Conversation_AsTheEmulatorHoldsIt_IsGreetedAndAnsweredInOrder()
    {
        var conversation = $"{Guid.NewGuid()}|livechat";
        Assert.Equal(200, await PostAsync(conversation, new { type = "conversationUpdate", membersAdded = new[] { new { id = "bot-1" }, new { id = "user-1" } } }));
        await ReceivedAsync(1);
        Assert.Equal(200, await PostAsync(conversation, new { type = "message", id = "m1", text = "¿a qué hora abren?" }));
        var received = await ReceivedAsync(2);

        Assert.All(received, activity => Assert.Equal(("bot-1", "user-1"), (activity.GetProperty("from").GetProperty("id").GetString(), activity.GetProperty("recipient").GetProperty("id").GetString())));
        var ids = received.Select(activity => activity.GetProperty("id").GetString()).ToList();
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
    }

    [Fact]
    public async Task Message_SentAgainWithTheSameId_IsAnsweredOnce()
    {
        var conversation = $"{Guid.NewGuid()}|livechat";
        await PostAsync(conversation, new { type = "message", id = "same", text = "hola" });
        await PostAsync(conversation, new { type = "message", id = "same", text = "hola" });
        await ReceivedAsync(1);
        await Task.Delay(500);

        Assert.Single(_received);
    }

    [Fact]
    public async Task Delivery_ConnectorRefusesForAWhile_ArrivesOnceAndInOrder()
    {
        _refusals = 2;
        var conversation = $"{Guid.NewGuid()}|livechat";
        await PostAsync(conversation, new { type = "message", id = "m1", text = "hola" });

        Assert.Single(await ReceivedAsync(1));
    }

    [Fact]
    public async Task Message_ExpectReplies_AnswersInline()
    {
        using var response = await _host.Http.PostAsJsonAsync("/api/messages", new
        {
            type = "message",
            id = "m1",
            text = "hola",
            deliveryMode = "expectReplies",
            conversation = new { id = Guid.NewGuid().ToString() },
            from = new { id = "user-1" },
            recipient = new { id = "bot-1" },
        });

        Assert.True(response.IsSuccessStatusCode);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.NotEmpty(body.GetProperty("activities").EnumerateArray());
    }

    [Fact]
    public async Task Messages_ManyThatExpectReplies_EachGetTheirs()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            var message = new { type = "message", id = "m1", text = "hola", deliveryMode = "expectReplies", conversation = new { id = Guid.NewGuid().ToString() }, from = new { id = "user-1" } };
            using var response = await _host.Http.PostAsJsonAsync("/api/messages", message);
            return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("activities").GetArrayLength();
        }));

        Assert.DoesNotContain(0, answers);
    }

    [Fact]
    public async Task Message_ThatAPageMayMakeABrowserSend_IsRefused()
    {
        using var text = new StringContent("{\"type\":\"message\",\"text\":\"hola\"}", System.Text.Encoding.UTF8, "text/plain");
        using var response = await _host.Http.PostAsync(new Uri("/api/messages", UriKind.Relative), text);

        Assert.Equal(415, (int)response.StatusCode);
    }

    [Fact]
    public async Task Message_ThroughAProxyOnThisMachine_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/messages") { Content = JsonContent.Create(new { type = "message" }) };
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        using var response = await _host.Http.SendAsync(request);

        Assert.Equal(401, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("https://bots.example/")]
    [InlineData("http://10.0.0.1:9000")]
    [InlineData("file:///etc/passwd")]
    [InlineData(null)]
    public async Task Message_ServiceUrlElsewhere_IsRefused(string? serviceUrl)
    {
        using var response = await _host.Http.PostAsJsonAsync("/api/messages", new { type = "message", text = "hola", serviceUrl, conversation = new { id = "c" } });

        Assert.Equal(400, (int)response.StatusCode);
    }

    [Fact]
    public async Task Message_WithAnAuthorizationHeader_Is401()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/messages") { Content = JsonContent.Create(new { type = "message" }) };
        request.Headers.Add("Authorization", "Bearer x");
        using var response = await _host.Http.SendAsync(request);

        Assert.Equal(401, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("{\"type\":\"invoke\",\"name\":\"x\"}", 501)]
    [InlineData("{\"type\":\"message\",\"text\":\"no conversation\"}", 400)]
    [InlineData("not json", 400)]
    public async Task Activity_OfOtherKinds_GetsTheProtocolsAnswer(string json, int status)
    {
        var body = json.Contains("invoke", StringComparison.Ordinal)
            ? json.Replace("}", $",\"serviceUrl\":\"{ServiceUrl}\",\"conversation\":{{\"id\":\"c\"}}}}", StringComparison.Ordinal)
            : json;
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await _host.Http.PostAsync(new Uri("/api/messages", UriKind.Relative), content);

        Assert.Equal(status, (int)response.StatusCode);
    }

    private async Task<int> PostAsync(string conversation, object activity)
    {
        var merged = JsonSerializer.SerializeToNode(activity)!.AsObject();
        merged["serviceUrl"] = ServiceUrl;
        merged["channelId"] = "emulator";
        merged["conversation"] = JsonSerializer.SerializeToNode(new { id = conversation });
        merged["from"] = JsonSerializer.SerializeToNode(new { id = "user-1", role = "user" });
        merged["recipient"] = JsonSerializer.SerializeToNode(new { id = "bot-1", role = "bot" });
        using var response = await _host.Http.PostAsJsonAsync("/api/messages", merged);
        return (int)response.StatusCode;
    }

    private async Task<IReadOnlyList<JsonElement>> ReceivedAsync(int atLeast)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (_received.Count < atLeast)
        {
            await Task.Delay(30, limit.Token);
        }

        return [.. _received];
    }
}
