namespace ChatAgent.Neural;

/// <summary>A long text as B parallel streams, walked a few steps at a time for truncated backpropagation.</summary>
/// <remarks>Stream b is the b-th even share of the text; the rest at its end is left out. Time first, as the layers want it.</remarks>
public sealed class TokenStreams
{
    private readonly int[] _tokens;
    private readonly int _perStream;

    /// <param name="tokens">The whole text.</param>
    /// <param name="batch">B, 1 or more.</param>
    /// <param name="steps">T, 1 or more: steps of one chunk at most.</param>
    /// <exception cref="ArgumentException">Fewer than two tokens for each stream: there is nothing to predict.</exception>
    public TokenStreams(ReadOnlySpan<int> tokens, int batch, int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        if (tokens.Length / batch < 2)
        {
            throw new ArgumentException($"{tokens.Length} tokens in {batch} streams; each stream needs at least 2", nameof(tokens));
        }

        (Batch, Steps) = (batch, steps);
        _tokens = tokens.ToArray();
        _perStream = tokens.Length / batch;
    }

    /// <summary>B.</summary>
    public int Batch { get; }

    /// <summary>T, steps of a chunk at most.</summary>
    public int Steps { get; }

    /// <summary>Chunks of one pass.</summary>
    public int Chunks => (_perStream - 1 + Steps - 1) / Steps;

    /// <summary>Tokens that one pass predicts.</summary>
    public long Predictions => (long)(_perStream - 1) * Batch;

    /// <summary>Fills one chunk, (T, B) each.</summary>
    /// <returns>Its steps: T, or fewer in the last chunk.</returns>
    public int Fill(int chunk, Span<int> inputs, Span<int> targets)
    {
        var start = chunk * Steps;
        var steps = Math.Min(Steps, _perStream - 1 - start);
        for (var b = 0; b < Batch; b++)
        {
            var from = (b * _perStream) + start;
            for (var t = 0; t < steps; t++)
            {
                inputs[(t * Batch) + b] = _tokens[from + t];
                targets[(t * Batch) + b] = _tokens[from + t + 1];
            }
        }

        return steps;
    }
}
