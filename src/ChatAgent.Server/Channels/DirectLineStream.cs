using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using ChatAgent.BotProtocol;
using ChatAgent.Store;

namespace ChatAgent.Server.Channels;

/// <summary>The socket of Direct Line: rows of one conversation as they come, from a sequence on, each once and in order.</summary>
internal sealed partial class DirectLineStream(
    IConversationStore store,
    LiveFeed feed,
    DirectLineTokens tokens,
    DirectLineOptions options,
    IHostApplicationLifetime lifetime,
    IHttpContextAccessor accessor,
    ILogger<DirectLineStream> logger)
{
    private readonly ReadConversations _read = new();

    /// <summary>Whether anything of the conversation was sent lately. One that was forgotten is sent again from its beginning: clients know activities by id.</summary>
    public bool WasRead(string conversationId) => _read.Contains(conversationId);

    /// <summary>Notes that the client has read.</summary>
    public void MarkRead(string conversationId) => _read.Add(conversationId);

    /// <summary>The pre-authorised address of the socket, on the host and scheme that the client itself used.</summary>
    public string Url(string conversationId, string streamToken)
    {
        var request = accessor.HttpContext!.Request;
        var scheme = request.IsHttps ? "wss" : "ws";
        return $"{scheme}://{request.Host}{request.PathBase}/v3/directline/conversations/{conversationId}/stream?t={Uri.EscapeDataString(streamToken)}";
    }

    /// <summary>Serves one socket until the client leaves or the host stops.</summary>
    public async Task RunAsync(HttpContext context, string conversationId)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsJsonAsync(new ErrorResponse(ErrorCodes.BadArgument, "a WebSocket upgrade was expected"), BotProtocolJson.Default.ErrorResponse);
            return;
        }

        var verdict = tokens.Read(context.Request.Query["t"], "stream", out var claims);
        if (verdict != TokenVerdict.Valid || claims!.Conversation != conversationId || !DirectLineEndpoints.IsTrusted(context, claims))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            var code = verdict == TokenVerdict.Expired ? ErrorCodes.TokenExpired : ErrorCodes.Forbidden;
            await context.Response.WriteAsJsonAsync(new ErrorResponse(code, "the stream address is not valid any more; ask for a new one"), BotProtocolJson.Default.ErrorResponse);
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var receiving = ReceiveAsync(socket, stop);
        try
        {
            await SendAsync(socket, conversationId, claims, stop.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException or IOException)
        {
            // The client left, or the host stops: the client comes back with its watermark and misses nothing.
            LogSocketEnded(conversationId, socket.State);
        }

        await stop.CancelAsync();
        await receiving;
    }

    private async Task SendAsync(WebSocket socket, string conversationId, DirectLineClaims claims, CancellationToken cancellationToken)
    {
        using var subscription = feed.Subscribe(conversationId);
        var after = claims.After ?? 0;
        while (true)
        {
            var entries = await store.ReadLogAsync(conversationId, after, Audience.Client, options.PageRows, cancellationToken);
            if (entries.Count > 0)
            {
                after = entries[^1].Sequence;
                var activities = entries.Select(entry => ActivityView.ToActivity(entry, DirectLineEndpoints.Channel, conversationId, claims.User!)).ToList();
                var frame = JsonSerializer.SerializeToUtf8Bytes(
                    new ActivitySet(activities, after.ToString(CultureInfo.InvariantCulture)),
                    BotProtocolJson.Default.ActivitySet);
                await socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
                MarkRead(conversationId);
                continue;
            }

            using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            idle.CancelAfter(options.KeepAlive);
            try
            {
                await subscription.Hints.ReadAsync(idle.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                await socket.SendAsync(ReadOnlyMemory<byte>.Empty, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            }
        }
    }

    /// <summary>Reads and drops what the client sends (empty frames are its pings) and ends the sending when it leaves.</summary>
    private static async Task ReceiveAsync(WebSocket socket, CancellationTokenSource stop)
    {
        var buffer = new byte[1024];
        try
        {
            while (socket.State == WebSocketState.Open)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), stop.Token);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                    break;
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException or IOException)
        {
            // Gone without a closing handshake: the sending side is told below.
        }

        await stop.CancelAsync();
    }

    [LoggerMessage(2101, LogLevel.Debug, "Stream of conversation {ConversationId} ended, socket {State}")]
    private partial void LogSocketEnded(string conversationId, WebSocketState state);
}
