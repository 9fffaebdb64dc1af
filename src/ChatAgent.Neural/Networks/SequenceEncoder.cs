namespace ChatAgent.Neural;

/// <summary>Rows of an embedding at each step, then a recurrent stack: what classifier and tagger have in common.</summary>
/// <remarks>
/// x_t = W[f_0] + mean of W[f_1], W[f_2], ...      f  the rows of step t: a word, then its pieces      W  shape (V, E)
/// h   = stack(x)                                  shape (T, B, D), D = H or 2H
/// Pieces after Bojanowski et al. 2017, arXiv:1607.04606. Not thread-safe while training.
/// </remarks>
public sealed class SequenceEncoder
{
    private readonly SequenceNetworkOptions _options;

    internal SequenceEncoder(ParameterSet parameters, SequenceNetworkOptions options, Random random, WorkerPool? pool)
    {
        _options = options;
        Embedding = new EmbeddingLayer(parameters, "embedding", options.Features, options.Embedding, random);
        Stack = new RecurrentStack(parameters, Cells.NameOf(options.Cell), options.Stack, random, pool);
    }

    /// <summary>V×E; a caller may write vectors that were learnt elsewhere into it.</summary>
    public EmbeddingLayer Embedding { get; }

    /// <summary>Layers.</summary>
    public RecurrentStack Stack { get; }

    /// <summary>Fills the tape: lengths, steps, inputs, outputs.</summary>
    internal void Forward(ReadOnlySpan<FeatureSequence> sequences, SequenceTape tape, bool training)
    {
        tape.Place(sequences);
        var (batch, width) = (tape.Batch, _options.Embedding);
        var x = tape.X.AsSpan(0, tape.Steps * batch * width);
        x.Clear();
        for (var b = 0; b < sequences.Length; b++)
        {
            for (var t = 0; t < tape.Lengths[b]; t++)
            {
                var ids = sequences[b][t];
                var row = x.Slice(((t * batch) + b) * width, width);
                var first = tape.FirstRows[(t * batch) + b] = training && tape.DropsWord(_options.WordDropout) ? _options.Unknown : ids[0];
                Embedding.Forward([first], row, width);
                foreach (var piece in ids[1..])
                {
                    Kernels.Axpy(1f / (ids.Length - 1), Row(Embedding.Weight.Values, piece), row);
                }
            }
        }

        tape.Stack.ResetState();
        Stack.Forward(x, tape.Lengths, tape.Stack, tape.Steps, training);
    }

    /// <summary>Goes back from the outputs' gradient in the tape.</summary>
    internal void Backward(ReadOnlySpan<FeatureSequence> sequences, SequenceTape tape)
    {
        var (batch, width, rows) = (tape.Batch, _options.Embedding, tape.Steps * tape.Batch);
        var dx = tape.X.AsSpan(0, rows * width);
        Stack.Backward(tape.DOutputs.AsSpan(0, rows * Stack.Outputs), dx, tape.Lengths, tape.Stack, tape.Steps);
        for (var b = 0; b < sequences.Length; b++)
        {
            for (var t = 0; t < tape.Lengths[b]; t++)
            {
                var ids = sequences[b][t];
                var d = dx.Slice(((t * batch) + b) * width, width);
                Kernels.Add(d, Row(Embedding.Weight.Gradients, tape.FirstRows[(t * batch) + b]));
                foreach (var piece in ids[1..])
                {
                    Kernels.Axpy(1f / (ids.Length - 1), d, Row(Embedding.Weight.Gradients, piece));
                }
            }
        }
    }

    private Span<float> Row(Span<float> table, int row)
    {
        if ((uint)row >= (uint)_options.Features)
        {
            throw new ArgumentOutOfRangeException(nameof(row), row, $"row outside the embedding of {_options.Features}");
        }

        return table.Slice(row * _options.Embedding, _options.Embedding);
    }
}
