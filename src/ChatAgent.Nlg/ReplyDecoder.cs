namespace ChatAgent.Nlg;

/// <summary>A <see cref="ReplyModel"/> bound to one meaning. Immutable and thread-safe.</summary>
public sealed class ReplyDecoder : INextTokenModel<ReplyState>
{
    private readonly ReplyModel _model;
    private readonly float[] _context;

    internal ReplyDecoder(ReplyModel model, ReplyMeaning meaning)
    {
        _model = model;
        _context = new float[model.Layout.Size];
        model.Layout.Write(meaning, _context);
    }

    /// <inheritdoc/>
    public int VocabularySize => _model.Units.Count;

    /// <inheritdoc/>
    public int StartToken => _model.StartToken;

    /// <inheritdoc/>
    public int EndToken => _model.EndToken;

    /// <inheritdoc/>
    public ReplyState Start(int rows) => _model.Start(rows, _ => _context);

    /// <inheritdoc/>
    /// <remarks>A placeholder or a phrase ticks its slot off. The unknown unit and the start are never said: negative infinity.</remarks>
    public void Step(ReplyState state, ReadOnlySpan<int> tokens, Span<float> logProbabilities) => _model.Advance(state, tokens, logProbabilities);

    /// <inheritdoc/>
    public ReplyState Gather(ReplyState state, ReadOnlySpan<int> parents) => state.Gather(parents);
}
