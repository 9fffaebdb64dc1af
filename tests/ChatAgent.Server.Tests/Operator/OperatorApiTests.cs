using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using ChatAgent.Dialogs.Operators;
using ChatAgent.Server.Tests.Newcomer;
using ChatAgent.Store;
using Microsoft.Extensions.DependencyInjection;

namespace ChatAgent.Server.Tests.Operator;

/// <summary>The console's API as a client that is not a browser sees it.</summary>
public sealed class OperatorApiTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    private RunningHost Host => fixture.Host;

    [Theory]
    [InlineData("POST", "/operator/api/conversations/c/take")]
    [InlineData("POST", "/operator/api/conversations/c/messages")]
    [InlineData("GET", "/operator/api/conversations/c/suggestions")]
    [InlineData("POST", "/operator/api/conversations/c/completion")]
    [InlineData("POST", "/operator/api/password")]
    [InlineData("POST", "/operator/hub/negotiate?negotiateVersion=1")]
    public async Task Api_NobodySignedIn_Is401(string method, string path)
    {
        var (status, body) = await Host.SendAsync(new HttpMethod(method), path, new { });

        Assert.Equal(401, status);
        Assert.Equal("unauthorized", body.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task Login_FromAnotherSitesPage_Is403(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/operator/api/login") { Content = JsonContent.Create(new { name = "recepcion", password = "x" }) };
        request.Headers.Add(header, value);
        using var response = await Host.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Say_SameMessageIdTwice_IsSaidOnce()
    {
        var conversationId = await OpenConversationAsync();
        using var desk = await EnterAsync("paula-once");
        Assert.Equal(HttpStatusCode.NoContent, await PostAsync(desk, $"/operator/api/conversations/{conversationId}/take", new { }));

        var said = new { messageId = "m-1", text = "Hola" };
        Assert.Equal(HttpStatusCode.NoContent, await PostAsync(desk, $"/operator/api/conversations/{conversationId}/messages", said));
        Assert.Equal(HttpStatusCode.NoContent, await PostAsync(desk, $"/operator/api/conversations/{conversationId}/messages", said));

        var log = await Host.Services.GetRequiredService<IConversationStore>().ReadLogAsync(conversationId, 0, Audience.Client, 100, CancellationToken.None);
        Assert.Single(log, entry => entry.Author == Author.Operator && entry.Text == "Hola");
    }

    [Fact]
    public async Task Say_ConversationOfAnotherOperator_Is409()
    {
        var conversationId = await OpenConversationAsync();
        using var first = await EnterAsync("ana-first");
        using var second = await EnterAsync("eva-second");
        await PostAsync(first, $"/operator/api/conversations/{conversationId}/take", new { });

        Assert.Equal(HttpStatusCode.Conflict, await PostAsync(second, $"/operator/api/conversations/{conversationId}/messages", new { messageId = "m-2", text = "Hola" }));
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync(second, $"/operator/api/conversations/{conversationId}/give-back", new { }));
    }

    [Fact]
    public async Task Suggestions_QuestionOfAPatient_AreThreeRepliesOfTheFactsAndNothingIsSaid()
    {
        var visitor = await Visitor.OpenAsync(Host.Http, await Visitor.LinkAsync(Host, "a-rodrigo"));
        await visitor.HearAsync(1);
        using var desk = await EnterAsync("rosa-suggests");
        await PostAsync(desk, $"/operator/api/conversations/{visitor.ConversationId}/take", new { });
        await visitor.SayAsync("¿a qué hora abren en Maipú?");
        var before = await Host.Services.GetRequiredService<IConversationStore>().ReadLogAsync(visitor.ConversationId, 0, Audience.Client, 100, CancellationToken.None);

        var replies = await SuggestedAsync(desk, visitor.ConversationId);

        Assert.Equal(3, replies.Distinct(StringComparer.Ordinal).Count());
        Assert.Contains("8:30", replies[0], StringComparison.Ordinal);
        Assert.DoesNotContain(replies, reply => reply.Contains("Alma", StringComparison.Ordinal) || reply.Contains("asistente", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(before.Count, (await Host.Services.GetRequiredService<IConversationStore>().ReadLogAsync(visitor.ConversationId, 0, Audience.Client, 100, CancellationToken.None)).Count);

        // What was said is not suggested again.
        await PostAsync(desk, $"/operator/api/conversations/{visitor.ConversationId}/messages", new { messageId = "m-s", text = replies[0] });
        Assert.DoesNotContain(replies[0], await SuggestedAsync(desk, visitor.ConversationId));
    }

    /// <summary>The agenda is changed by the bot and by nobody's words: a reply that says that an hour was confirmed or freed would be false.</summary>
    [Theory]
    [InlineData("sí, confirmo mi asistencia")]
    [InlineData("no puedo ir, anule mi hora por favor")]
    [InlineData("¿la puedo cambiar para el jueves a las 10?")]
    public async Task Suggestions_AnswerToTheAppointment_NeverSayThatItWasRecorded(string words)
    {
        var visitor = await Visitor.OpenAsync(Host.Http, await Visitor.LinkAsync(Host, "a-rodrigo"));
        await visitor.HearAsync(1);
        using var desk = await EnterAsync($"eva-{words.Length}");
        await PostAsync(desk, $"/operator/api/conversations/{visitor.ConversationId}/take", new { });
        await visitor.SayAsync(words);

        var replies = await SuggestedAsync(desk, visitor.ConversationId);

        Assert.NotEmpty(replies);
        Assert.All(replies, reply => Assert.DoesNotMatch("(?i)confirmad|registrad|anotad|liberad|liberamos|anulad|cancelad|ingresad|moví|cambiad|quedó", reply));
    }

    [Fact]
    public async Task Completion_OfAPatientsHour_GoesOnWithTheirOwnValues()
    {
        var visitor = await Visitor.OpenAsync(Host.Http, await Visitor.LinkAsync(Host, "a-rodrigo"));
        await visitor.HearAsync(1);
        using var desk = await EnterAsync("nora-types");
        await PostAsync(desk, $"/operator/api/conversations/{visitor.ConversationId}/take", new { });

        Assert.StartsWith("ila Rojas Peña", await CompletedAsync(desk, visitor.ConversationId, "Su hora es con la Dra. Cam"), StringComparison.Ordinal);
        Assert.StartsWith("udar", await CompletedAsync(desk, visitor.ConversationId, "Buenas tardes. ¿En qué le puedo ay"), StringComparison.Ordinal);
        Assert.Null(await CompletedAsync(desk, visitor.ConversationId, "xyzzy qw"));

        using var other = await EnterAsync("olga-types");
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync(other, $"/operator/api/conversations/{visitor.ConversationId}/completion", new { text = "Su hora" }));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(desk, $"/operator/api/conversations/{visitor.ConversationId}/completion", new { text = string.Empty }));
    }

    /// <summary>A stranger has shown nothing: nobody's values come out, whatever is typed.</summary>
    [Fact]
    public async Task Completion_OfAStranger_NamesNobody()
    {
        var conversationId = await OpenConversationAsync();
        using var desk = await EnterAsync("ines-types");
        await PostAsync(desk, $"/operator/api/conversations/{conversationId}/take", new { });

        foreach (var typed in new[] { "Su hora es con la Dra. Cam", "Hola, Rod", "Le esperamos el ", "con la doctora ", "el lun" })
        {
            var completion = await CompletedAsync(desk, conversationId, typed) ?? string.Empty;
            Assert.DoesNotMatch("[0-9]|Camila|Rojas|Rodrigo|odrigo|lunes|martes", completion);
        }
    }

    [Fact]
    public async Task Password_OfAnotherHand_MustBeChangedBeforeAnythingIsShown()
    {
        var accounts = Host.Services.GetRequiredService<OperatorAccounts>();
        var password = await accounts.AddAsync("new-hand", CancellationToken.None);
        using var desk = NewDesk(new CookieContainer());
        Assert.Equal(HttpStatusCode.OK, await PostAsync(desk, "/operator/api/login", new { name = "new-hand", password }));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(desk, "/operator/hub/negotiate?negotiateVersion=1", new { }));

        Assert.Equal(HttpStatusCode.OK, await PostAsync(desk, "/operator/api/password", new { current = password, next = "a password of my own" }));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(desk, "/operator/hub/negotiate?negotiateVersion=1", new { }));

        // A reset ends the session at once.
        await accounts.ResetAsync("new-hand", CancellationToken.None);
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(desk, "/operator/hub/negotiate?negotiateVersion=1", new { }));
    }

    [Fact]
    public async Task Stream_PasswordIsReset_EndsWithoutAnotherWord()
    {
        await Host.SendAsync(HttpMethod.Post, "/api/widget/session", new { });
        using var desk = await EnterAsync("luz-stream", out var cookies);
        using var socket = new ClientWebSocket();
        socket.Options.Cookies = cookies;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await socket.ConnectAsync(new Uri($"ws://{Host.Address.Authority}/operator/hub"), limit.Token);
        await SendFrameAsync(socket, """{"protocol":"json","version":1}""", limit.Token);
        await SendFrameAsync(socket, """{"type":4,"invocationId":"1","target":"Conversations","arguments":[]}""", limit.Token);
        Assert.Contains("\"item\":[{", await ReceiveUntilAsync(socket, "\"type\":2", limit.Token), StringComparison.Ordinal);

        await Host.Services.GetRequiredService<OperatorAccounts>().ResetAsync("luz-stream", CancellationToken.None);
        await OpenConversationAsync();

        Assert.DoesNotContain("\"type\":2", await ReceiveUntilAsync(socket, null, limit.Token), StringComparison.Ordinal);
        Assert.NotEqual(WebSocketState.Open, socket.State);
    }

    private static Task SendFrameAsync(ClientWebSocket socket, string json, CancellationToken cancellationToken) =>
        socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(json + '\u001e'), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    /// <summary>What comes until a text is among it, or until the other side ends the connection.</summary>
    private static async Task<string> ReceiveUntilAsync(ClientWebSocket socket, string? expected, CancellationToken cancellationToken)
    {
        var received = new System.Text.StringBuilder();
        var buffer = new byte[64 * 1024];
        try
        {
            while (expected is null || !received.ToString().Contains(expected, StringComparison.Ordinal))
            {
                var result = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    break;
                }

                received.Append(System.Text.Encoding.UTF8.GetString(buffer, 0, result.Count));
            }
        }
        catch (WebSocketException)
        {
            // Ended without a closing handshake.
        }

        return received.ToString();
    }

    private async Task<string> OpenConversationAsync()
    {
        var (_, session) = await Host.SendAsync(HttpMethod.Post, "/api/widget/session", new { });
        return session.GetProperty("conversationId").GetString()!;
    }

    private Task<HttpClient> EnterAsync(string name) => EnterAsync(name, out _);

    private Task<HttpClient> EnterAsync(string name, out CookieContainer cookies)
    {
        cookies = new CookieContainer();
        return EnterAsync(name, cookies);
    }

    private async Task<HttpClient> EnterAsync(string name, CookieContainer cookies)
    {
        var accounts = Host.Services.GetRequiredService<OperatorAccounts>();
        var password = await accounts.AddAsync(name, CancellationToken.None);
        await accounts.ChangePasswordAsync(name, password, "a password of my own", CancellationToken.None);
        var desk = NewDesk(cookies);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(desk, "/operator/api/login", new { name, password = "a password of my own" }));
        return desk;
    }

    private HttpClient NewDesk(CookieContainer cookies) => new(new HttpClientHandler { CookieContainer = cookies }) { BaseAddress = Host.Address };

    private static async Task<string[]> SuggestedAsync(HttpClient desk, string conversationId)
    {
        using var answer = JsonDocument.Parse(await desk.GetStringAsync(new Uri($"/operator/api/conversations/{conversationId}/suggestions", UriKind.Relative)));
        return [.. answer.RootElement.GetProperty("replies").EnumerateArray().Select(reply => reply.GetString()!)];
    }

    private static async Task<string?> CompletedAsync(HttpClient desk, string conversationId, string text)
    {
        using var content = new StringContent(JsonSerializer.Serialize(new { text }), System.Text.Encoding.UTF8, "application/json");
        using var response = await desk.PostAsync(new Uri($"/operator/api/conversations/{conversationId}/completion", UriKind.Relative), content);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return answer.RootElement.GetProperty("completion").GetString();
    }

    private static async Task<HttpStatusCode> PostAsync(HttpClient client, string path, object body)
    {
        // With its length: a chunked body is refused.
        using var content = new StringContent(JsonSerializer.Serialize(body), System.Text.Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri(path, UriKind.Relative), content);
        return response.StatusCode;
    }
}
