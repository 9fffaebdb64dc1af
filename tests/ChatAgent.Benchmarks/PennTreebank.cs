using System.Diagnostics;
using System.Globalization;
using ChatAgent.Neural;

namespace ChatAgent.Benchmarks;

/// <summary>Recipes for recurrent language models on the Penn Treebank's words: the validation text chooses the epoch, the test text is read once at the end.</summary>
/// <remarks>
/// Tokens as in <see cref="NGramBenchmark"/>: every end of line counts. Embedding and output share their weight, and the mask of a dropout stays the same over a chunk. AdamW with a
/// cosine fall over all epochs; <c>minutes</c> ends a run, <c>checkpoint</c> lets the next one go on. small has at most 4.7 million parameters, medium and large at most 12; medium's
/// schedule is made for 45 minutes of two cores, large's for a night.
/// </remarks>
internal static class PennTreebank
{
    private static readonly Dictionary<string, Recipe> Recipes = new(StringComparer.Ordinal)
    {
        ["small"] = new(Hidden: 330, Layers: 2, Dropout: 0.35f, Epochs: 25, Rate: 0.002f),
        ["medium"] = new(Hidden: 650, Layers: 2, Dropout: 0.4f, Epochs: 8, Rate: 0.0015f),
        ["large"] = new(Hidden: 650, Layers: 2, Dropout: 0.5f, Epochs: 60, Rate: 0.001f),
    };

    /// <param name="args">small, medium or large, then name=value for any of data, threads, minutes, checkpoint, hidden, layers, dropout, recurrent, epochs, rate, seed, cell, batch, steps.</param>
    public static void Run(string[] args)
    {
        if (args.Length == 0 || !Recipes.TryGetValue(args[0], out var recipe))
        {
            throw new ArgumentException($"name one of: {string.Join(", ", Recipes.Keys)}", nameof(args));
        }

        var given = args[1..].Select(arg => arg.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[^1], StringComparer.Ordinal);
        var folder = Path.Combine(given.GetValueOrDefault("data") ?? Environment.GetEnvironmentVariable("CHATAGENT_DATA") ?? Path.Combine("..", "shared", "data"), "lm", "ptb");
        var ids = new Dictionary<string, int>(StringComparer.Ordinal) { [string.Empty] = NGramBenchmark.End };
        var (train, validation, test) = (Read("train"), Read("valid"), Read("test"));
        var (batch, steps, seed) = ((int)Number("batch", 20), (int)Number("steps", 35), (int)Number("seed", 1));
        var hidden = (int)Number("hidden", recipe.Hidden);
        using var pool = new WorkerPool((int)Number("threads", Environment.ProcessorCount));
        var network = new TokenNetwork(
            new TokenNetworkOptions
            {
                Cell = Enum.Parse<RecurrentCell>(given.GetValueOrDefault("cell", nameof(RecurrentCell.Gru)), ignoreCase: true), Vocabulary = ids.Count, Embedding = hidden, Hidden = hidden,
                Layers = (int)Number("layers", recipe.Layers), Tied = true, Dropout = Number("dropout", recipe.Dropout), RecurrentDropout = Number("recurrent", 0f), Variational = true,
            },
            new Random(seed),
            pool);
        var epochs = (int)Number("epochs", recipe.Epochs);
        var options = new TrainingOptions
        {
            Stage = args[0], Epochs = epochs, LearningRate = Number("rate", recipe.Rate), Schedule = new WarmUpSchedule(200, new CosineSchedule(epochs)), Clip = 1f, Seed = seed,
            Checkpoint = given.GetValueOrDefault("checkpoint"), CheckpointEvery = 500, TimeLimit = given.ContainsKey("minutes") ? TimeSpan.FromMinutes(Number("minutes", 45)) : null,
        };
        Print($"{args[0]}: {network.Parameters.Length:N0} parameters, vocabulary {ids.Count:N0}, {train.Length:N0} tokens to learn from, {pool.Threads} threads");
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var start = Stopwatch.GetTimestamp();
        var result = TokenTrainer.Train(
            network, new AdamW(network.Parameters), new TokenStreams(train, batch, steps), options, new TokenStreams(validation, 1, 200), new Reports());
        Print($"{(result.IsUnfinished ? "stopped by its time" : "finished")} after {result.Epochs} epochs, {Stopwatch.GetElapsedTime(start).TotalMinutes:F1} min by the wall, {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMinutes:F1} min of cores, {result.UnitsPerSecond:N0} tokens/s");
        Print($"validation perplexity {(result.Validation is { } best ? Math.Exp(best) : double.NaN):F1} (epoch {result.BestEpoch}), test perplexity {Math.Exp(TokenTrainer.Evaluate(network, new TokenStreams(test, 1, 200))):F1}");

        // The first word is foretold from the end of a line before it, so that every token of the text counts.
        int[] Read(string split) => [NGramBenchmark.End, .. NGramBenchmark.Read(Path.Combine(folder, $"ptb.{split}.txt"), ids)];

        float Number(string name, float otherwise) => given.TryGetValue(name, out var text) ? float.Parse(text, CultureInfo.InvariantCulture) : otherwise;
    }

    private static void Print(FormattableString line) => System.Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private sealed record Recipe(int Hidden, int Layers, float Dropout, int Epochs, float Rate);

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
            Print($"{value.Fraction:P1}, {value.Speed:N0} {value.SpeedUnit}, perplexity {value.Perplexity:F1}, {value.TimeLeft?.TotalMinutes:F0} min left{(value.Diagnosis is { } diagnosis ? $"; {diagnosis}" : "")}");
        }
    }
}
