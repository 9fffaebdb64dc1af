using ChatAgent.Neural;
using ChatAgent.Nlu.Entities;
using ChatAgent.Nlu.Intents;
using ChatAgent.Text;

namespace ChatAgent.Nlu;

/// <summary>Trains understanding from labelled utterances.</summary>
public static class NluTrainer
{
    /// <summary>Trains an engine; deterministic by seed on one machine.</summary>
    /// <param name="progress">Told a few times a second; rows a second are of the slower path.</param>
    /// <exception cref="ArgumentException">There is no training row.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing was kept.</exception>
    public static NluEngine Train(NluTrainingData data, NluTrainingOptions options, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        if (!options.IsValid)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options, "reject share 0 to 0.5, epochs 1 to 200, linear cost above 0");
        }

        var meter = new ProgressMeter(progress, "rows/s", TimeProvider.System);
        var intents = IntentTrainer.Train(data, options, meter, cancellationToken);
        var languages = data.LanguageTexts.Count == 0 ? LanguageIdentifier.Default : LanguageIdentifier.Train(data.LanguageTexts);
        var persons = data.Train
            .SelectMany(row => row.Entities.Where(entity => entity.Name == "person").Select(entity => entity.Span.In(row.Text)))
            .SelectMany(Tokenizer.Tokenize)
            .Where(token => token.Kind == TokenKind.Word && token.Text.Length > 2 && char.IsUpper(token.Text[0]))
            .Select(token => token.Folded)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToArray();
        var engine = new NluEngine(intents, languages, new EntityExtractor(data.Lexicon, persons));
        meter.Report("understanding", 1, data.Train.Count * options.Epochs, null);
        return engine;
    }
}
