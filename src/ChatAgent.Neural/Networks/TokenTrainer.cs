using System.Globalization;

namespace ChatAgent.Neural;

/// <summary>Trains a <see cref="TokenNetwork"/> by truncated backpropagation through time, the state carried from chunk to chunk.</summary>
/// <remarks>Source: Mikolov et al. 2010, Interspeech; Zaremba et al. 2014, arXiv:1409.2329, section 4. Not thread-safe.</remarks>
public static class TokenTrainer
{
    /// <summary>Trains for the epochs that were asked for.</summary>
    /// <param name="network">Changed in place.</param>
    /// <param name="optimizer">Over the network's parameters.</param>
    /// <param name="text">The text in streams.</param>
    /// <param name="options">Rates, limits, checkpoint; its batch and most steps are those of the streams.</param>
    /// <param name="validation">Not learnt from; chooses the epoch. Null for the last.</param>
    /// <inheritdoc cref="TrainingLoop.Run" path="/param"/>
    /// <returns>The loss is per token.</returns>
    /// <inheritdoc cref="TrainingLoop.Run" path="/exception"/>
    public static TrainingResult Train(
        TokenNetwork network, IOptimizer optimizer, TokenStreams text, TrainingOptions options, TokenStreams? validation = null,
        IProgress<TrainingProgress>? progress = null, TimeProvider? time = null, CancellationToken cancellationToken = default) =>
        TrainingLoop.Run(new Task(network, text, validation, options), optimizer, options, progress, time, cancellationToken);

    /// <summary>Mean loss per token of a text, natural logarithm; its exponential is the perplexity.</summary>
    public static double Evaluate(TokenNetwork network, TokenStreams text)
    {
        var tape = network.CreateTape(text.Steps, text.Batch, new Random(0));
        var (inputs, targets) = (new int[text.Steps * text.Batch], new int[text.Steps * text.Batch]);
        var (sum, count) = (0.0, 0L);
        for (var chunk = 0; chunk < text.Chunks; chunk++)
        {
            var steps = text.Fill(chunk, inputs, targets);
            var (loss, rows) = network.Evaluate(tape, inputs, [], targets, steps);
            (sum, count) = (sum + loss, count + rows);
        }

        return sum / count;
    }

    /// <summary>One optimiser step over one chunk.</summary>
    /// <returns>The chunk's mean loss before the step.</returns>
    /// <exception cref="TrainingDivergedException">A number became infinite or NaN; the parameters were not touched.</exception>
    public static double Step(
        TokenNetwork network, IOptimizer optimizer, TokenTape tape, ReadOnlySpan<int> inputs, ReadOnlySpan<float> context, ReadOnlySpan<int> targets, int steps, float rate, float clip)
    {
        network.Parameters.ClearGradients();
        var loss = network.ForwardBackward(tape, inputs, context, targets, steps, optimizer.Steps);
        if (!double.IsFinite(GradientClipping.ByNorm(network.Parameters, clip)))
        {
            TrainingDivergedException.ThrowIfGradientsBroken(network.Parameters, optimizer.Steps);
            throw new TrainingDivergedException("norm of all gradients", optimizer.Steps);
        }

        optimizer.Step(rate);
        return loss;
    }

    private sealed class Task(TokenNetwork network, TokenStreams text, TokenStreams? validation, TrainingOptions options) : ITrainingTask
    {
        private readonly TokenTape _tape = network.CreateTape(text.Steps, text.Batch, new Random(options.Seed));
        private readonly int[] _inputs = new int[text.Steps * text.Batch];
        private readonly int[] _targets = new int[text.Steps * text.Batch];

        public ParameterSet Parameters => network.Parameters;

        public string SpeedUnit => "tokens/s";

        public bool IsPerToken => true;

        public IReadOnlyList<(string Name, float[] Values)> Carried => [.. _tape.States.Select((state, layer) => (string.Create(CultureInfo.InvariantCulture, $"training.state.{layer}"), state))];

        public IReadOnlyList<Dropout> Chance => _tape.Dropouts;

        public int BeginEpoch(int epoch)
        {
            _tape.ResetState();
            return text.Chunks;
        }

        public (double Loss, int Units) ForwardBackward(int batch, long step)
        {
            var steps = text.Fill(batch, _inputs, _targets);
            return (network.ForwardBackward(_tape, _inputs, [], _targets, steps, step), steps * text.Batch);
        }

        public double? Validate() => validation is null ? null : Evaluate(network, validation);
    }
}
