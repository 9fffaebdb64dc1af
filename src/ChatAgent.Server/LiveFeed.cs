using System.Threading.Channels;
using ChatAgent.Store;

namespace ChatAgent.Server;

/// <summary>Follows the store's feed once for the whole host and wakes whoever waits for a conversation or for all of them.</summary>
/// <remarks>
/// Waking is a hint: a listener reads the log itself, from the sequence that it has reached, so that a hint lost or doubled changes nothing.
/// </remarks>
internal sealed partial class LiveFeed(IConversationStore store, ILogger<LiveFeed> logger) : BackgroundService
{
    private const int PageRows = 256;
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Subscription>> _byConversation = new(StringComparer.Ordinal);
    private readonly List<Subscription> _all = [];

    /// <summary>Listens to one conversation, or to every one when null.</summary>
    public Subscription Subscribe(string? conversationId)
    {
        var subscription = new Subscription(this, conversationId);
        lock (_gate)
        {
            ListenersOf(conversationId).Add(subscription);
        }

        return subscription;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var position = await store.ReadFeedEndAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await store.WaitForFeedAsync(position, stoppingToken);
                foreach (var entry in await store.ReadFeedAsync(position, PageRows, stoppingToken))
                {
                    position = entry.FeedPosition;
                    Wake(entry.ConversationId);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogFeedFailed(exception);
                await Task.Delay(RetryPause, stoppingToken);
            }
        }
    }

    private void Wake(string conversationId)
    {
        lock (_gate)
        {
            foreach (var subscription in _all)
            {
                subscription.Wake(conversationId);
            }

            if (_byConversation.TryGetValue(conversationId, out var listeners))
            {
                foreach (var subscription in listeners)
                {
                    subscription.Wake(conversationId);
                }
            }
        }
    }

    private List<Subscription> ListenersOf(string? conversationId)
    {
        if (conversationId is null)
        {
            return _all;
        }

        if (!_byConversation.TryGetValue(conversationId, out var listeners))
        {
            _byConversation[conversationId] = listeners = [];
        }

        return listeners;
    }

    private void Remove(Subscription subscription)
    {
        lock (_gate)
        {
            var listeners = ListenersOf(subscription.ConversationId);
            listeners.Remove(subscription);
            if (subscription.ConversationId is { } conversationId && listeners.Count == 0)
            {
                _byConversation.Remove(conversationId);
            }
        }
    }

    [LoggerMessage(2001, LogLevel.Error, "Following the feed failed; trying again")]
    private partial void LogFeedFailed(Exception exception);

    /// <summary>One listener; at most one hint a conversation waits in it.</summary>
    internal sealed class Subscription(LiveFeed feed, string? conversationId) : IDisposable
    {
        private readonly Channel<string> _hints = conversationId is null
            ? Channel.CreateUnbounded<string>()
            : Channel.CreateBounded<string>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

        public string? ConversationId { get; } = conversationId;

        /// <summary>Ids of conversations that have news.</summary>
        public ChannelReader<string> Hints => _hints.Reader;

        public void Wake(string id) => _hints.Writer.TryWrite(id);

        public void Dispose() => feed.Remove(this);
    }
}
