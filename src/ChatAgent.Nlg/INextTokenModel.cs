namespace ChatAgent.Nlg;

/// <summary>What beam search needs of any language model: the distribution of the next token for several hypotheses at once.</summary>
/// <remarks>
/// A state is opaque to the search: rows of one <typeparamref name="TState"/> are gathered when hypotheses survive. Instances are immutable and may be
/// shared by threads; buffers belong to the state.
/// </remarks>
/// <typeparam name="TState">Recurrent state of a batch of hypotheses.</typeparam>
public interface INextTokenModel<TState>
{
    /// <summary>V, the number of tokens; ids run from 0 to V-1.</summary>
    int VocabularySize { get; }

    /// <summary>Id of the token that begins a text.</summary>
    int StartToken { get; }

    /// <summary>Id of the token that ends a text.</summary>
    int EndToken { get; }

    /// <summary>A batch of <paramref name="rows"/> equal states before the first token.</summary>
    TState Start(int rows);

    /// <summary>Feeds one token to each row and writes the log-probabilities of the next, shape (B, V), natural logarithm.</summary>
    /// <param name="state">Changed in place.</param>
    /// <param name="tokens">One a row, shape (B).</param>
    /// <param name="logProbabilities">Shape (B, V).</param>
    void Step(TState state, ReadOnlySpan<int> tokens, Span<float> logProbabilities);

    /// <summary>Makes row i of the result a copy of row <paramref name="parents"/>[i] of <paramref name="state"/>.</summary>
    TState Gather(TState state, ReadOnlySpan<int> parents);
}
