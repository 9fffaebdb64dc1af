namespace ChatAgent.Dialogs;

/// <summary>The bundle in use. A turn keeps the one that it began with; the old one is let go when its last turn has ended.</summary>
public sealed class BundleHolder(Bundle first)
{
    private Bundle _current = first;

    public Bundle Current => Volatile.Read(ref _current);

    /// <summary>Turns that begin from now on use <paramref name="next"/>.</summary>
    /// <returns>The one that was in use.</returns>
    public Bundle Swap(Bundle next) => Interlocked.Exchange(ref _current, next);
}
