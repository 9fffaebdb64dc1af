using System.Text.Json;
using ChatAgent.Appointments;
using Microsoft.Extensions.DependencyInjection;

namespace ChatAgent.Server.Tests.Newcomer;

/// <summary>A person before the chat's page, as the page speaks with the host.</summary>
internal sealed class Visitor
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly HttpClient _http;
    private readonly JsonElement _session;
    private int _sent;

    private Visitor(HttpClient http, JsonElement session) => (_http, _session) = (http, session);

    public string ConversationId => _session.GetProperty("conversationId").GetString()!;

    public string Visit => _session.GetProperty("visit").GetString()!;

    public string Token => _session.GetProperty("token").GetString()!;

    private string Path => $"/v3/directline/conversations/{ConversationId}/activities";

    /// <summary>The code of a mail's link for one appointment of the demo agenda, as <c>?cita=</c> carries it.</summary>
    public static async Task<string> LinkAsync(RunningHost host, string appointmentId) =>
        (await host.Services.GetRequiredService<Agenda>().CreateLinkAsync(
            host.Services.GetRequiredService<SignedLinks>(), appointmentId, TimeProvider.System.GetUtcNow().AddDays(1), CancellationToken.None))!;

    public static async Task<Visitor> OpenAsync(HttpClient http, string? link = null, string? visit = null)
    {
        using var content = new StringContent(JsonSerializer.Serialize(new { link, visit, locale = "es-CL" }));
        using var response = await http.PostAsync(new Uri("/api/widget/session", UriKind.Relative), content);
        response.EnsureSuccessStatusCode();
        return new Visitor(http, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    /// <summary>Starts the conversation of the token, as Direct Line clients do before anything else.</summary>
    public async Task StartAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v3/directline/conversations");
        request.Headers.Authorization = new("Bearer", Token);
        using var response = await _http.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Sends a message; when this returns the host has said that it is on disk.</summary>
    public async Task SayAsync(string text)
    {
        var body = JsonSerializer.Serialize(new { type = "message", text, channelData = new { clientActivityID = $"said-{Interlocked.Increment(ref _sent)}" } });
        using var request = Request(HttpMethod.Post);
        request.Content = new StringContent(body);
        using var response = await _http.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Every message of the conversation, oldest first.</summary>
    public async Task<List<JsonElement>> MessagesAsync()
    {
        using var response = await _http.SendAsync(Request(HttpMethod.Get));
        response.EnsureSuccessStatusCode();
        var page = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        return [.. page.GetProperty("activities").EnumerateArray().Where(activity => activity.GetProperty("type").GetString() == "message")];
    }

    /// <summary>What the other side has said, as soon as it is at least so many messages.</summary>
    public async Task<List<JsonElement>> HearAsync(int count)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var heard = (await MessagesAsync()).Where(activity => activity.GetProperty("from").GetProperty("role").GetString() == "bot").ToList();
            if (heard.Count >= count)
            {
                return heard;
            }

            await Task.Delay(30, limit.Token);
        }
    }

    private HttpRequestMessage Request(HttpMethod method)
    {
        var request = new HttpRequestMessage(method, Path);
        request.Headers.Authorization = new("Bearer", Token);
        return request;
    }
}
