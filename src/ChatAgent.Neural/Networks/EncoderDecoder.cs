namespace ChatAgent.Neural;

/// <summary>Many to many, unaligned: reads a source in both directions, then writes a target, looking back at the source at every step.</summary>
/// <remarks>
/// m = encoder(source)                              shape (S, B, 2H)
/// s_0 = tanh(W_s [m_last forwards; m_first backwards] + b_s)      the decoder's first state, one map for each layer (and cell)
/// h = decoder(targets moved one to the right, s_0) shape (T, B, H)
/// c = attention(h, m)                              shape (T, B, 2H), see <see cref="AttentionLayer"/>
/// o_t = tanh(W_c [c_t; h_t] + b_c)                 shape (H), with dropout
/// p(y_t) = softmax(W_o o_t + b_o)                  shape (V)
/// Attention does not go back into the recurrence, so that all steps of a target train at once; the decoder knows where it is from its own words and state.
/// Source: Luong, Pham and Manning 2015, arXiv:1508.04025, section 3.1, without input feeding (3.3). Not thread-safe while training. After <see cref="Freeze"/>
/// Start, Step and Align are.
/// </remarks>
public sealed class EncoderDecoder
{
    private readonly WorkerPool? _pool;
    private readonly EmbeddingLayer _source;
    private readonly EmbeddingLayer _target;
    private readonly RecurrentStack _encoder;
    private readonly RecurrentStack _decoder;
    private readonly LinearLayer[] _bridges;
    private readonly AttentionLayer _attention;
    private readonly LinearLayer _combine;
    private readonly LinearLayer _output;

    /// <summary>A network with random parameters; the same seed gives the same.</summary>
    /// <exception cref="ArgumentOutOfRangeException">See <see cref="EncoderDecoderOptions"/>.</exception>
    public EncoderDecoder(EncoderDecoderOptions options, Random random, WorkerPool? pool = null)
    {
        EncoderDecoderOptions.Require(options);
        (Options, _pool, Parameters.Pool) = (options, pool, pool);
        var hidden = options.Hidden;
        _source = new EmbeddingLayer(Parameters, "source", options.SourceVocabulary, options.Embedding, random);
        _encoder = new RecurrentStack(Parameters, "encoder", options.EncoderStack, random, pool);
        _target = new EmbeddingLayer(Parameters, "target", options.TargetVocabulary, options.Embedding, random);
        _decoder = new RecurrentStack(Parameters, "decoder", options.DecoderStack, random, pool);
        _bridges = [.. Enumerable.Range(0, options.Layers * Parts).Select(i => new LinearLayer(Parameters, $"bridge.{i}", 2 * hidden, hidden, random, pool))];
        _attention = new AttentionLayer(Parameters, "attention", options.Attention, 2 * hidden, hidden, random, pool);
        _combine = new LinearLayer(Parameters, "combine", 3 * hidden, hidden, random, pool);
        _output = options.Tied ? new LinearLayer(Parameters, "output", _target.Weight, pool) : new LinearLayer(Parameters, "output", hidden, options.TargetVocabulary, random, pool);
    }

    /// <summary>Sizes.</summary>
    public EncoderDecoderOptions Options { get; }

    /// <summary>All parameters.</summary>
    public ParameterSet Parameters { get; } = new();

    /// <summary>States of a layer: one, or two of an LSTM.</summary>
    private int Parts => _decoder.Layers[0].StateSize / Options.Hidden;

    /// <summary>Buffers for batches.</summary>
    /// <param name="maxSources">Most steps of a source; longer ones are cut.</param>
    /// <param name="maxTargets">Most steps of a target with its end; longer ones are cut.</param>
    /// <param name="batch">Most pairs of one call.</param>
    /// <param name="random">Seeds the dropout masks of a tape for training; null of a tape for use.</param>
    public EncoderDecoderTape CreateTape(int maxSources, int maxTargets, int batch, Random? random = null)
    {
        var hidden = Options.Hidden;
        ModelTooLargeException.ThrowIfTooLarge("steps × batch × vocabulary of the output", 1, maxTargets, batch, Options.TargetVocabulary);
        ModelTooLargeException.ThrowIfTooLarge("batch × target steps × source steps of the attention", 1, batch, maxTargets, maxSources);
        var (sources, targets) = (checked(maxSources * batch), checked(maxTargets * batch));
        return new EncoderDecoderTape(maxSources, maxTargets, batch)
        {
            Encoder = _encoder.CreateTape(maxSources, batch, random),
            Decoder = _decoder.CreateTape(maxTargets, batch, random),
            Attention = _attention.CreateTape(maxTargets, maxSources, batch),
            Last = new PoolingLayer(SequencePooling.Last, 2 * hidden, batch, hidden),
            OutputDropout = new Dropout(random is null ? 0f : Options.Dropout, targets * hidden, random ?? new Random(0)),
            Source = new float[checked(sources * Options.Embedding)],
            Target = new float[checked(targets * Options.Embedding)],
            DMemory = random is null ? [] : new float[checked(sources * 2 * hidden)],
            DHidden = random is null ? [] : new float[checked(targets * hidden)],
            Final = new float[batch * 2 * hidden],
            First = [.. _bridges.Select(_ => new float[batch * hidden])],
            Contexts = new float[checked(targets * 2 * hidden)],
            Both = new float[checked(targets * 3 * hidden)],
            Combined = new float[checked(targets * hidden)],
            Dropped = new float[checked(targets * hidden)],
            Logits = new float[checked(targets * Options.TargetVocabulary)],
        };
    }

    /// <summary>Packs the weights as they are now, for use from many threads.</summary>
    public void Freeze()
    {
        _encoder.Freeze();
        _decoder.Freeze();
    }

    /// <summary>One batch forward and back: adds to the gradients.</summary>
    /// <param name="tape">Made with a random.</param>
    /// <param name="sources">At most the tape's batch.</param>
    /// <param name="targets">One each, without begin and end.</param>
    /// <param name="step">Optimiser steps taken, for the message when numbers break.</param>
    /// <returns>Mean loss of a target's token, its end included, and how many there were.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A token is outside its vocabulary.</exception>
    /// <exception cref="TrainingDivergedException">The loss is not finite.</exception>
    public (double Loss, int Count) ForwardBackward(EncoderDecoderTape tape, ReadOnlySpan<int[]> sources, ReadOnlySpan<int[]> targets, long step)
    {
        var count = tape.Place(sources, targets, Options.Begin, Options.End);
        Run(tape, training: true);
        var (hidden, rows, sourceRows) = (Options.Hidden, tape.TargetSteps * tape.Batch, tape.SourceSteps * tape.Batch);
        var logits = tape.Logits.AsSpan(0, rows * Options.TargetVocabulary);
        var loss = SoftmaxCrossEntropy.ForwardBackward(logits, tape.Outputs.AsSpan(0, rows), 1f / Math.Max(1, count), _pool);
        if (!double.IsFinite(loss))
        {
            throw new TrainingDivergedException($"output of {_encoder.FirstBroken(tape.Encoder, tape.SourceSteps) ?? _decoder.FirstBroken(tape.Decoder, tape.TargetSteps) ?? "output"}", step);
        }

        var dCombined = tape.Dropped.AsSpan(0, rows * hidden);
        _output.Backward(dCombined, logits, tape.DHidden.AsSpan(0, rows * hidden));
        tape.OutputDropout.Backward(tape.DHidden.AsSpan(0, rows * hidden), dCombined);
        Kernels.TanhBackward(tape.Combined.AsSpan(0, rows * hidden), dCombined, dCombined);
        var both = tape.Both.AsSpan(0, rows * 3 * hidden);
        var dBoth = tape.DBoth(rows * 3 * hidden);
        _combine.Backward(both, dCombined, dBoth);
        var dContexts = tape.Contexts.AsSpan(0, rows * 2 * hidden);
        var dHidden = tape.DHidden.AsSpan(0, rows * hidden);
        for (var row = 0; row < rows; row++)
        {
            dBoth.Slice(row * 3 * hidden, 2 * hidden).CopyTo(dContexts[(row * 2 * hidden)..]);
            dBoth.Slice((row * 3 * hidden) + (2 * hidden), hidden).CopyTo(dHidden[(row * hidden)..]);
        }

        var memory = tape.Encoder.Outputs(tape.SourceSteps);
        var dMemory = tape.DMemory.AsSpan(0, sourceRows * 2 * hidden);
        dMemory.Clear();
        _attention.Backward(tape.Decoder.Outputs(tape.TargetSteps), memory, tape.SourceLengths, dContexts, dHidden, dMemory, tape.Attention);
        var dTarget = tape.Target.AsSpan(0, rows * Options.Embedding);
        _decoder.Backward(dHidden, dTarget, [], tape.Decoder, tape.TargetSteps);
        _target.Backward(tape.Inputs.AsSpan(0, rows), dTarget, Options.Embedding);
        BridgesBack(tape, dMemory);
        var dSource = tape.Source.AsSpan(0, sourceRows * Options.Embedding);
        _encoder.Backward(dMemory, dSource, tape.SourceLengths, tape.Encoder, tape.SourceSteps);
        _source.Backward(tape.Sources.AsSpan(0, sourceRows), dSource, Options.Embedding);
        return (loss, count);
    }

    /// <summary>Summed loss and number of the targets' tokens, without dropout.</summary>
    public (double Loss, int Count) Evaluate(EncoderDecoderTape tape, ReadOnlySpan<int[]> sources, ReadOnlySpan<int[]> targets)
    {
        var count = tape.Place(sources, targets, Options.Begin, Options.End);
        Run(tape, training: false);
        var rows = tape.TargetSteps * tape.Batch;
        return (SoftmaxCrossEntropy.Forward(tape.Logits.AsSpan(0, rows * Options.TargetVocabulary), tape.Outputs.AsSpan(0, rows), 1f, _pool), count);
    }

    /// <summary>Where the network looks at each step of a given target.</summary>
    /// <returns>Row t is the step that writes target[t], the last row the one that ends it: one weight for each source step, summing to 1.</returns>
    public float[][] Align(int[] source, int[] target)
    {
        var tape = CreateTape(Math.Max(1, source.Length), target.Length + 1, 1);
        tape.Place([source], [target], Options.Begin, Options.End);
        Run(tape, training: false);
        return [.. Enumerable.Range(0, target.Length + 1).Select(t => tape.Attention.Weights(0, t)[..source.Length].ToArray())];
    }

    /// <summary>Reads a source and makes ready to write.</summary>
    /// <param name="source">Empty is allowed.</param>
    /// <param name="rows">Hypotheses that begin alike, 1 or more.</param>
    public EncoderDecoderState Start(ReadOnlySpan<int> source, int rows)
    {
        var steps = Math.Max(1, source.Length);
        var tape = CreateTape(steps, 1, 1);
        tape.Place([source.ToArray()], [[]], Options.Begin, Options.End);
        Encode(tape, training: false);
        var state = new EncoderDecoderState(
            _decoder, _attention, rows, tape.Encoder.Outputs(tape.SourceSteps).ToArray(), tape.SourceLengths, tape.Attention.Keys);
        for (var bridge = 0; bridge < _bridges.Length; bridge++)
        {
            for (var row = 0; row < rows; row++)
            {
                tape.First[bridge].CopyTo(state.Decoder.States[bridge / Parts].AsSpan(((bridge % Parts * rows) + row) * Options.Hidden));
            }
        }

        return state;
    }

    /// <summary>Feeds one token to each row.</summary>
    /// <param name="state">Changed in place.</param>
    /// <param name="tokens">(B); <see cref="EncoderDecoderOptions.Begin"/> first.</param>
    /// <param name="logits">(B, V), not normalised.</param>
    public void Step(EncoderDecoderState state, ReadOnlySpan<int> tokens, Span<float> logits)
    {
        if (tokens.Length != state.Rows)
        {
            throw new ArgumentException($"{tokens.Length} tokens for {state.Rows} rows", nameof(tokens));
        }

        var x = state.Input(tokens.Length * Options.Embedding);
        _target.Forward(tokens, x, Options.Embedding);
        _decoder.Forward(x, [], state.Decoder, 1, training: false);
        var h = state.Decoder.Outputs(1);
        _attention.Forward(h, state.Memory, state.SourceLengths, state.Contexts, state.Attention, state.Rows);
        Combine(state.Contexts, h, state.Both, state.Combined, tokens.Length);
        _output.Forward(state.Combined, logits);
    }

    private void Run(EncoderDecoderTape tape, bool training)
    {
        Encode(tape, training);
        var (hidden, batch, rows) = (Options.Hidden, tape.Batch, tape.TargetSteps * tape.Batch);
        for (var bridge = 0; bridge < _bridges.Length; bridge++)
        {
            tape.First[bridge].CopyTo(tape.Decoder.States[bridge / Parts].AsSpan(bridge % Parts * batch * hidden));
        }

        var x = tape.Target.AsSpan(0, rows * Options.Embedding);
        _target.Forward(tape.Inputs.AsSpan(0, rows), x, Options.Embedding);
        _decoder.Forward(x, [], tape.Decoder, tape.TargetSteps, training);
        var h = tape.Decoder.Outputs(tape.TargetSteps);
        var contexts = tape.Contexts.AsSpan(0, rows * 2 * hidden);
        _attention.Forward(h, tape.Encoder.Outputs(tape.SourceSteps), tape.SourceLengths, contexts, tape.Attention, batch);
        var combined = tape.Combined.AsSpan(0, rows * hidden);
        Combine(contexts, h, tape.Both.AsSpan(0, rows * 3 * hidden), combined, rows);
        var dropped = tape.Dropped.AsSpan(0, rows * hidden);
        if (training)
        {
            tape.OutputDropout.Forward(combined, dropped);
        }
        else
        {
            combined.CopyTo(dropped);
        }

        _output.Forward(dropped, tape.Logits.AsSpan(0, rows * Options.TargetVocabulary));
    }

    /// <summary>Memory, keys and the decoder's first states.</summary>
    private void Encode(EncoderDecoderTape tape, bool training)
    {
        var rows = tape.SourceSteps * tape.Batch;
        var x = tape.Source.AsSpan(0, rows * Options.Embedding);
        _source.Forward(tape.Sources.AsSpan(0, rows), x, Options.Embedding);
        tape.Encoder.ResetState();
        _encoder.Forward(x, tape.SourceLengths, tape.Encoder, tape.SourceSteps, training);
        var memory = tape.Encoder.Outputs(tape.SourceSteps);
        _attention.Prepare(memory, tape.Attention);
        tape.Last.Forward(memory, tape.SourceLengths, tape.Final);
        for (var bridge = 0; bridge < _bridges.Length; bridge++)
        {
            _bridges[bridge].Forward(tape.Final, tape.First[bridge]);
            Kernels.Tanh(tape.First[bridge], tape.First[bridge]);
        }
    }

    /// <summary>From the gradients of the decoder's first states to that of the memory.</summary>
    private void BridgesBack(EncoderDecoderTape tape, Span<float> dMemory)
    {
        Span<float> dFinal = tape.DFinal;
        for (var bridge = 0; bridge < _bridges.Length; bridge++)
        {
            var layer = tape.Decoder.Tapes[bridge / Parts];
            var dFirst = (bridge % Parts == 0 ? layer.DState : layer.DCell).AsSpan();
            Kernels.TanhBackward(tape.First[bridge], dFirst, dFirst);
            _bridges[bridge].Backward(tape.Final, dFirst, dFinal);
            tape.Last.Backward(tape.SourceLengths, dFinal, dMemory);
        }
    }

    private void Combine(ReadOnlySpan<float> contexts, ReadOnlySpan<float> h, Span<float> both, Span<float> combined, int rows)
    {
        var hidden = Options.Hidden;
        for (var row = 0; row < rows; row++)
        {
            contexts.Slice(row * 2 * hidden, 2 * hidden).CopyTo(both[(row * 3 * hidden)..]);
            h.Slice(row * hidden, hidden).CopyTo(both[((row * 3 * hidden) + (2 * hidden))..]);
        }

        _combine.Forward(both, combined);
        Kernels.Tanh(combined, combined);
    }
}
