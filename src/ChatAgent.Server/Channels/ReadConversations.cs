namespace ChatAgent.Server.Channels;

/// <summary>The conversations that were read last, at most two generations of <paramref name="capacity"/>. Thread-safe.</summary>
/// <remarks>Two generations: when the younger is full it becomes the older, and the older is forgotten. A conversation that is read again becomes young.</remarks>
internal sealed class ReadConversations(int capacity = ReadConversations.GenerationSize)
{
    /// <summary>Conversations of one generation; an id of 36 characters takes some 150 bytes.</summary>
    private const int GenerationSize = 50_000;

    private readonly Lock _gate = new();
    private HashSet<string> _young = new(StringComparer.Ordinal);
    private HashSet<string> _old = new(StringComparer.Ordinal);

    public bool Contains(string conversationId)
    {
        lock (_gate)
        {
            return _young.Contains(conversationId) || _old.Contains(conversationId);
        }
    }

    public void Add(string conversationId)
    {
        lock (_gate)
        {
            if (_young.Add(conversationId) && _young.Count >= capacity)
            {
                (_old, _young) = (_young, new HashSet<string>(StringComparer.Ordinal));
            }
        }
    }
}
