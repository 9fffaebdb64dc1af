using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChatAgent.Dialogs;
using ChatAgent.Store;

namespace ChatAgent.Server.Agendas;

/// <summary>Tells another program what became of appointments: each change once or more, in order, from the log's own feed.</summary>
/// <remarks>
/// POST of {"id","type","at","conversation","appointment":{"id","status","start"}}; the id is the same at every repetition. Header
/// <c>ChatAgent-Signature: t=UNIX,v1=HEX</c>, HEX the HMAC-SHA256 of "UNIX.BODY" under the secret: whoever takes it checks both, and that UNIX is of now. Any 2xx takes it.
/// What is not taken is tried again after 5 s, 10 s … 1 h; after a day it is given up with an error in the log, so that what came later is told too. How far was told
/// stands in the store: a host that was killed goes on there. A first start begins with what happens from then on.
/// </remarks>
internal sealed partial class WebhookDelivery(IConversationStore store, AgendaSettings settings, HttpClient http, TimeProvider time, ILogger<WebhookDelivery> logger) : BackgroundService
{
    public const string SignatureHeader = "ChatAgent-Signature";

    private const string Collection = "settings";
    private const string CursorId = "webhook";
    private const int PageRows = 200;
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);
    private static readonly TimeSpan GivesUpAfter = TimeSpan.FromDays(1);
    private static readonly TimeSpan FailurePause = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.Webhook is not { } target)
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(target, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The host stops; what was not told is told at the next start.
            }
            catch (Exception failure)
            {
                // A full disk, say: the feed is read again from where it was told to.
                LogFailed(failure);
                await Task.Delay(FailurePause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task FollowAsync(WebhookTarget target, CancellationToken stoppingToken)
    {
        var position = await ReadCursorAsync(stoppingToken);
        while (true)
        {
            var page = await store.ReadFeedAsync(position, PageRows, stoppingToken);
            if (page.Count == 0)
            {
                await store.WaitForFeedAsync(position, stoppingToken);
                continue;
            }

            foreach (var entry in page)
            {
                if (entry is { Kind: ConversationEvents.AppointmentChanged, Author: not Author.Client, Payload: not null })
                {
                    await TellAsync(target, entry, stoppingToken);
                    await WriteCursorAsync(entry.FeedPosition, stoppingToken);
                }

                position = entry.FeedPosition;
            }
        }
    }

    /// <summary>The header for a body.</summary>
    public static string Sign(string secret, long unixSeconds, string body)
    {
        var signed = string.Create(CultureInfo.InvariantCulture, $"{unixSeconds}.{body}");
        return string.Create(CultureInfo.InvariantCulture, $"t={unixSeconds},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(signed)))}");
    }

    private async Task TellAsync(WebhookTarget target, LogEntry entry, CancellationToken cancellationToken)
    {
        var change = JsonSerializer.Deserialize(entry.Payload!, WebhookJson.Default.AppointmentEvent)!;
        var body = JsonSerializer.Serialize(
            new WebhookBody(
                string.Create(CultureInfo.InvariantCulture, $"{entry.ConversationId}/{entry.Sequence}"),
                ConversationEvents.AppointmentChanged,
                entry.Timestamp,
                entry.ConversationId,
                new WebhookAppointment(change.AppointmentId, change.Status, change.Start.ToString("uuuu'-'MM'-'dd'T'HH':'mm", CultureInfo.InvariantCulture))),
            WebhookJson.Default.WebhookBody);
        var began = time.GetUtcNow();
        for (var attempt = 1; ; attempt++)
        {
            var problem = await PostAsync(target, body, cancellationToken);
            if (problem is null)
            {
                LogTold(entry.ConversationId, entry.Sequence, attempt);
                return;
            }

            if (time.GetUtcNow() - began > GivesUpAfter)
            {
                LogGivenUp(entry.ConversationId, entry.Sequence, problem);
                return;
            }

            LogNotTold(entry.ConversationId, entry.Sequence, attempt, problem);
            await Task.Delay(TimeSpan.FromSeconds(Math.Min(LongestWait.TotalSeconds, 5 * Math.Pow(2, attempt - 1))), time, cancellationToken);
        }
    }

    private async Task<string?> PostAsync(WebhookTarget target, string body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, target.Url) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.TryAddWithoutValidation(SignatureHeader, Sign(target.Secret, time.GetUtcNow().ToUnixTimeSeconds(), body));
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.IsSuccessStatusCode ? null : ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        }
        catch (HttpRequestException error)
        {
            return error.HttpRequestError.ToString();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "no answer in time";
        }
    }

    private async Task<long> ReadCursorAsync(CancellationToken cancellationToken)
    {
        if (await store.FindDocumentAsync(Collection, CursorId, cancellationToken) is { } document)
        {
            return JsonSerializer.Deserialize(document.Json, WebhookJson.Default.WebhookCursor)!.Position;
        }

        var end = await store.ReadFeedEndAsync(cancellationToken);
        await WriteCursorAsync(end, cancellationToken);
        return end;
    }

    private Task WriteCursorAsync(long position, CancellationToken cancellationToken) => store.WriteDocumentsAsync(
        [new DocumentWrite { Collection = Collection, Id = CursorId, Json = JsonSerializer.Serialize(new WebhookCursor(position), WebhookJson.Default.WebhookCursor) }], cancellationToken);

    [LoggerMessage(2401, LogLevel.Information, "Row {Sequence} of conversation {ConversationId} was told to the webhook at attempt {Attempt}")]
    private partial void LogTold(string conversationId, long sequence, int attempt);

    [LoggerMessage(2402, LogLevel.Warning, "Row {Sequence} of conversation {ConversationId} was not taken by the webhook at attempt {Attempt}: {Reason}")]
    private partial void LogNotTold(string conversationId, long sequence, int attempt, string reason);

    [LoggerMessage(2404, LogLevel.Error, "Following the feed for the webhook failed; it is tried again")]
    private partial void LogFailed(Exception failure);

    [LoggerMessage(2403, LogLevel.Error, "Row {Sequence} of conversation {ConversationId} is given up: the webhook has not taken it for a day: {Reason}")]
    private partial void LogGivenUp(string conversationId, long sequence, string reason);
}

internal sealed record WebhookBody(string Id, string Type, DateTimeOffset At, string Conversation, WebhookAppointment Appointment);

/// <param name="Id">The agenda's.</param>
/// <param name="Status">"booked", "confirmed" or "declined".</param>
/// <param name="Start">Wall time at the clinic, "2026-05-04T09:00".</param>
internal sealed record WebhookAppointment(string Id, AppointmentStatus Status, string Start);

/// <param name="Position">Of the feed, up to which all was told.</param>
internal sealed record WebhookCursor(long Position);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, Converters = [typeof(LocalDateTimeConverter), typeof(StatusConverter)])]
[JsonSerializable(typeof(WebhookBody))]
[JsonSerializable(typeof(WebhookCursor))]
[JsonSerializable(typeof(AppointmentEvent))]
internal sealed partial class WebhookJson : JsonSerializerContext
{
}

/// <summary>"confirmed": written in lower case, read in any.</summary>
internal sealed class StatusConverter() : JsonStringEnumConverter<AppointmentStatus>(JsonNamingPolicy.CamelCase);
