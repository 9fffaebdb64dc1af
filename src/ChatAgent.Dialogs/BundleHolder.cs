namespace ChatAgent.Dialogs;

/// <summary>The bundle in use. A turn keeps the one that it began with; the old one is let go when its last turn has ended.</summary>
public sealed class BundleHolder(Bundle? first = null)
{
    private Bundle? _current = first;

    /// <summary>The bundle for the turn that begins now.</summary>
    /// <exception cref="InvalidOperationException">There is none yet: a host accepts messages before its first bundle is trained, and runs turns after.</exception>
    public Bundle Current => Volatile.Read(ref _current) ?? throw new InvalidOperationException("no bundle has been prepared yet");

    /// <summary>Turns that begin from now on use <paramref name="next"/>.</summary>
    /// <returns>The one that was in use; null before the first.</returns>
    public Bundle? Swap(Bundle next) => Interlocked.Exchange(ref _current, next);
}
