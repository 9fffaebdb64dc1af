using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using ChatAgent.Server.Channels;
using Microsoft.Extensions.DependencyInjection;

namespace ChatAgent.Server.Tests;

public sealed class DirectLineTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    private readonly RunningHost _host = fixture.Host;

    private string Secret => _host.Services.GetRequiredService<DirectLineOptions>().Secret;

    [Fact]
    public async Task Generate_WithSecret_GivesATokenThatStartsAConversationOnce()
    {
        var (status, generated) = await _host.SendAsync(HttpMethod.Post, "/v3/directline/tokens/generate", new { User = new { Id = "dl_ana" } }, Secret);
        Assert.Equal(200, status);
        Assert.Equal(1800, generated.GetProperty("expires_in").GetInt32());
        Assert.False(generated.TryGetProperty("streamUrl", out _));

        var token = generated.GetProperty("token").GetString();
        var (first, started) = await _host.SendAsync(HttpMethod.Post, "/v3/directline/conversations", new { user = new { id = "somebody-else" } }, token);
        var (second, _) = await _host.SendAsync(HttpMethod.Post, "/v3/directline/conversations", null, token);

        Assert.Equal((201, 200), (first, second));
        Assert.Equal(generated.GetProperty("conversationId").GetString(), started.GetProperty("conversationId").GetString());
        Assert.StartsWith("ws://", started.GetProperty("streamUrl").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 401, "Unauthorized")]
    [InlineData("not-a-token", 401, "Unauthorized")]
    public async Task Start_WithoutAToken_Is401(string? token, int status, string code)
    {
        var (found, body) = await _host.SendAsync(HttpMethod.Post, "/v3/directline/conversations", new { }, token);

        Assert.Equal(status, found);
        Assert.Equal(code, body.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Activities_OfAnotherConversation_Are403()
    {
        var (_, token) = await StartAsync();
        var (other, _) = await StartAsync();

        var (status, _) = await _host.SendAsync(HttpMethod.Get, $"/v3/directline/conversations/{other}/activities", null, token);

        Assert.Equal(403, status);
    }

    [Fact]
    public async Task Message_ComesBackWithTheTokensUserAndItsChannelData_AndIsAnswered()
    {
        var (conversation, token) = await StartAsync();
        var (status, posted) = await PostAsync(conversation, token, "¿a qué hora abren?", "c-1", from: "intruder");

        Assert.Equal(200, status);
        var activities = await ReadUntilAsync(conversation, token, list => list.Any(activity => IsReplyAfter(activity, list, "c-1")));
        var echo = activities.Single(activity => ClientActivityId(activity) == "c-1");
        Assert.Equal(posted.GetProperty("id").GetString(), echo.GetProperty("id").GetString());
        Assert.StartsWith("dl_", echo.GetProperty("from").GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal("¿a qué hora abren?", echo.GetProperty("text").GetString());
    }

    [Fact]
    public async Task Activity_NamedLikeAnEventOfTheHouse_IdentifiesNobody()
    {
        var (conversation, token) = await StartAsync();
        var forged = new { type = "person.identified", patientId = "p-rodrigo", firstName = "Rodrigo", appointmentId = "a-rodrigo", how = "link" };
        var (status, _) = await _host.SendAsync(HttpMethod.Post, $"/v3/directline/conversations/{conversation}/activities", forged, token);
        await PostAsync(conversation, token, "hola", "after");
        await ReadUntilAsync(conversation, token, list => list.Any(activity => IsReplyAfter(activity, list, "after")));

        Assert.Equal(200, status);
        var state = await _host.Services.GetRequiredService<ChatAgent.Dialogs.Agent>().ReadStateAsync(conversation, CancellationToken.None);
        Assert.Null(state!.Person);
        var log = await _host.Services.GetRequiredService<ChatAgent.Store.IConversationStore>().ReadLogAsync(conversation, 0, ChatAgent.Store.Audience.Internal, 100, CancellationToken.None);
        Assert.DoesNotContain(log, row => row.Kind == "person.identified");
    }

    [Theory]
    [InlineData("""{"type":"message","text":"hola","channelData":{"clientActivityID":"a\u0000b"}}""")]
    [InlineData("""{"type":"message","text":"hola","channelData":{"x":"\ud800"}}""")]
    [InlineData("""{"type":"message","text":"\ud800"}""")]
    [InlineData("""{"type":"message","text":"hola","attachments":[{"content":"\uDC00"}]}""")]
    public async Task Message_WithWhatCannotBeKept_Is400(string json)
    {
        var (conversation, token) = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v3/directline/conversations/{conversation}/activities") { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await _host.Http.SendAsync(request);

        Assert.Equal(400, (int)response.StatusCode);
    }

    [Fact]
    public async Task Message_SentTwiceWithOneClientId_IsOneActivity()
    {
        var (conversation, token) = await StartAsync();
        var posts = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => PostAsync(conversation, token, "hola", "same")));

        Assert.Single(posts.Select(post => post.Body.GetProperty("id").GetString()).Distinct(StringComparer.Ordinal));
        var activities = await ReadUntilAsync(conversation, token, list => list.Any(activity => IsReplyAfter(activity, list, "same")));
        Assert.Single(activities, activity => ClientActivityId(activity) == "same");
    }

    [Fact]
    public async Task Pages_AnyPageSizeAndReconnects_AreTheLog()
    {
        var (conversation, token) = await StartAsync();
        for (var i = 0; i < 5; i++)
        {
            await PostAsync(conversation, token, $"hola {i}", $"p-{i}");
        }

        var whole = await ReadUntilAsync(conversation, token, list => list.Any(activity => IsReplyAfter(activity, list, "p-4")));
        for (var before = 0; before < whole.Count;)
        {
            before = whole.Count;
            await Task.Delay(400);
            whole = await ReadUntilAsync(conversation, token, list => list.Count >= before);
        }

        var ids = whole.Select(activity => activity.GetProperty("id").GetString()!).ToList();

        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
        var times = whole.Select(activity => activity.GetProperty("timestamp").GetDateTimeOffset()).ToList();
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.True(pair.First < pair.Second));
        foreach (var from in Enumerable.Range(0, ids.Count))
        {
            var watermark = ids[from].Split('|')[1].TrimStart('0');
            var (_, page) = await _host.SendAsync(HttpMethod.Get, $"/v3/directline/conversations/{conversation}/activities?watermark={watermark}", null, token);
            Assert.Equal(ids.Skip(from + 1), page.GetProperty("activities").EnumerateArray().Select(activity => activity.GetProperty("id").GetString()!));
        }
    }

    [Fact]
    public async Task Stream_FromTheStart_SendsWhatWasRecordedBeforeAndAfterItOpened()
    {
        var (_, session) = await _host.SendAsync(HttpMethod.Post, "/api/widget/session", new { locale = "es-CL" });
        var conversation = session.GetProperty("conversationId").GetString()!;
        var token = session.GetProperty("token").GetString()!;
        await PostAsync(conversation, token, "hola", "before");

        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri(session.GetProperty("streamUrl").GetString()!), CancellationToken.None);
        await socket.SendAsync(ReadOnlyMemory<byte>.Empty, WebSocketMessageType.Text, true, CancellationToken.None);
        var seen = new List<JsonElement>();
        await ReceiveUntilAsync(socket, seen, list => list.Any(activity => ClientActivityId(activity) == "before"));
        await PostAsync(conversation, token, "gracias", "after");
        await ReceiveUntilAsync(socket, seen, list => list.Any(activity => IsReplyAfter(activity, list, "after")));

        var log = await ReadUntilAsync(conversation, token, list => list.Count >= seen.Count);
        Assert.Equal(log.Select(activity => activity.GetProperty("id").GetString()), seen.Select(activity => activity.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task Reconnect_WithWatermark_GoesOnThere_WithoutOne_FromNow()
    {
        var (conversation, token) = await StartAsync();
        await PostAsync(conversation, token, "hola", "one");
        var log = await ReadUntilAsync(conversation, token, list => list.Any(activity => IsReplyAfter(activity, list, "one")));
        var first = log[0].GetProperty("id").GetString()!.Split('|')[1].TrimStart('0');

        Assert.Equal(log.Count - 1, await CountOnReconnectAsync(conversation, token, $"?watermark={first}"));
        Assert.Equal(0, await CountOnReconnectAsync(conversation, token, string.Empty));
        Assert.Equal(0, await CountOnReconnectAsync(conversation, token, "?watermark="));
    }

    [Fact]
    public async Task Reconnect_EmptyWatermarkNeverRead_StartsAtTheBeginning()
    {
        var (conversation, token) = await StartAsync();
        await PostAsync(conversation, token, "hola", "unread");

        Assert.InRange(await CountOnReconnectAsync(conversation, token, "?watermark="), 1, int.MaxValue);
    }

    [Fact]
    public async Task Stream_SameAddressAfterItsLife_Is403()
    {
        using var socket = new ClientWebSocket();
        var (conversation, _) = await StartAsync();
        var address = new UriBuilder(_host.Address) { Scheme = "ws", Path = $"/v3/directline/conversations/{conversation}/stream", Query = "t=expired" }.Uri;

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(address, CancellationToken.None));
    }

    [Theory]
    [InlineData("{", 400, "BadSyntax")]
    [InlineData("{\"text\":\"hola\"}", 400, "MissingProperty")]
    [InlineData("[1,2]", 400, "BadSyntax")]
    public async Task Message_Malformed_SaysWhatWasExpected(string json, int status, string code)
    {
        var (conversation, token) = await StartAsync();
        using var content = new StringContent(json, Encoding.UTF8, "application/json");

        var (found, body) = await _host.SendAsync(HttpMethod.Post, $"/v3/directline/conversations/{conversation}/activities", content, token);

        Assert.Equal((status, code), (found, body.GetProperty("error").GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Message_InvalidUtf8_Is400AndNothingIsRecorded()
    {
        var (conversation, token) = await StartAsync();
        using var content = new ByteArrayContent([.. "{\"type\":\"message\",\"text\":\""u8, 0xFF, 0xC3, 0x28, .. "\"}"u8]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        var (status, _) = await _host.SendAsync(HttpMethod.Post, $"/v3/directline/conversations/{conversation}/activities", content, token);

        Assert.Equal(400, status);
    }

    [Fact]
    public async Task Message_TooLarge_Is413()
    {
        var (conversation, token) = await StartAsync();

        var (status, body) = await PostAsync(conversation, token, new string('a', 300_000), "big");

        Assert.Equal((413, "MessageSizeTooBig"), (status, body.GetProperty("error").GetProperty("code").GetString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("😀😀😀")]
    [InlineData("\u200b\u200d")]
    public async Task Message_WithoutWords_IsAnsweredPolitely(string text)
    {
        var (conversation, token) = await StartAsync();
        await PostAsync(conversation, token, text, "empty");

        var activities = await ReadUntilAsync(conversation, token, list => list.Any(activity => IsReplyAfter(activity, list, "empty")));

        Assert.Contains(activities, activity => IsReplyAfter(activity, activities, "empty"));
    }

    [Fact]
    public async Task Message_OfAHundredKilobytes_IsAnsweredAndKept()
    {
        var (conversation, token) = await StartAsync();
        var text = string.Concat(Enumerable.Repeat("quiero saber el horario ", 4_300));
        await PostAsync(conversation, token, text, "long");

        var activities = await ReadUntilAsync(conversation, token, list => list.Any(activity => IsReplyAfter(activity, list, "long")));

        Assert.Equal(text, activities.Single(activity => ClientActivityId(activity) == "long").GetProperty("text").GetString());
    }

    [Fact]
    public async Task Typing_FromTheClient_IsNotKept()
    {
        var (conversation, token) = await StartAsync();
        var (status, _) = await _host.SendAsync(HttpMethod.Post, $"/v3/directline/conversations/{conversation}/activities", new { type = "typing" }, token);
        var activities = await ReadUntilAsync(conversation, token, list => list.Count > 0);

        Assert.Equal(200, status);
        Assert.DoesNotContain(activities, activity => activity.GetProperty("type").GetString() == "typing");
    }

    [Fact]
    public async Task Watermark_NotOurs_Is400()
    {
        var (conversation, token) = await StartAsync();
        var (status, _) = await _host.SendAsync(HttpMethod.Get, $"/v3/directline/conversations/{conversation}/activities?watermark=abc", null, token);

        Assert.Equal(400, status);
    }

    private static string? ClientActivityId(JsonElement activity) =>
        activity.TryGetProperty("channelData", out var data) && data.TryGetProperty("clientActivityID", out var id) ? id.GetString() : null;

    /// <summary>Whether the bot said something after the message with that client id.</summary>
    private static bool IsReplyAfter(JsonElement activity, List<JsonElement> list, string clientId)
    {
        var asked = list.FindIndex(other => ClientActivityId(other) == clientId);
        return asked >= 0 && list.IndexOf(activity) > asked && activity.GetProperty("from").GetProperty("id").GetString() == "chatagent" && activity.GetProperty("type").GetString() == "message";
    }

    private static async Task ReceiveUntilAsync(ClientWebSocket socket, List<JsonElement> seen, Func<List<JsonElement>, bool> isEnough)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var buffer = new byte[256 * 1024];
        while (!isEnough(seen))
        {
            var length = 0;
            ValueWebSocketReceiveResult received;
            do
            {
                received = await socket.ReceiveAsync(buffer.AsMemory(length), limit.Token);
                length += received.Count;
            }
            while (!received.EndOfMessage);
            if (length > 0)
            {
                seen.AddRange(JsonDocument.Parse(buffer.AsMemory(0, length).ToArray()).RootElement.GetProperty("activities").EnumerateArray());
            }
        }
    }

    private async Task<(string Conversation, string Token)> StartAsync()
    {
        var (status, started) = await _host.SendAsync(HttpMethod.Post, "/v3/directline/conversations", new { locale = "es-CL" }, Secret);
        Assert.Equal(201, status);
        return (started.GetProperty("conversationId").GetString()!, started.GetProperty("token").GetString()!);
    }

    private Task<(int Status, JsonElement Body)> PostAsync(string conversation, string token, string text, string clientId, string from = "me") =>
        _host.SendAsync(
            HttpMethod.Post,
            $"/v3/directline/conversations/{conversation}/activities",
            new { type = "message", text, from = new { id = from }, channelData = new { clientActivityID = clientId } },
            token);

    private async Task<List<JsonElement>> ReadUntilAsync(string conversation, string token, Func<List<JsonElement>, bool> isEnough)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var (_, page) = await _host.SendAsync(HttpMethod.Get, $"/v3/directline/conversations/{conversation}/activities", null, token);
            var activities = page.GetProperty("activities").EnumerateArray().ToList();
            if (isEnough(activities))
            {
                return activities;
            }

            await Task.Delay(30, limit.Token);
        }
    }

    private async Task<int> CountOnReconnectAsync(string conversation, string token, string query)
    {
        var (status, again) = await _host.SendAsync(HttpMethod.Get, $"/v3/directline/conversations/{conversation}{query}", null, token);
        Assert.Equal(200, status);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri(again.GetProperty("streamUrl").GetString()!), CancellationToken.None);
        var buffer = new byte[256 * 1024];
        var count = 0;
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(700));
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), limit.Token);
                count += received.Count == 0 ? 0 : JsonDocument.Parse(buffer.AsMemory(0, received.Count).ToArray()).RootElement.GetProperty("activities").GetArrayLength();
            }
        }
        catch (OperationCanceledException)
        {
            return count;
        }
    }
}
