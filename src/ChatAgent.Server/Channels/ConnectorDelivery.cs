using System.Net.Http.Headers;
using System.Text.Json;
using ChatAgent.BotProtocol;
using ChatAgent.Store;

namespace ChatAgent.Server.Channels;

/// <summary>Takes the bot's replies from the outbox to the service URL of the conversation, in order, and again until they arrive.</summary>
internal sealed partial class ConnectorDelivery(IConversationStore store, OutboxPump pump, HttpClient http, TimeProvider time, ILogger<ConnectorDelivery> logger) : BackgroundService
{
    private const int MaxAttempts = 8;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => pump.RunAsync(ConnectorEndpoints.Channel, DeliverAsync, stoppingToken);

    private async Task DeliverAsync(OutboxItem item, CancellationToken cancellationToken)
    {
        var failure = await TrySendAsync(item, cancellationToken);
        if (failure is null)
        {
            await store.CompleteOutboxAsync(item.Id, cancellationToken);
            return;
        }

        // 1, 2, 4, ... seconds; given up after the eighth, with the reason kept.
        DateTimeOffset? retryAt = item.Attempts + 1 >= MaxAttempts ? null : time.GetUtcNow() + TimeSpan.FromSeconds(Math.Pow(2, item.Attempts));
        LogNotDelivered(item.Conversation.Id, item.Entry.Sequence, item.Attempts + 1, failure);
        await store.FailOutboxAsync(item.Id, retryAt, failure, cancellationToken);
    }

    /// <summary>Null when the connector took it, else why not.</summary>
    private async Task<string?> TrySendAsync(OutboxItem item, CancellationToken cancellationToken)
    {
        var reference = item.Conversation.Reference is null
            ? null
            : JsonSerializer.Deserialize(item.Conversation.Reference, ServerJson.Default.ConversationReferenceData);
        if (reference?.ServiceUrl is not { } serviceUrl)
        {
            return "the conversation has no service URL";
        }

        var activity = ActivityView.ToActivity(item.Entry, ConnectorEndpoints.Channel, reference.ConversationId, item.Conversation.Account);
        var addressed = activity with
        {
            From = activity.From! with { Id = reference.BotId ?? activity.From.Id },
            Recipient = new ChannelAccount { Id = reference.UserId, Role = "user" },
            ServiceUrl = serviceUrl,
        };
        var address = $"{serviceUrl.TrimEnd('/')}/v3/conversations/{Uri.EscapeDataString(reference.ConversationId)}/activities";
        try
        {
            using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(addressed, BotProtocolJson.Default.Activity));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await http.PostAsync(new Uri(address), content, cancellationToken);
            return response.IsSuccessStatusCode ? null : $"the connector answered {(int)response.StatusCode}";
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return exception.GetType().Name;
        }
    }

    [LoggerMessage(2202, LogLevel.Warning, "Row {Sequence} of conversation {ConversationId} not delivered at attempt {Attempt}: {Reason}")]
    private partial void LogNotDelivered(string conversationId, long sequence, int attempt, string reason);
}
