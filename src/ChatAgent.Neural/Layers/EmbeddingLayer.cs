namespace ChatAgent.Neural;

/// <summary>A row of numbers for each token.</summary>
/// <remarks>
/// y_i = W[token_i]          W  weight, shape (V, E)      y  shape (count, E)
/// Not thread-safe: one instance per trainer.
/// </remarks>
public sealed class EmbeddingLayer
{
    /// <summary>Adds <c>{name}.weight</c>, drawn from a normal distribution of deviation 0.1.</summary>
    public EmbeddingLayer(ParameterSet parameters, string name, int vocabulary, int size, Random random)
    {
        Weight = parameters.Add($"{name}.weight", vocabulary, size);
        Weight.FillNormal(random, 0.1f);
    }

    /// <summary>V×E.</summary>
    public Parameter Weight { get; }

    /// <summary>V.</summary>
    public int Vocabulary => Weight.Shape[0];

    /// <summary>E.</summary>
    public int Size => Weight.Shape[1];

    /// <summary>Copies the tokens' rows.</summary>
    /// <param name="tokens">Each from 0 to V − 1.</param>
    /// <param name="y">A row for each token; the embedding goes to the row's first E places.</param>
    /// <param name="stride">Length of a row of <paramref name="y"/>: E, or more where something stands beside the embedding.</param>
    /// <exception cref="ArgumentOutOfRangeException">A token is outside the vocabulary.</exception>
    public void Forward(ReadOnlySpan<int> tokens, Span<float> y, int stride)
    {
        var weight = (ReadOnlySpan<float>)Weight.Values;
        for (var i = 0; i < tokens.Length; i++)
        {
            weight.Slice(Row(tokens[i]), Size).CopyTo(y[(i * stride)..]);
        }
    }

    /// <summary>Adds each row of <paramref name="dy"/> to its token's gradient.</summary>
    public void Backward(ReadOnlySpan<int> tokens, ReadOnlySpan<float> dy, int stride)
    {
        var gradient = Weight.Gradients;
        for (var i = 0; i < tokens.Length; i++)
        {
            Kernels.Add(dy.Slice(i * stride, Size), gradient.Slice(Row(tokens[i]), Size));
        }
    }

    private int Row(int token)
    {
        if ((uint)token >= (uint)Vocabulary)
        {
            throw new ArgumentOutOfRangeException(nameof(token), token, $"token outside the vocabulary of {Vocabulary}");
        }

        return token * Size;
    }
}
