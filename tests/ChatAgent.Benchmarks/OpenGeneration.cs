using System.Diagnostics;
using System.Globalization;
using ChatAgent.Neural;
using ChatAgent.Nlg;
using ChatAgent.Text;

namespace ChatAgent.Benchmarks;

/// <summary>Wording the meanings of the public benchmarks E2E and RNNLG: seconds of a core to train, BLEU, slot errors, and time a meaning, all on one thread.</summary>
/// <remarks>
/// e2e          one text a meaning; BLEU as mteval-v13a against all of a meaning's references; slot errors by <see cref="E2ESlotReader"/>, over the slots given
/// restaurant, tv   five texts a row of the test file, all of them counted, as <see cref="RnnlgScores"/> says
/// </remarks>
internal static class OpenGeneration
{
    private const int Outputs = 5;

    /// <param name="args">
    /// e2e, restaurant or tv; then name=value: split (dev or test), model (a folder: loaded from, or saved to), pairs (learn from the first that many only), beam, any training setting of
    /// <see cref="Set(ReplyModelOptions, string, string)"/>, any choosing setting of <see cref="Set(ReplyGeneratorOptions, string, string)"/> with one value or several ("referees=0.5,1"); "show" prints texts.
    /// </param>
    public static void Run(string[] args)
    {
        var (set, settings) = (args.FirstOrDefault() ?? "e2e", args.Skip(1).Where(arg => arg.Contains('=', StringComparison.Ordinal)).Select(arg => arg.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal));
        var shared = Environment.GetEnvironmentVariable("CHATAGENT_DATA") is { Length: > 0 } named ? named : Path.Combine("..", "shared", "data");
        var isE2E = set == "e2e";
        var folder = isE2E ? Path.Combine(shared, "nlg", "e2e") : Path.Combine(shared, "nlg", "rnnlg", set);
        var split = Take(settings, "split") ?? "dev";
        var (model, reader) = Prepare(
            Path.Combine(folder, isE2E ? "trainset.csv" : "train.json"), Take(settings, "model"), int.Parse(Take(settings, "pairs") ?? "1000000", CultureInfo.InvariantCulture), settings);
        var rows = MeaningFile.Read(Path.Combine(folder, isE2E ? split == "test" ? "testset_w_refs.csv" : "devset.csv" : split == "test" ? "test.json" : "valid.json"));
        var beam = int.Parse(Take(settings, "beam") ?? "10", CultureInfo.InvariantCulture);
        Print($"| {set}, {split} | BLEU | slot errors | ms a meaning |");
        Print($"| --- | --- | --- | --- |");
        foreach (var choice in Product([.. settings]))
        {
            var options = choice.Aggregate(ReplyGeneratorOptions.ForOpen(beam, model), (before, one) => Set(before, one.Name, one.Value));
            var generator = new ReplyGenerator(WrittenWordings.None, model, options, reader);
            var label = $"beam {beam} {string.Join(' ', choice.Select(one => $"{one.Name}={one.Value}"))}";
            if (isE2E)
            {
                ScoreE2E(label, rows, generator, args.Contains("show", StringComparer.Ordinal));
            }
            else
            {
                ScoreRnnlg(label, rows, generator, args.Contains("show", StringComparer.Ordinal));
            }
        }
    }

    private static (ReplyModel Model, MeaningReader Reader) Prepare(string train, string? folder, int pairs, Dictionary<string, string> settings)
    {
        string[] ofTraining = ["epochs", "members", "hidden", "embedding", "dropout", "rate", "batch", "kept", "count", "seed", "decay", "threads"];
        var taken = ofTraining.Select(name => (Name: name, Value: Take(settings, name))).Where(one => one.Value is not null).ToList();
        if (folder is not null && File.Exists(Path.Combine(folder, ReplyModel.FileName)))
        {
            return (ReplyModel.Load(folder), MeaningReader.Load(folder));
        }

        var taught = ReplyPairReader.Read(train, Language.English);
        var options = taken.Aggregate(ReplyModelOptions.For(taught) with { Threads = 1 }, (before, one) => Set(before, one.Name, one.Value!));
        taught = [.. taught.Take(pairs)];
        var before = Environment.CpuUsage.TotalTime;
        var model = ReplyModelTrainer.Train(taught, [], options, new Reports());
        var reader = MeaningReader.Train(taught, model.Lexicon, options.Seed);
        Print($"{taught.Count} pairs, {model.Units.Count} units, {model.ParameterCount:N0} parameters: {(Environment.CpuUsage.TotalTime - before).TotalSeconds:F0} s of a core");
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            model.Save(folder);
            reader.Save(folder);
        }

        return (model, reader);
    }

    private static void ScoreE2E(string label, IReadOnlyList<MeaningRow> rows, ReplyGenerator generator, bool show)
    {
        MeaningRow[][] meanings = [.. Runs(rows)];
        var before = Environment.CpuUsage.TotalTime;
        string[] texts = [.. meanings.Select(meaning => generator.Generate(new GenerationRequest { Acts = [meaning[0].Act], Language = Language.English }).Text)];
        var milliseconds = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / meanings.Length;
        var scores = GenerationScores.Of(texts, [.. meanings.Select(meaning => meaning.Select(row => row.Text!).ToArray())]);
        string[][] problems = [.. texts.Zip(meanings, (text, meaning) => E2ESlotReader.Problems(text, meaning[0].Act.Slots).ToArray())];
        Print($"| {label} | {100 * scores.Bleu:F2} | {100.0 * problems.Sum(some => some.Length) / meanings.Sum(meaning => meaning[0].Act.Slots.Count):F2} % | {milliseconds:F2} |");
        if (show)
        {
            foreach (var (text, some) in texts.Zip(problems))
            {
                System.Console.WriteLine($"{string.Join(' ', some),-24} {text}");
            }
        }
    }

    private static void ScoreRnnlg(string label, IReadOnlyList<MeaningRow> rows, ReplyGenerator generator, bool show)
    {
        var before = Environment.CpuUsage.TotalTime;
        var texts = rows.Select(row => TextsOf(generator, row)).Select(some => (IReadOnlyList<string>)[.. some, .. Enumerable.Repeat(some[^1], Outputs - some.Count)]).ToArray();
        var milliseconds = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / rows.Count;
        var scores = RnnlgScores.Of(rows, texts);
        Print($"| {label} | {scores.Bleu:F4} | {100.0 * scores.SlotErrorRate:F2} % | {milliseconds:F2} |");
        if (show)
        {
            foreach (var (row, some) in rows.Zip(texts))
            {
                System.Console.WriteLine($"{(RnnlgScores.Of([row], [some]) is { SlotErrorRate: > 0 } own ? $"x{own.SlotErrorRate:F2}" : "     ")} {row.Act.Name}({string.Join(';', row.Act.Slots.Select(slot => $"{slot.Key}={slot.Value}"))}) {string.Join(" | ", some)}");
            }
        }
    }

    /// <summary>A meaning with what no training pair has is not worded: its texts are empty and count as such.</summary>
    private static IReadOnlyList<string> TextsOf(ReplyGenerator generator, MeaningRow row)
    {
        try
        {
            return generator.Several(row.Act, Language.English, ReplyStyle.Formal, Outputs);
        }
        catch (ArgumentException)
        {
            return [string.Empty];
        }
    }

    /// <summary>Rows of one meaning that follow each other.</summary>
    private static IEnumerable<MeaningRow[]> Runs(IReadOnlyList<MeaningRow> rows)
    {
        for (var (start, at) = (0, 1); at <= rows.Count; at++)
        {
            if (at == rows.Count || !Key(rows[at]).Equals(Key(rows[start]), StringComparison.Ordinal))
            {
                yield return [.. rows.Skip(start).Take(at - start)];
                start = at;
            }
        }
    }

    private static string Key(MeaningRow row) => string.Join('|', row.Act.Slots.Select(slot => $"{slot.Key}={slot.Value}"));

    private static IEnumerable<(string Name, string Value)[]> Product(KeyValuePair<string, string>[] settings) =>
        settings.Aggregate<KeyValuePair<string, string>, IEnumerable<(string Name, string Value)[]>>([[]], (all, one) => all.SelectMany(some => one.Value.Split(',').Select(value => ((string, string)[])[.. some, (one.Key, value)])));

    private static string? Take(Dictionary<string, string> settings, string name) => settings.Remove(name, out var value) ? value : null;

    private static ReplyModelOptions Set(ReplyModelOptions options, string name, string text) => (name, float.Parse(text, CultureInfo.InvariantCulture)) switch
    {
        ("epochs", var value) => options with { Epochs = (int)value },
        ("members", var value) => options with { Members = (int)value },
        ("hidden", var value) => options with { Hidden = (int)value },
        ("embedding", var value) => options with { Embedding = (int)value },
        ("batch", var value) => options with { Batch = (int)value },
        ("count", var value) => options with { MinimumCount = (int)value },
        ("seed", var value) => options with { Seed = (int)value },
        ("threads", var value) => options with { Threads = (int)value },
        ("dropout", var value) => options with { Dropout = value },
        ("rate", var value) => options with { LearningRate = value },
        ("kept", var value) => options with { KeptShare = value },
        (_, var value) => options with { WeightDecay = value },
    };

    private static ReplyGeneratorOptions Set(ReplyGeneratorOptions options, string name, string text) => (name, text == "none" ? null : (double?)double.Parse(text, CultureInfo.InvariantCulture)) switch
    {
        ("consensus", var value) => options with { Consensus = value },
        ("referees", var value) => options with { Referees = value },
        ("length", { } value) => options with { Search = options.Search with { LengthPenalty = value } },
        ("repeat", { } value) => options with { Search = options.Search with { NoRepeatLength = (int)value } },
        ("found", { } value) => options with { Search = options.Search with { Count = (int)value, StopAtCount = value > 0 } },
        ("stop", { } value) => options with { Search = options.Search with { StopAtCount = value > 0 } },
        _ => throw new ArgumentException($"no setting \"{name}\"", nameof(name)),
    };

    private static void Print(FormattableString line) => System.Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private sealed class Reports : IProgress<TrainingProgress>
    {
        private string _stage = string.Empty;

        public void Report(TrainingProgress value)
        {
            if (value.Stage != _stage)
            {
                _stage = value.Stage;
                Print($"{value.Stage}: {value.Speed:N0} {value.SpeedUnit}, loss {value.Loss:F3}, {Environment.CpuUsage.TotalTime.TotalSeconds:F0} s of a core so far");
            }
        }
    }
}
