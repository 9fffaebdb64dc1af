using ChatAgent.Neural;

namespace ChatAgent.Nlg;

/// <summary>Trains language models from lines of text.</summary>
public static class LanguageModelTrainer
{
    /// <summary>Epochs at full rate where nothing validates: afterwards the rate falls.</summary>
    private const int EpochsAtFullRate = 4;
    private const int LeastSteps = 300;

    /// <summary>Trains a recurrent model by truncated backpropagation through time.</summary>
    /// <param name="lines">A text each; empty ones are passed over.</param>
    /// <param name="validation">Not learnt from: it chooses the epoch and lowers the rate. May be empty.</param>
    /// <param name="options">Sizes and rates; a batch that a short text cannot fill is made smaller.</param>
    /// <param name="units">The tokens of another model, so that the two can be mixed; null learns them.</param>
    /// <param name="pool">Threads; one where null. The result does not depend on it.</param>
    /// <param name="progress">Told a few times a second.</param>
    /// <param name="cancellationToken">Ends the training, after a checkpoint.</param>
    /// <exception cref="ArgumentException">There is nothing to learn from: fewer than two tokens.</exception>
    /// <exception cref="TrainingDivergedException">A number became infinite or NaN.</exception>
    /// <exception cref="ModelTooLargeException">The sizes do not fit the memory; nothing was allocated.</exception>
    public static (RecurrentLanguageModel Model, TrainingResult Result) Train(
        IReadOnlyList<string> lines,
        IReadOnlyList<string> validation,
        LanguageModelOptions options,
        TextUnits? units = null,
        WorkerPool? pool = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        units ??= TextUnits.Learn(lines, options.Unit, options.MaximumVocabulary, options.MinimumCount, cancellationToken);
        var tokens = Encode(units, lines);
        var network = new TokenNetwork(
            new TokenNetworkOptions
            {
                Vocabulary = units.Vocabulary.Count,
                Cell = options.Cell,
                Embedding = options.Embedding,
                Hidden = options.Hidden,
                Layers = options.Layers,
                Tied = options.Tied,
                Dropout = options.Dropout,
                RecurrentDropout = options.RecurrentDropout,
                Residual = options.Residual,
                Variational = options.Variational,
            },
            new Random(options.Training.Seed),
            pool);
        var heldOut = units.EncodeAll(validation);
        var batch = Math.Clamp(tokens.Length / 4, 1, options.Training.Batch);
        var epochs = options.Training.Epochs > 0 ? options.Training.Epochs : EpochsFor(tokens.Length, batch, options.Training.MaxSteps);
        var training = options.Training with
        {
            Batch = batch,
            Epochs = epochs,
            Schedule = options.Training.Schedule ?? (heldOut.Length > 1 ? new PlateauSchedule(Math.Min(options.Decay, 0.999f)) : new DecaySchedule(options.Decay, Math.Max(EpochsAtFullRate, epochs / 2))),
        };
        var streams = new TokenStreams([units.End, .. tokens], training.Batch, training.MaxSteps);
        var check = heldOut.Length > 1 ? new TokenStreams([units.End, .. heldOut], Math.Clamp(heldOut.Length / 4, 1, training.Batch), training.MaxSteps) : null;
        IOptimizer optimizer = options.Optimizer switch
        {
            LanguageModelOptimizer.Sgd => new Sgd(network.Parameters),
            LanguageModelOptimizer.Adam => new Adam(network.Parameters),
            LanguageModelOptimizer.Asgd => new AveragedSgd(network.Parameters, averageFrom: (long)streams.Chunks * training.Epochs / 2),
            _ => new AdamW(network.Parameters, new AdamWOptions { WeightDecay = options.WeightDecay }),
        };
        var result = TokenTrainer.Train(network, optimizer, streams, training, check, progress, cancellationToken: cancellationToken);
        if (optimizer is AveragedSgd { IsAveraging: true } averaged)
        {
            // The mean over the second half, where it is at least as good as the best epoch.
            averaged.Swap();
            if (check is not null && TokenTrainer.Evaluate(network, check) is var mean && mean > result.Validation)
            {
                averaged.Swap();
            }
            else if (check is not null)
            {
                result = result with { Validation = TokenTrainer.Evaluate(network, check) };
            }
        }

        return (new RecurrentLanguageModel(network, units, PublicWords.Of(lines)), result);
    }

    /// <summary>Counts an n-gram model with modified Kneser-Ney smoothing.</summary>
    /// <param name="lines">A text each.</param>
    /// <param name="order">n, 1 to <see cref="KneserNey.MaxOrder"/>.</param>
    /// <param name="options">Unit and vocabulary.</param>
    /// <param name="units">The tokens of another model; null learns them.</param>
    /// <param name="cancellationToken">Ends the counting.</param>
    /// <exception cref="ArgumentException">There is nothing to learn from.</exception>
    public static NGramLanguageModel Count(IReadOnlyList<string> lines, int order, LanguageModelOptions options, TextUnits? units = null, CancellationToken cancellationToken = default)
    {
        units ??= TextUnits.Learn(lines, options.Unit, options.MaximumVocabulary, options.MinimumCount, cancellationToken);
        return new NGramLanguageModel(KneserNey.Train(Encode(units, lines), units.Vocabulary.Count, units.End, order, cancellationToken), units, PublicWords.Of(lines));
    }

    /// <summary>Ten, and of short texts as many as give a few hundred steps.</summary>
    private static int EpochsFor(int tokens, int batch, int steps) => Math.Clamp(LeastSteps / Math.Max(1, tokens / (batch * Math.Max(1, steps))), 10, LeastSteps);

    private static int[] Encode(TextUnits units, IReadOnlyList<string> lines) => units.EncodeAll(lines) is { Length: > 1 } tokens
        ? tokens
        : throw new ArgumentException("the text is empty: fewer than two tokens, expected at least one line with a word", nameof(lines));
}
