using ChatAgent.Store;

namespace ChatAgent.Server.Channels;

/// <summary>Follows the outbox of a channel: claims what is due, has it delivered, and waits for news or for a retry.</summary>
internal sealed partial class OutboxPump(IConversationStore store, LiveFeed feed, TimeProvider time, ILogger<OutboxPump> logger)
{
    private const int BatchRows = 32;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(2);

    /// <summary>Runs until it is cancelled.</summary>
    /// <param name="channel">Whose rows.</param>
    /// <param name="deliverAsync">Delivers one and tells the store what became of it; several run at the same time, of different conversations.</param>
    /// <param name="stoppingToken">Ends it.</param>
    public async Task RunAsync(string channel, Func<OutboxItem, CancellationToken, Task> deliverAsync, CancellationToken stoppingToken)
    {
        using var subscription = feed.Subscribe(null);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var items = await store.ClaimOutboxAsync(channel, BatchRows, Lease, stoppingToken);
                await Task.WhenAll(items.Select(item => deliverAsync(item, stoppingToken)));
                if (items.Count == 0)
                {
                    await WaitAsync(subscription, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogFailed(exception, channel);
                await Task.Delay(Sweep, time, stoppingToken);
            }
        }
    }

    /// <summary>Until there is news, or until a retry may be due.</summary>
    private static async Task WaitAsync(LiveFeed.Subscription subscription, CancellationToken stoppingToken)
    {
        using var sweep = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        sweep.CancelAfter(Sweep);
        try
        {
            await subscription.Hints.ReadAsync(sweep.Token);
            while (subscription.Hints.TryRead(out _))
            {
            }
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            // Nothing happened in the meantime: look whether a retry is due.
        }
    }

    [LoggerMessage(2201, LogLevel.Error, "Delivery on the channel {Channel} failed; trying again")]
    private partial void LogFailed(Exception exception, string channel);
}
