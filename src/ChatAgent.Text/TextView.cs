namespace ChatAgent.Text;

/// <summary>A normalised reading of a text, with the way back to what was typed.</summary>
/// <remarks>Immutable. A view is at most a few times as long as its text; both maps count UTF-16 code units.</remarks>
public sealed class TextView
{
    // Start and end, in the typed text, of what each code unit of the view came from. Null when the view is the text itself.
    private readonly int[]? _starts;
    private readonly int[]? _ends;

    internal TextView(string text, int[]? starts, int[]? ends)
    {
        Text = text;
        _starts = starts;
        _ends = ends;
    }

    /// <summary>The normalised text.</summary>
    public string Text { get; }

    /// <summary>The stretch that was typed for a stretch of this view. An empty stretch stays empty.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The stretch does not lie in <see cref="Text"/>.</exception>
    public TextSpan ToTyped(TextSpan span)
    {
        if (span.Start < 0 || span.Length < 0 || span.End > Text.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(span), span, $"a view of {Text.Length} code units");
        }

        if (_starts is null || _ends is null)
        {
            return span;
        }

        var start = span.Start < _starts.Length ? _starts[span.Start] : _ends.Length == 0 ? 0 : _ends[^1];
        return span.Length == 0 ? new TextSpan(start, 0) : new TextSpan(start, _ends[span.End - 1] - start);
    }
}
