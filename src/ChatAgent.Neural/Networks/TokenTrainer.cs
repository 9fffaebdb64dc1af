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
    /// <param name="options">Rates and seed.</param>
    /// <param name="progress">Told a few times a second.</param>
    /// <param name="time">The clock of the progress.</param>
    /// <param name="cancellationToken">Ends the run between two chunks; the network is then as it was trained so far.</param>
    /// <returns>Mean loss per token of the last epoch and tokens per second of the whole run.</returns>
    /// <exception cref="TrainingDivergedException">A number became infinite or NaN.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public static (double Loss, double TokensPerSecond) Train(
        TokenNetwork network, IOptimizer optimizer, TokenStreams text, TokenTrainingOptions options,
        IProgress<TrainingProgress>? progress = null, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        if (options is not { Epochs: >= 1, LearningRate: > 0f, Decay: > 0f and <= 1f, DecayAfter: >= 0, Clip: > 0f })
        {
            throw new ArgumentOutOfRangeException(nameof(options), options, "epochs at least 1, rate and clip above 0, decay above 0 to 1");
        }

        var tape = network.CreateTape(text.Steps, text.Batch, new Random(options.Seed));
        var (inputs, targets) = (new int[text.Steps * text.Batch], new int[text.Steps * text.Batch]);
        var meter = new ProgressMeter(progress, "tokens/s", time ?? TimeProvider.System);
        var (rate, loss, tokens) = (options.LearningRate, 0.0, 0L);
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            var stage = string.Create(CultureInfo.InvariantCulture, $"{options.Stage}, epoch {epoch + 1} of {options.Epochs}");
            var (sum, count) = (0.0, 0L);
            tape.ResetState();
            for (var chunk = 0; chunk < text.Chunks; chunk++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var steps = text.Fill(chunk, inputs, targets);
                var mean = Step(network, optimizer, tape, inputs, [], targets, steps, rate, options.Clip);
                sum += mean * steps * text.Batch;
                count += steps * text.Batch;
                tokens += steps * text.Batch;
                meter.Report(stage, (double)tokens / (text.Predictions * options.Epochs), tokens, sum / count);
            }

            loss = sum / count;
            if (epoch >= options.DecayAfter)
            {
                rate *= options.Decay;
            }
        }

        return (loss, meter.MeanSpeed);
    }

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
}
