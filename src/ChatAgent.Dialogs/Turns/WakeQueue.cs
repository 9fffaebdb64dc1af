using System.Threading.Channels;

namespace ChatAgent.Dialogs;

/// <summary>Conversations to run, each at most once in the queue and with one runner at a time; a wake during a run makes one more run.</summary>
internal sealed class WakeQueue
{
    private enum Place
    {
        Queued,
        Running,
        RunningAndWoken,
    }

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Place> _places = new(StringComparer.Ordinal);
    private readonly Channel<string> _queue = Channel.CreateUnbounded<string>();

    public void Wake(string conversationId)
    {
        lock (_lock)
        {
            if (!_places.TryGetValue(conversationId, out var place))
            {
                Enqueue(conversationId);
            }
            else if (place == Place.Running)
            {
                _places[conversationId] = Place.RunningAndWoken;
            }
        }
    }

    /// <summary>The next conversation to run; <see cref="Done"/> must follow.</summary>
    public async Task<string> TakeAsync(CancellationToken cancellationToken)
    {
        var conversationId = await _queue.Reader.ReadAsync(cancellationToken);
        lock (_lock)
        {
            _places[conversationId] = Place.Running;
        }

        return conversationId;
    }

    public void Done(string conversationId)
    {
        lock (_lock)
        {
            if (_places.Remove(conversationId, out var place) && place == Place.RunningAndWoken)
            {
                Enqueue(conversationId);
            }
        }
    }

    private void Enqueue(string conversationId)
    {
        _places[conversationId] = Place.Queued;
        _queue.Writer.TryWrite(conversationId);
    }
}
