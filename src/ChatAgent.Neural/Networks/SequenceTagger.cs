namespace ChatAgent.Neural;

/// <summary>Many to many, aligned: a label for each step of a sequence.</summary>
/// <remarks>
/// h = encoder(sequence)                     shape (T, B, D)
/// e_t = W h_t + b                           scores of the labels, shape (C)
/// labels by a <see cref="CrfLayer"/> over all steps, or by softmax(e_t) at each
/// Source: Lample et al. 2016, arXiv:1603.01360. Not thread-safe while training. After <see cref="Freeze"/> Tag and Probabilities are, with a tape for each thread.
/// </remarks>
public sealed class SequenceTagger
{
    private readonly LinearLayer _output;
    private readonly CrfLayer? _crf;
    private readonly WorkerPool? _pool;

    /// <summary>A network with random parameters; the same seed gives the same.</summary>
    /// <param name="isAllowed">Whether a label may follow another; see <see cref="CrfLayer"/>. Read only with a CRF.</param>
    /// <exception cref="ArgumentOutOfRangeException">See <see cref="SequenceNetworkOptions"/>.</exception>
    public SequenceTagger(SequenceNetworkOptions options, Random random, Func<int, int, bool>? isAllowed = null, WorkerPool? pool = null)
    {
        SequenceNetworkOptions.Require(options);
        (Options, _pool, Parameters.Pool) = (options, pool, pool);
        Encoder = new SequenceEncoder(Parameters, options, random, pool);
        _output = new LinearLayer(Parameters, "output", Encoder.Stack.Outputs, options.Classes, random, pool);
        _crf = options.Crf ? new CrfLayer(Parameters, "crf", options.Classes, isAllowed) : null;
    }

    /// <summary>Sizes.</summary>
    public SequenceNetworkOptions Options { get; }

    /// <summary>All parameters.</summary>
    public ParameterSet Parameters { get; } = new();

    /// <summary>Embedding and layers.</summary>
    public SequenceEncoder Encoder { get; }

    /// <summary>Buffers; see <see cref="SequenceClassifier.CreateTape"/>.</summary>
    public SequenceTape CreateTape(int maxSteps, int batch, Random? random = null)
    {
        var rows = checked(maxSteps * batch);
        return new SequenceTape(Encoder, Options, maxSteps, batch, random)
        {
            Crf = _crf?.CreateTape(maxSteps, batch), Scores = new float[checked(rows * Options.Classes)], Labels = new int[rows],
        };
    }

    /// <summary>Packs the weights as they are now, for use from many threads.</summary>
    public void Freeze() => Encoder.Stack.Freeze();

    /// <summary>One batch forward and back: adds to the gradients.</summary>
    /// <param name="tape">Made with a random.</param>
    /// <param name="sequences">At most the tape's batch.</param>
    /// <param name="labels">One for each step of each sequence, 0 to C − 1.</param>
    /// <param name="step">Optimiser steps taken, for the message when numbers break.</param>
    /// <returns>Mean −ln P a step.</returns>
    /// <exception cref="ArgumentException">A sequence has another number of labels than steps.</exception>
    /// <exception cref="TrainingDivergedException">The loss is not finite.</exception>
    public double ForwardBackward(SequenceTape tape, ReadOnlySpan<FeatureSequence> sequences, ReadOnlySpan<int[]> labels, long step)
    {
        Encoder.Forward(sequences, tape, training: true);
        var count = Score(tape, sequences, labels);
        var scores = ScoresOf(tape);
        var targets = LabelsOf(tape);
        var weight = 1f / Math.Max(1, count);
        var loss = _crf?.ForwardBackward(scores, targets, tape.Lengths, weight, tape.Crf!) ?? SoftmaxCrossEntropy.ForwardBackward(scores, targets, weight, _pool);
        if (!double.IsFinite(loss))
        {
            throw new TrainingDivergedException($"output of {Encoder.Stack.FirstBroken(tape.Stack, tape.Steps) ?? "output"}", step);
        }

        _output.Backward(tape.Stack.Outputs(tape.Steps), scores, tape.DOutputs.AsSpan(0, tape.Steps * tape.Batch * Encoder.Stack.Outputs));
        Encoder.Backward(sequences, tape);
        return loss;
    }

    /// <summary>Summed −ln P and number of steps, without dropout.</summary>
    public (double Loss, int Count) Evaluate(SequenceTape tape, ReadOnlySpan<FeatureSequence> sequences, ReadOnlySpan<int[]> labels)
    {
        Encoder.Forward(sequences, tape, training: false);
        var count = Score(tape, sequences, labels);
        var scores = ScoresOf(tape);
        var targets = LabelsOf(tape);
        return (_crf?.Forward(scores, targets, tape.Lengths, 1f, tape.Crf!) ?? SoftmaxCrossEntropy.Forward(scores, targets, 1f, _pool), count);
    }

    /// <summary>The best labels of a sequence; steps beyond the tape's most are read in a further call, from a fresh state.</summary>
    /// <param name="tape">Of any batch; the first row is used.</param>
    /// <returns>One label for each step.</returns>
    public int[] Tag(SequenceTape tape, FeatureSequence sequence)
    {
        var labels = new int[sequence.Length];
        for (var start = 0; start < labels.Length; start += tape.MaxSteps)
        {
            Encoder.Forward([sequence.Slice(start, tape.MaxSteps)], tape, training: false);
            Score(tape, [], []);
            var scores = ScoresOf(tape);
            var targets = LabelsOf(tape);
            if (_crf is not null)
            {
                _crf.Decode(scores, tape.Lengths, targets, tape.Crf!);
            }

            for (var t = 0; t < tape.Lengths[0]; t++)
            {
                labels[start + t] = _crf is not null ? targets[t * tape.Batch] : LargestOf(scores.Slice(t * tape.Batch * Options.Classes, Options.Classes));
            }
        }

        return labels;
    }

    /// <summary>How probable each label is at each step, over all label sequences with a CRF.</summary>
    /// <returns>(n, C), row-major, n at most the tape's steps.</returns>
    public float[] Probabilities(SequenceTape tape, FeatureSequence sequence)
    {
        Encoder.Forward([sequence], tape, training: false);
        Score(tape, [], []);
        var scores = ScoresOf(tape);
        _crf?.Marginals(scores, tape.Lengths, tape.Crf!);
        var probabilities = new float[tape.Lengths[0] * Options.Classes];
        for (var t = 0; t < tape.Lengths[0]; t++)
        {
            var row = probabilities.AsSpan(t * Options.Classes, Options.Classes);
            scores.Slice(t * tape.Batch * Options.Classes, Options.Classes).CopyTo(row);
            if (_crf is null)
            {
                Kernels.Softmax(row);
            }
        }

        return probabilities;
    }

    private Span<float> ScoresOf(SequenceTape tape) => tape.Scores.AsSpan(0, tape.Steps * tape.Batch * Options.Classes);

    private static Span<int> LabelsOf(SequenceTape tape) => tape.Labels.AsSpan(0, tape.Steps * tape.Batch);

    /// <summary>Scores and, where there are any, labels into the tape.</summary>
    /// <returns>The number of labels.</returns>
    private int Score(SequenceTape tape, ReadOnlySpan<FeatureSequence> sequences, ReadOnlySpan<int[]> labels)
    {
        var scores = ScoresOf(tape);
        var targets = LabelsOf(tape);
        var count = 0;
        _output.Forward(tape.Stack.Outputs(tape.Steps), scores);
        targets.Fill(-1);
        for (var b = 0; b < labels.Length; b++)
        {
            if (labels[b].Length != sequences[b].Length)
            {
                throw new ArgumentException($"sequence {b} has {sequences[b].Length} steps and {labels[b].Length} labels", nameof(labels));
            }

            for (var t = 0; t < tape.Lengths[b]; t++, count++)
            {
                targets[(t * tape.Batch) + b] = labels[b][t];
            }
        }

        return count;
    }

    private static int LargestOf(ReadOnlySpan<float> scores)
    {
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
        {
            best = scores[i] > scores[best] ? i : best;
        }

        return best;
    }
}
