using System.Net;
using System.Text.Json;
using ChatAgent.BotProtocol;
using ChatAgent.Dialogs;
using ChatAgent.Store;

namespace ChatAgent.Server.Channels;

/// <summary>The bot's endpoint <c>/api/messages</c>, as the Bot Framework Emulator calls it.</summary>
/// <remarks>
/// No app id is configured, so a call carries no proof of who sends it: it is taken only from this machine, and answers go only to service URLs on this
/// machine. A call with an Authorization header is refused, because a header that nobody checks must not look accepted.
/// </remarks>
internal sealed class ConnectorEndpoints(IConversationStore store, Agent agent, LiveFeed feed, TimeProvider time)
{
    /// <summary>The store's name of the channel.</summary>
    public const string Channel = "emulator";

    private const int InlineRows = 50;

    /// <summary>How long a call that expects its replies waits for them; then it gets what there is.</summary>
    private static readonly TimeSpan InlineWait = TimeSpan.FromSeconds(15);

    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/api/messages", PostAsync);

    private async Task<IResult> PostAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (context.Connection.RemoteIpAddress is not { } remote || !IPAddress.IsLoopback(remote) || IsForwarded(context.Request))
        {
            return Refuse(StatusCodes.Status401Unauthorized, ErrorCodes.Unauthorized, "without an app id, bots' messages are taken from this machine only");
        }

        if (context.Request.Headers.Authorization.Count > 0)
        {
            return Refuse(StatusCodes.Status401Unauthorized, ErrorCodes.Unauthorized, "this host has no app id to check the Authorization header with; leave app id and password empty");
        }

        if (!context.Request.HasJsonContentType())
        {
            // A page of any site may make a browser on this machine send text; for JSON the browser asks first, and is not answered.
            return Refuse(StatusCodes.Status415UnsupportedMediaType, ErrorCodes.BadArgument, "application/json was expected");
        }

        var body = await RequestBody.ReadAsync(context.Request, ActivityReader.MaxBytes, cancellationToken);
        if (body is null)
        {
            return Refuse(StatusCodes.Status413PayloadTooLarge, ErrorCodes.MessageSizeTooBig, $"at most {ActivityReader.MaxBytes} bytes are accepted");
        }

        if (!ActivityReader.TryRead(body, out var activity, out var error))
        {
            return Refuse(StatusCodes.Status400BadRequest, error.Code, error.Message);
        }

        if (activity.Conversation?.Id is not { Length: > 0 } wireId)
        {
            return Refuse(StatusCodes.Status400BadRequest, ErrorCodes.MissingProperty, "the activity has no \"conversation.id\"");
        }

        var expectsReplies = activity.DeliveryMode == "expectReplies";
        if (!expectsReplies && !IsLoopbackUrl(activity.ServiceUrl))
        {
            return Refuse(StatusCodes.Status400BadRequest, ErrorCodes.BadArgument, "\"serviceUrl\" must be an http address on this machine");
        }

        if (activity.Type == ActivityTypes.Invoke)
        {
            // This bot answers no invoke activity; the SDK's answer for that is 501.
            return Results.StatusCode(StatusCodes.Status501NotImplemented);
        }

        var entry = ToEntry(activity);
        if (entry is null)
        {
            return Results.Ok();
        }

        var conversationId = $"{Channel}|{wireId}";
        var account = activity.From?.Id is { Length: > 0 } from ? from : "user";
        using var subscription = feed.Subscribe(conversationId);
        var accepted = await agent.AcceptAsync(
            new IncomingActivity
            {
                Channel = expectsReplies ? $"{Channel}-inline" : Channel,
                Account = account,
                ConversationId = conversationId,
                ExternalId = activity.Id is null ? null : $"{wireId}/{activity.Id}",
                Reference = JsonSerializer.Serialize(
                    new ConversationReferenceData(activity.ServiceUrl, wireId, activity.From?.Id, activity.Recipient?.Id, activity.Locale),
                    ServerJson.Default.ConversationReferenceData),
                Entry = entry,
            },
            cancellationToken);

        if (!expectsReplies)
        {
            return Results.Ok();
        }

        await WaitForTurnAsync(conversationId, accepted.Sequence, subscription, cancellationToken);
        var rows = await store.ReadLogAsync(conversationId, accepted.Sequence, Audience.Client, InlineRows, cancellationToken);
        var replies = rows.Where(row => row.Author != Author.Client).Select(row => ActivityView.ToActivity(row, Channel, wireId, account)).ToList();
        return Results.Json(new ActivitySet(replies, null), BotProtocolJson.Default.ActivitySet);
    }

    /// <summary>Until the agent's worker, which was woken, has answered up to a row.</summary>
    private async Task WaitForTurnAsync(string conversationId, long sequence, LiveFeed.Subscription subscription, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(InlineWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            while (await store.FindConversationAsync(conversationId, either.Token) is { } conversation && conversation.HandledSequence < sequence)
            {
                await subscription.Hints.ReadAsync(either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Still being trained, or slow: the answer stays in the log.
        }
    }

    /// <summary>Behind a proxy on this machine every caller looks like this machine.</summary>
    private static bool IsForwarded(HttpRequest request) => request.Headers.ContainsKey("X-Forwarded-For") || request.Headers.ContainsKey("Forwarded");

    /// <summary>A message, or the beginning of the conversation when the person joins; null for what the bot has nothing to do with.</summary>
    private static NewEntry? ToEntry(Activity activity)
    {
        if (activity.Type == ActivityTypes.ConversationUpdate)
        {
            var personJoined = activity.MembersAdded?.Any(member => member.Id != activity.Recipient?.Id) ?? false;
            return personJoined
                ? new NewEntry
                {
                    Audience = Audience.Bot,
                    Author = Author.System,
                    Kind = "conversation.started",
                    Payload = JsonSerializer.Serialize(new Activity { Locale = activity.Locale }, BotProtocolJson.Default.Activity),
                    IsInput = true,
                }
                : null;
        }

        return activity.Type == ActivityTypes.Typing ? null : ActivityView.ToEntry(activity);
    }

    private static bool IsLoopbackUrl(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https") && uri.IsLoopback;

    private static IResult Refuse(int status, string code, string message) =>
        Results.Json(new ErrorResponse(code, message), BotProtocolJson.Default.ErrorResponse, statusCode: status);
}
