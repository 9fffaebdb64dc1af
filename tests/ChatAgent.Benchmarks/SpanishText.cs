using System.Diagnostics;
using System.Globalization;
using ChatAgent.Neural;
using ChatAgent.Nlg;

namespace ChatAgent.Benchmarks;

/// <summary>A GRU beside an n-gram model with modified Kneser-Ney smoothing, both of the same tokens of the same Spanish novels: bits per character by characters, perplexity by words.</summary>
/// <remarks>
/// Text: lm/es-eltec, novels from 1840 to 1920, train, valid and test by different writers. Characters seen less than 10 times, and words beyond the most frequent, count as unknown for
/// both models. The validation text chooses the n-gram's order, the GRU's epoch and the weights of their mixture; the test text is read once at the end. AdamW with a cosine fall over the
/// epochs; <c>checkpoint</c> lets a stopped run go on. A bit per character counts the end of a paragraph as a character.
/// </remarks>
internal static class SpanishText
{
    /// <summary>By characters.</summary>
    /// <param name="args">name=value for any of data, threads, hidden, embedding, layers, epochs, rate, dropout, batch, steps, minutes, checkpoint.</param>
    public static void Characters(string[] args) => Run(
        args,
        new LanguageModelOptions
        {
            Unit = TextUnit.Character, MinimumCount = 10, Embedding = 48, Hidden = 320, Dropout = 0f, WeightDecay = 0.01f,
            Training = new TrainingOptions { Stage = "characters", Batch = 32, MaxSteps = 80, Epochs = 1, LearningRate = 0.003f, Clip = 1f },
        },
        orders: [5, 6, 7, 8]);

    /// <summary>By words.</summary>
    /// <param name="args">As above, and vocabulary.</param>
    public static void Words(string[] args) => Run(
        args,
        new LanguageModelOptions
        {
            Unit = TextUnit.Word, MaximumVocabulary = 10_000, Embedding = 256, Hidden = 256, Tied = true, Dropout = 0.1f, WeightDecay = 0.01f,
            Training = new TrainingOptions { Stage = "words", Batch = 32, MaxSteps = 35, Epochs = 2, LearningRate = 0.003f, Clip = 1f },
        },
        orders: [3, 4, 5]);

    private static void Run(string[] args, LanguageModelOptions usual, int[] orders)
    {
        var given = args.Select(arg => arg.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[^1], StringComparer.Ordinal);
        var folder = Path.Combine(given.GetValueOrDefault("data") ?? Environment.GetEnvironmentVariable("CHATAGENT_DATA") ?? Path.Combine("..", "shared", "data"), "lm", "es-eltec");
        var (train, validation, test) = (Lines("train"), Lines("valid"), Lines("test"));
        var epochs = (int)Number("epochs", usual.Training.Epochs);
        var options = usual with
        {
            MaximumVocabulary = (int)Number("vocabulary", usual.MaximumVocabulary), Hidden = (int)Number("hidden", usual.Hidden), Layers = (int)Number("layers", usual.Layers),
            Embedding = (int)Number("embedding", usual.Tied ? Number("hidden", usual.Hidden) : usual.Embedding), Dropout = (float)Number("dropout", usual.Dropout),
            Training = usual.Training with
            {
                Batch = (int)Number("batch", usual.Training.Batch), MaxSteps = (int)Number("steps", usual.Training.MaxSteps), Epochs = epochs, LearningRate = (float)Number("rate", usual.Training.LearningRate),
                Schedule = new WarmUpSchedule(100, new CosineSchedule(epochs)), Checkpoint = given.GetValueOrDefault("checkpoint"), CheckpointEvery = 200,
                TimeLimit = given.ContainsKey("minutes") ? TimeSpan.FromMinutes(Number("minutes", 10)) : null,
            },
        };
        var units = TextUnits.Learn(train, options.Unit, options.MaximumVocabulary, options.MinimumCount);
        var (validationTokens, testTokens) = (units.EncodeAll(validation), units.EncodeAll(test));
        var characters = test.Sum(line => line.EnumerateRunes().Count() + 1);
        Print($"{units.Vocabulary.Count:N0} tokens known; test text of {testTokens.Length:N0} tokens, {testTokens.Count(token => token == Text.Vocabulary.Unknown):N0} unknown, {characters:N0} characters with ends");

        NGramLanguageModel? counted = null;
        var (best, chosen) = (double.PositiveInfinity, 0);
        foreach (var order in orders)
        {
            var start = Stopwatch.GetTimestamp();
            var model = LanguageModelTrainer.Count(train, order, options, units);
            var perplexity = LanguageModel.Perplexity(model.LogProbabilities(validationTokens));
            Print($"n-gram of order {order}: validation perplexity {perplexity:F3}, {model.ParameterCount:N0} numbers, {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");
            (counted, best, chosen) = perplexity < best ? (model, perplexity, order) : (counted, best, chosen);
        }

        using var pool = new WorkerPool((int)Number("threads", Environment.ProcessorCount));
        var (begun, cpu) = (Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);
        var (network, result) = LanguageModelTrainer.Train(train, validation, options, units, pool, new Reports());
        Print($"GRU {options.Layers}×{options.Hidden}, {network.ParameterCount:N0} parameters: {(result.IsUnfinished ? "stopped by its time" : "finished")} after {result.Epochs} epochs, {Stopwatch.GetElapsedTime(begun).TotalMinutes:F1} min by the wall, {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMinutes:F1} min of cores, {result.UnitsPerSecond:N0} tokens/s, validation perplexity {(result.Validation is { } value ? Math.Exp(value) : double.NaN):F3}");

        var mixed = MixedLanguageModel.Fit([network, counted!], validationTokens);
        var (ofGru, ofGrams) = (network.LogProbabilities(testTokens), counted!.LogProbabilities(testTokens));
        Print($"test, GRU: {Figures(ofGru)}");
        Print($"test, n-gram of order {chosen}: {Figures(ofGrams)}");
        Print($"test, mixture {mixed.Weights[0]:F2} to {mixed.Weights[1]:F2}: {Figures(mixed.LogProbabilities(testTokens))}");
        Print($"GRU / n-gram: {LanguageModel.Perplexity(ofGru) / LanguageModel.Perplexity(ofGrams):F3} of the perplexity, {ofGru.Sum(x => (double)x) / ofGrams.Sum(x => (double)x):F3} of the bits");

        string Figures(float[] logs) => string.Create(CultureInfo.InvariantCulture, $"perplexity {LanguageModel.Perplexity(logs):F3}, {-logs.Sum(x => (double)x) / Math.Log(2) / characters:F4} bits per character");

        string[] Lines(string split) => [.. File.ReadLines(Path.Combine(folder, $"{split}.txt")).Select(line => line.Trim()).Where(line => line.Length > 0)];

        double Number(string name, double otherwise) => given.TryGetValue(name, out var text) ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>A line a minute.</summary>
    private sealed class Reports : IProgress<TrainingProgress>
    {
        private long _last;

        public void Report(TrainingProgress value)
        {
            if (_last != 0 && Stopwatch.GetElapsedTime(_last).TotalMinutes < 1.0)
            {
                return;
            }

            _last = Stopwatch.GetTimestamp();
            Print($"{value.Fraction:P1}, {value.Speed:N0} {value.SpeedUnit}, perplexity {value.Perplexity:F2}, {value.TimeLeft?.TotalMinutes:F0} min left");
        }
    }
}
