namespace ChatAgent.Neural;

/// <summary>Embedding, a stack of recurrent layers and a softmax over the vocabulary: predicts the next token at every step.</summary>
/// <remarks>
/// x_t = [W_e[token_t] ; context_t]          shape (E + C), with dropout
/// h_t = cell(x_t, h_(t−1)), once for each layer, with dropout between
/// p(next) = softmax(W_o h_t + b_o)          shape (V)
/// Not thread-safe: one instance per trainer. <see cref="TokenDecoder"/> is the immutable form for use.
/// </remarks>
public sealed class TokenNetwork
{
    private readonly WorkerPool? _pool;

    /// <summary>A network with random parameters; the same seed gives the same.</summary>
    /// <exception cref="ArgumentOutOfRangeException">See <see cref="TokenNetworkOptions"/>.</exception>
    public TokenNetwork(TokenNetworkOptions options, Random random, WorkerPool? pool = null)
    {
        TokenNetworkOptions.Require(options);
        (Options, _pool, Parameters.Pool) = (options, pool, pool);
        Embedding = new EmbeddingLayer(Parameters, "embedding", options.Vocabulary, options.Embedding, random);
        Stack = new RecurrentStack(Parameters, Cells.NameOf(options.Cell), options.Stack, random, pool);
        Output = options.Tied
            ? new LinearLayer(Parameters, "output", Embedding.Weight, pool)
            : new LinearLayer(Parameters, "output", options.Hidden, options.Vocabulary, random, pool);
    }

    /// <summary>Sizes.</summary>
    public TokenNetworkOptions Options { get; }

    /// <summary>All parameters.</summary>
    public ParameterSet Parameters { get; } = new();

    /// <summary>V×E.</summary>
    public EmbeddingLayer Embedding { get; }

    /// <summary>The recurrent layers with what joins them.</summary>
    public RecurrentStack Stack { get; }

    /// <summary>From the input upwards.</summary>
    public IReadOnlyList<IRecurrentLayer> Recurrent => Stack.Layers;

    /// <summary>H to V.</summary>
    public LinearLayer Output { get; }

    /// <summary>Buffers for chunks of at most that size.</summary>
    /// <param name="random">Seeds the dropout masks.</param>
    public TokenTape CreateTape(int maxSteps, int batch, Random random) => new(this, maxSteps, batch, random);

    /// <summary>One chunk forward and back: adds to the gradients, carries the tape's state on.</summary>
    /// <param name="tape">State before the chunk in, state after it out.</param>
    /// <param name="inputs">Tokens, (T, B).</param>
    /// <param name="context">(T, B, C), or empty where C is 0.</param>
    /// <param name="targets">The tokens that follow, (T, B); a negative one does not count.</param>
    /// <param name="steps">T.</param>
    /// <param name="step">Optimiser steps taken, for the message when numbers break.</param>
    /// <returns>Mean loss of the counted targets, natural logarithm.</returns>
    /// <exception cref="TrainingDivergedException">The loss is not finite.</exception>
    public double ForwardBackward(TokenTape tape, ReadOnlySpan<int> inputs, ReadOnlySpan<float> context, ReadOnlySpan<int> targets, int steps, long step)
    {
        var rows = steps * tape.Batch;
        Run(tape, inputs, context, steps, training: true);
        var logits = tape.Logits.AsSpan(0, rows * Options.Vocabulary);
        var counted = Math.Max(1, rows - CountNegative(targets[..rows]));
        var loss = SoftmaxCrossEntropy.ForwardBackward(logits, targets[..rows], 1f / counted, _pool);
        if (!double.IsFinite(loss))
        {
            throw new TrainingDivergedException(FirstBroken(tape, rows, steps), step);
        }

        var dy = tape.DHidden.AsSpan(0, rows * Options.Hidden);
        Output.Backward(tape.Stack.Outputs(steps), logits, dy);
        var dx = tape.Input.AsSpan(0, rows * Stack.Options.Inputs);
        Stack.Backward(dy, dx, [], tape.Stack, steps);
        Embedding.Backward(inputs[..rows], dx, Stack.Options.Inputs);
        return loss;
    }

    /// <summary>One chunk forward without dropout.</summary>
    /// <returns>The counted targets' summed loss and their number.</returns>
    public (double Loss, int Count) Evaluate(TokenTape tape, ReadOnlySpan<int> inputs, ReadOnlySpan<float> context, ReadOnlySpan<int> targets, int steps)
    {
        var rows = steps * tape.Batch;
        Run(tape, inputs, context, steps, training: false);
        var loss = SoftmaxCrossEntropy.Forward(tape.Logits.AsSpan(0, rows * Options.Vocabulary), targets[..rows], 1f, _pool);
        return (loss, rows - CountNegative(targets[..rows]));
    }

    private void Run(TokenTape tape, ReadOnlySpan<int> inputs, ReadOnlySpan<float> context, int steps, bool training)
    {
        var rows = steps * tape.Batch;
        var width = Options.Embedding + Options.Context;
        var x = tape.Input.AsSpan(0, rows * width);
        Embedding.Forward(inputs[..rows], x, width);
        Kernels.RequireAtLeast(context, (long)rows * Options.Context, nameof(context));
        for (var row = 0; row < rows && Options.Context > 0; row++)
        {
            context.Slice(row * Options.Context, Options.Context).CopyTo(x[((row * width) + Options.Embedding)..]);
        }

        Stack.Forward(x, [], tape.Stack, steps, training);
        Output.Forward(tape.Stack.Outputs(steps), tape.Logits.AsSpan(0, rows * Options.Vocabulary));
    }

    private static int CountNegative(ReadOnlySpan<int> targets)
    {
        var count = 0;
        foreach (var target in targets)
        {
            count += target < 0 ? 1 : 0;
        }

        return count;
    }

    private string FirstBroken(TokenTape tape, int rows, int steps) =>
        !Kernels.AllFinite(tape.Input.AsSpan(0, rows * Stack.Options.Inputs)) ? "output of embedding"
        : Stack.FirstBroken(tape.Stack, steps) is { } layer ? $"output of {layer}" : "logits";
}
