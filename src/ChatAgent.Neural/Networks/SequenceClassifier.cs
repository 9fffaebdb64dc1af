namespace ChatAgent.Neural;

/// <summary>Many to one: a class for a whole sequence.</summary>
/// <remarks>
/// h = encoder(sequence), p = pool(h), with dropout        p  shape (D)
/// P(class) = softmax(W p + b)                             W  shape (C, D)
/// Not thread-safe while training. After <see cref="Freeze"/> Predict is, with a tape for each thread.
/// </remarks>
public sealed class SequenceClassifier
{
    private readonly AttentionPooling? _attention;
    private readonly LinearLayer _output;
    private readonly WorkerPool? _pool;

    /// <summary>A network with random parameters; the same seed gives the same.</summary>
    /// <exception cref="ArgumentOutOfRangeException">See <see cref="SequenceNetworkOptions"/>.</exception>
    public SequenceClassifier(SequenceNetworkOptions options, Random random, WorkerPool? pool = null)
    {
        SequenceNetworkOptions.Require(options);
        (Options, _pool, Parameters.Pool) = (options, pool, pool);
        Encoder = new SequenceEncoder(Parameters, options, random, pool);
        _attention = options.Pooling == SequencePooling.Attention ? new AttentionPooling(Parameters, "attention", Encoder.Stack.Outputs, options.Hidden, random, pool) : null;
        _output = new LinearLayer(Parameters, "output", Encoder.Stack.Outputs, options.Classes, random, pool);
    }

    /// <summary>Sizes.</summary>
    public SequenceNetworkOptions Options { get; }

    /// <summary>All parameters.</summary>
    public ParameterSet Parameters { get; } = new();

    /// <summary>Embedding and layers.</summary>
    public SequenceEncoder Encoder { get; }

    /// <summary>Buffers.</summary>
    /// <param name="maxSteps">Longer sequences are cut.</param>
    /// <param name="batch">The most sequences of one call.</param>
    /// <param name="random">Seeds the dropout masks of a tape for training; null of a tape for use.</param>
    public SequenceTape CreateTape(int maxSteps, int batch, Random? random = null)
    {
        var width = Encoder.Stack.Outputs;
        return new SequenceTape(Encoder, Options, maxSteps, batch, random)
        {
            Attention = _attention?.CreateTape(maxSteps, batch),
            Pooling = _attention is null ? new PoolingLayer(Options.Pooling, width, batch, Options.Bidirectional ? Options.Hidden : 0) : null,
            PooledDropout = random is null ? null : new Dropout(Options.Dropout, batch * width, random),
            Pooled = new float[checked(batch * width)],
            DPooled = random is null ? [] : new float[batch * width],
            Scores = new float[checked(batch * Options.Classes)],
            Labels = new int[batch],
        };
    }

    /// <summary>Packs the weights as they are now, for use from many threads.</summary>
    public void Freeze() => Encoder.Stack.Freeze();

    /// <summary>One batch forward and back: adds to the gradients.</summary>
    /// <param name="tape">Made with a random.</param>
    /// <param name="sequences">At most the tape's batch.</param>
    /// <param name="classes">One each, 0 to C − 1.</param>
    /// <param name="step">Optimiser steps taken, for the message when numbers break.</param>
    /// <returns>Mean −ln P of the right classes.</returns>
    /// <exception cref="TrainingDivergedException">The loss is not finite.</exception>
    public double ForwardBackward(SequenceTape tape, ReadOnlySpan<FeatureSequence> sequences, ReadOnlySpan<int> classes, long step)
    {
        Forward(tape, sequences, training: true);
        tape.Labels.AsSpan().Fill(-1);
        classes.CopyTo(tape.Labels);
        var loss = SoftmaxCrossEntropy.ForwardBackward(tape.Scores, tape.Labels, 1f / sequences.Length, _pool);
        if (!double.IsFinite(loss))
        {
            throw new TrainingDivergedException($"output of {Encoder.Stack.FirstBroken(tape.Stack, tape.Steps) ?? "output"}", step);
        }

        _output.Backward(tape.Pooled, tape.Scores, tape.DPooled);
        tape.PooledDropout!.Backward(tape.DPooled, tape.DPooled);
        var outputs = tape.Stack.Outputs(tape.Steps);
        var dOutputs = tape.DOutputs.AsSpan(0, tape.Steps * tape.Batch * Encoder.Stack.Outputs);
        dOutputs.Clear();
        _attention?.Backward(outputs, tape.Lengths, tape.DPooled, dOutputs, tape.Attention!);
        tape.Pooling?.Backward(tape.Lengths, tape.DPooled, dOutputs);
        Encoder.Backward(sequences, tape);
        return loss;
    }

    /// <summary>Summed −ln P of the right classes, without dropout.</summary>
    public double Evaluate(SequenceTape tape, ReadOnlySpan<FeatureSequence> sequences, ReadOnlySpan<int> classes)
    {
        Forward(tape, sequences, training: false);
        tape.Labels.AsSpan().Fill(-1);
        classes.CopyTo(tape.Labels);
        return SoftmaxCrossEntropy.Forward(tape.Scores, tape.Labels, 1f, _pool);
    }

    /// <summary>How probable each class is.</summary>
    /// <param name="probabilities">(sequences, C), set. How each step counted is then in <see cref="SequenceTape.Attention"/>.</param>
    public void Predict(SequenceTape tape, ReadOnlySpan<FeatureSequence> sequences, Span<float> probabilities)
    {
        Forward(tape, sequences, training: false);
        tape.Scores.AsSpan(0, sequences.Length * Options.Classes).CopyTo(probabilities);
        for (var b = 0; b < sequences.Length; b++)
        {
            Kernels.Softmax(probabilities.Slice(b * Options.Classes, Options.Classes));
        }
    }

    private void Forward(SequenceTape tape, ReadOnlySpan<FeatureSequence> sequences, bool training)
    {
        Encoder.Forward(sequences, tape, training);
        var outputs = tape.Stack.Outputs(tape.Steps);
        _attention?.Forward(outputs, tape.Lengths, tape.Pooled, tape.Attention!);
        tape.Pooling?.Forward(outputs, tape.Lengths, tape.Pooled);
        if (training)
        {
            tape.PooledDropout!.Forward(tape.Pooled, tape.Pooled);
        }

        _output.Forward(tape.Pooled, tape.Scores);
    }
}
