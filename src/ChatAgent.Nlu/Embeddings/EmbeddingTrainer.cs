using ChatAgent.Neural;

namespace ChatAgent.Nlu.Embeddings;

/// <summary>From running text to word vectors.</summary>
public static class EmbeddingTrainer
{
    /// <summary>Trains; see <see cref="EmbeddingOptions"/> for what is repeatable.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    /// <exception cref="TrainingDivergedException">The learning rate is too high: a number became infinite or NaN.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is kept.</exception>
    public static WordVectors Train(EmbeddingText text, EmbeddingOptions options, IProgress<TrainingProgress>? progress, TimeProvider time, CancellationToken cancellation)
    {
        options.Require();
        var meter = new ProgressMeter(progress, "words/s", time);
        return options.Method switch
        {
            EmbeddingMethod.Glove => GloveTrainer.Train(text, options, meter, cancellation),
            EmbeddingMethod.Svd => SvdTrainer.Train(text, options, meter, cancellation),
            _ => PredictionTrainer.Train(text, options, meter, cancellation),
        };
    }
}
