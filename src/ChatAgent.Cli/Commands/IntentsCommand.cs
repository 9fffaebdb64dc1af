using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ChatAgent.Neural;
using ChatAgent.Nlu;
using ChatAgent.Text;
using ChatAgent.Text.Corpora;
using ChatAgent.Training;

namespace ChatAgent.Cli.Commands;

/// <summary><c>chatagent intents train|evaluate|parse|report</c>: from labelled text to intents, and how good they are.</summary>
internal static class IntentsCommand
{
    /// <summary>Beside the model: what it was trained with and how long that took.</summary>
    private const string TrainingFile = "training.json";

    public static Command Create() => new("intents", "Intents of utterances.") { Train(), Evaluate(), Parse(), Report() };

    private static Command Train()
    {
        var data = Files("--data", "Labelled text, or a folder of a corpus with {language}.train.yml.", required: true);
        var validation = Files("--validation", "Labelled text that chooses mixture, calibration and threshold; a fifth of --data by default.");
        var outside = Files("--oos-validation", "Out-of-scope text, for the threshold.");
        var paths = new Option<string>("--paths") { Description = "linear, dense or mixed.", DefaultValueFactory = static _ => "mixed" };
        var reject = new Option<double>("--reject") { Description = "Share of the validation's own rows that the threshold refuses.", DefaultValueFactory = static _ => 0.02 };
        var epochs = new Option<int>("--epochs") { Description = "Passes of the dense path.", DefaultValueFactory = static _ => new NluTrainingOptions().Epochs };
        var join = new Option<bool>("--train-on-validation") { Description = "After calibration train once more on both." };
        var model = Model("Folder for the model.");
        var (seed, format, json) = (Seed(), Format(), Json());
        var command = new Command("train", "Train a model of intents.") { data, validation, outside, paths, reject, epochs, join, model, seed, format, json };
        command.SetAction((result, cancellation) => Task.Run(() => CommandExit.Guarded(() =>
        {
            if (!Enum.TryParse<IntentPaths>(result.GetValue(paths), ignoreCase: true, out var chosen))
            {
                return CommandExit.Usage($"--paths {result.GetValue(paths)}: expected linear, dense or mixed.");
            }

            var options = new NluTrainingOptions
            {
                Seed = result.GetValue(seed), Paths = chosen, RejectShare = result.GetValue(reject), Epochs = result.GetValue(epochs), TrainOnValidation = result.GetValue(join),
            };
            if (!options.IsValid)
            {
                return CommandExit.Usage(string.Create(CultureInfo.InvariantCulture, $"--reject {options.RejectShare}, --epochs {options.Epochs}: expected 0 to 0.5 and 1 to 200."));
            }

            var sources = result.GetValue(data)!;
            var rows = sources is [var folder] && Directory.Exists(folder) && Directory.GetFiles(folder, "*.train.yml").Length > 0
                ? NluTrainingData.FromFolder(folder)
                : new NluTrainingData { Train = Read(sources, result.GetValue(format)) };
            if (result.GetValue(validation) is { Length: > 0 } dev)
            {
                rows = rows with { Validation = Read(dev, result.GetValue(format)) };
            }

            if (result.GetValue(outside) is { Length: > 0 } strangers)
            {
                rows = rows with { OutOfScopeValidation = [.. Read(strangers, result.GetValue(format)).Select(row => row.Text)] };
            }

            if (rows.Train.Count == 0)
            {
                return CommandExit.Usage($"{sources[0]}(1,1): found no rows, expected labelled text.");
            }

            var clock = Stopwatch.StartNew();
            var engine = NluTrainer.Train(rows, options, ProgressDisplay.OnStandardError(), cancellation);
            var seconds = clock.Elapsed.TotalSeconds;
            var target = result.GetValue(model)!;
            engine.Save(target);
            Print(target, result.GetValue(json), writer =>
            {
                writer.WriteNumber("rows", rows.Train.Count);
                writer.WriteNumber("intents", engine.Intents.Count);
                writer.WriteNumber("trainSeconds", Math.Round(seconds, 2));
                writer.WriteNumber("threshold", Math.Round(engine.Threshold, 4));
                writer.WriteNumber("modelBytes", Bytes(target));
                writer.WriteNumber("seed", options.Seed);
                writer.WriteString("paths", chosen.ToString().ToLowerInvariant());
            });
            return 0;
        }), CancellationToken.None));
        return command;
    }

    private static Command Evaluate()
    {
        var data = Files("--data", "Labelled text.", required: true);
        var outside = Files("--oos", "Out-of-scope text.");
        var predictions = new Option<string?>("--predictions") { Description = "File for label, score and whether it was accepted, a line a row." };
        var model = Model("Folder of the model.");
        var (format, json) = (Format(), Json());
        var command = new Command("evaluate", "Measure a model of intents.") { data, outside, predictions, model, format, json };
        command.SetAction(result => CommandExit.Guarded(() =>
        {
            var engine = NluEngine.Load(result.GetValue(model)!);
            var rows = Read(result.GetValue(data)!, result.GetValue(format));
            if (rows.Count == 0)
            {
                return CommandExit.Usage($"{result.GetValue(data)![0]}(1,1): found no rows, expected labelled text.");
            }

            var strangers = result.GetValue(outside) is { Length: > 0 } files ? Read(files, result.GetValue(format)) : [];
            WarmUp(engine, rows);
            var answers = new (string Label, double Score, bool Accepted)[rows.Count];
            var microseconds = new double[rows.Count];
            for (var i = 0; i < rows.Count; i++)
            {
                var begin = Stopwatch.GetTimestamp();
                var (intents, accepted) = engine.Classify(rows[i].Text, 1);
                microseconds[i] = Stopwatch.GetElapsedTime(begin).TotalMicroseconds;
                answers[i] = (intents[0].Intent, intents[0].Score, accepted);
            }

            Array.Sort(microseconds);
            if (result.GetValue(predictions) is { } file)
            {
                File.WriteAllLines(file, answers.Select(answer => string.Create(CultureInfo.InvariantCulture, $"{answer.Label}\t{answer.Score:F6}\t{(answer.Accepted ? "true" : "false")}")));
            }

            string[] right = [.. rows.Select(row => row.Label)];
            Print(null, result.GetValue(json), writer =>
            {
                writer.WriteNumber("accuracy", Math.Round(answers.Where((answer, i) => answer.Label == right[i]).Count() / (double)right.Length, 5));
                writer.WriteNumber("macroF1", Math.Round(MacroF1(right, [.. answers.Select(answer => answer.Label)]), 5));
                writer.WriteNumber("rows", rows.Count);
                writer.WriteNumber("trainSeconds", TrainSeconds(result.GetValue(model)!));
                writer.WriteNumber("p50Microseconds", Math.Round(microseconds[microseconds.Length / 2], 1));
                writer.WriteNumber("p99Microseconds", Math.Round(microseconds[(int)(microseconds.Length * 0.99)], 1));
                writer.WriteNumber("modelBytes", Bytes(result.GetValue(model)!));
                if (strangers.Count > 0)
                {
                    var outsiders = strangers.Select(row => engine.Classify(row.Text, 1)).Select(answer => (answer.Intents[0].Score, answer.IsInScope)).ToArray();
                    var refused = outsiders.Count(answer => !answer.IsInScope);
                    var refusedInside = answers.Count(answer => !answer.Accepted);
                    writer.WriteStartObject("oos");
                    writer.WriteNumber("auroc", Math.Round(Auroc([.. answers.Select(answer => answer.Score)], [.. outsiders.Select(answer => answer.Score)]), 5));
                    writer.WriteNumber("recall", Math.Round(refused / (double)outsiders.Length, 5));
                    writer.WriteNumber("precision", Math.Round(refused + refusedInside == 0 ? 0 : refused / (double)(refused + refusedInside), 5));
                    writer.WriteNumber("inScopeAccuracy", Math.Round(answers.Where((answer, i) => answer.Accepted && answer.Label == right[i]).Count() / (double)right.Length, 5));
                    writer.WriteEndObject();
                }
            });
            return 0;
        }));
        return command;
    }

    private static Command Parse()
    {
        var text = new Argument<string>("text") { Description = "What a person wrote." };
        var explain = new Option<bool>("--explain") { Description = "Also why: the words that carried the decision, what would have changed it, the nearest training examples." };
        var model = Model("Folder of the model.");
        var json = Json();
        var command = new Command("parse", "Intents, entities and urgency of a text.") { text, model, explain, json };
        command.SetAction(result => CommandExit.Guarded(() =>
        {
            var engine = NluEngine.Load(result.GetValue(model)!);
            var meaning = engine.Parse([new Utterance(result.GetValue(text)!, TimeProvider.System.GetUtcNow())], ParseContext.Empty);
            var explanation = result.GetValue(explain) ? engine.Explain(meaning.Text) : null;
            if (result.GetValue(json))
            {
                Print(null, true, writer => Write(writer, meaning, explanation));
                return 0;
            }

            System.Console.WriteLine($"{meaning.Language.ToCode()}{(meaning.IsInScope ? string.Empty : ", out of scope")}{(meaning.Urgency == Urgency.None ? string.Empty : $", {meaning.Urgency}")}");
            foreach (var intent in meaning.Intents)
            {
                System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{intent.Score,6:F3}  {intent.Intent}"));
            }

            foreach (var part in meaning.Parts.Count > 1 ? meaning.Parts : [])
            {
                System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{part.Span.Start,4}-{part.Span.End,-4} {part.Score:F3}  {part.Intent}: {part.Span.In(meaning.Text)}"));
            }

            foreach (var entity in meaning.Entities)
            {
                System.Console.WriteLine($"{entity.Span.Start,4}-{entity.Span.End,-4} {entity.Name}: {entity.Text} = {entity.Value}");
            }

            if (explanation is not null)
            {
                Show(explanation);
            }

            return 0;
        }));
        return command;
    }

    private static void Show(IntentExplanation why)
    {
        System.Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{why.Intent} {why.Score:F3}{(why.RunnerUp is { } next ? string.Create(CultureInfo.InvariantCulture, $", {why.Margin:F3} above {next.Intent}") : string.Empty)}{(why.IsExact ? ", a training example word for word" : string.Empty)}"));
        foreach (var word in why.Evidence)
        {
            System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{word.Weight,6:F3}  carried by: {word.Text}"));
        }

        if (why.Change is { } change)
        {
            System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{change.Score,6:F3}  without {string.Join(", ", change.Without)}: {change.Intent ?? "out of scope"}"));
        }

        foreach (var near in why.Nearest)
        {
            System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{near.Similarity,6:F3}  near: {near.Text} ({near.Intent})"));
        }
    }

    private static Command Report()
    {
        var data = Files("--data", "Labelled text.", required: true);
        var (seed, format, json) = (Seed(), Format(), Json());
        var command = new Command("report", "Conflicting and duplicate examples, thin intents, confusions with their rows.") { data, seed, format, json };
        command.SetAction((result, cancellation) => Task.Run(() => CommandExit.Guarded(() =>
        {
            var rows = Read(result.GetValue(data)!, result.GetValue(format));
            if (rows.Count == 0)
            {
                return CommandExit.Usage($"{result.GetValue(data)![0]}(1,1): found no rows, expected labelled text.");
            }

            var report = CorpusReport.Make(rows, result.GetValue(seed), ProgressDisplay.OnStandardError(), cancellation);
            Print(null, result.GetValue(json), writer =>
            {
                writer.WriteNumber("rows", rows.Count);
                writer.WriteNumber("intents", rows.Select(row => row.Label).Distinct(StringComparer.Ordinal).Count());
                writer.WriteNumber("crossValidatedAccuracy", Math.Round(report.Accuracy, 4));
                writer.WriteStartArray("conflicts");
                foreach (var group in report.Conflicts)
                {
                    writer.WriteStartArray();
                    foreach (var row in group)
                    {
                        writer.WriteStringValue(Place(row));
                    }

                    writer.WriteEndArray();
                }

                writer.WriteEndArray();
                writer.WriteStartArray("duplicates");
                foreach (var group in report.Duplicates)
                {
                    writer.WriteStringValue($"{group.Count} times: {Place(group[0])}");
                }

                writer.WriteEndArray();
                writer.WriteStartObject("thin");
                foreach (var (intent, count) in report.Thin)
                {
                    writer.WriteNumber(intent, count);
                }

                writer.WriteEndObject();
                writer.WriteStartArray("confusions");
                foreach (var (label, taken, confused) in report.Confusions)
                {
                    writer.WriteStartObject();
                    writer.WriteString("label", label);
                    writer.WriteString("taken", taken);
                    writer.WriteStartArray("rows");
                    foreach (var row in confused)
                    {
                        writer.WriteStringValue(Place(row));
                    }

                    writer.WriteEndArray();
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
            return 0;
        }), CancellationToken.None));
        return command;
    }

    private static string Place(LabelledText row) => $"{row.File}({row.Line}): {row.Label}: {row.Text}";

    /// <summary>Prints one object, and, where <paramref name="folder"/> is given, keeps it beside the model.</summary>
    private static void Print(string? folder, bool compact, Action<Utf8JsonWriter> write)
    {
        var text = JsonLines.Object(write, indented: !compact);
        if (folder is not null)
        {
            File.WriteAllText(System.IO.Path.Combine(folder, TrainingFile), text);
        }

        System.Console.WriteLine(text);
    }

    private static void Write(Utf8JsonWriter writer, Meaning meaning, IntentExplanation? explanation)
    {
        writer.WriteString("text", meaning.Text);
        writer.WriteString("language", meaning.Language.ToCode());
        writer.WriteString("intent", meaning.Intent);
        writer.WriteNumber("confidence", Math.Round(meaning.Confidence, 4));
        writer.WriteString("urgency", meaning.Urgency.ToString().ToLowerInvariant());
        writer.WriteStartArray("intents");
        foreach (var intent in meaning.Intents)
        {
            writer.WriteStartObject();
            writer.WriteString("intent", intent.Intent);
            writer.WriteNumber("score", Math.Round(intent.Score, 4));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("parts");
        foreach (var part in meaning.Parts)
        {
            writer.WriteStartObject();
            writer.WriteString("intent", part.Intent);
            writer.WriteNumber("score", Math.Round(part.Score, 4));
            writer.WriteNumber("start", part.Span.Start);
            writer.WriteNumber("end", part.Span.End);
            writer.WriteString("text", part.Span.In(meaning.Text));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("entities");
        foreach (var entity in meaning.Entities)
        {
            writer.WriteStartObject();
            writer.WriteString("entity", entity.Name);
            writer.WriteNumber("start", entity.Span.Start);
            writer.WriteNumber("end", entity.Span.End);
            writer.WriteString("text", entity.Text);
            writer.WriteString("value", entity.Value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (explanation is null)
        {
            return;
        }

        if (explanation.RunnerUp is { } next)
        {
            writer.WriteString("runnerUp", next.Intent);
            writer.WriteNumber("margin", Math.Round(explanation.Margin, 4));
        }

        writer.WriteBoolean("exact", explanation.IsExact);
        writer.WriteStartArray("evidence");
        foreach (var word in explanation.Evidence)
        {
            writer.WriteStartObject();
            writer.WriteNumber("start", word.Span.Start);
            writer.WriteNumber("end", word.Span.End);
            writer.WriteString("text", word.Text);
            writer.WriteNumber("weight", Math.Round(word.Weight, 4));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (explanation.Change is { } change)
        {
            writer.WriteStartObject("change");
            writer.WriteStartArray("without");
            foreach (var word in change.Without)
            {
                writer.WriteStringValue(word);
            }

            writer.WriteEndArray();
            writer.WriteString("intent", change.Intent);
            writer.WriteNumber("score", Math.Round(change.Score, 4));
            writer.WriteEndObject();
        }

        writer.WriteStartArray("nearest");
        foreach (var near in explanation.Nearest)
        {
            writer.WriteStartObject();
            writer.WriteString("intent", near.Intent);
            writer.WriteString("text", near.Text);
            writer.WriteNumber("similarity", Math.Round(near.Similarity, 4));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>Until the just-in-time compiler has settled: the figures are of a host that runs.</summary>
    private static void WarmUp(NluEngine engine, IReadOnlyList<LabelledText> rows)
    {
        for (var i = 0; i < 3000; i++)
        {
            engine.Classify(rows[i % rows.Count].Text, 1);
        }
    }

    private static double MacroF1(string[] right, string[] said) => right.Distinct(StringComparer.Ordinal).Average(label =>
    {
        var both = right.Where((each, i) => each == label && said[i] == label).Count();
        var either = right.Count(each => each == label) + said.Count(each => each == label);
        return 2.0 * both / either;
    });

    /// <summary>Chance that a row of the model's own scores above a stranger; ties count half.</summary>
    private static double Auroc(double[] own, double[] strangers)
    {
        var sorted = strangers.Order().ToArray();
        var sum = 0.0;
        foreach (var score in own)
        {
            var below = LowerBound(sorted, score);
            var ties = LowerBound(sorted, Math.BitIncrement(score)) - below;
            sum += below + (0.5 * ties);
        }

        return sum / ((double)own.Length * strangers.Length);
    }

    /// <summary>Number of values below a limit.</summary>
    private static int LowerBound(double[] sorted, double limit)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = sorted[middle] < limit ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static double TrainSeconds(string folder)
    {
        var file = System.IO.Path.Combine(folder, TrainingFile);
        if (!File.Exists(file))
        {
            return 0;
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        return document.RootElement.TryGetProperty("trainSeconds", out var seconds) ? seconds.GetDouble() : 0;
    }

    private static long Bytes(string folder) =>
        Directory.GetFiles(folder).Where(file => System.IO.Path.GetFileName(file) != TrainingFile).Sum(file => new FileInfo(file).Length);

    private static IReadOnlyList<LabelledText> Read(string[] files, string? format)
    {
        CorpusFormat? chosen = format is null ? null : Enum.TryParse<CorpusFormat>(format, ignoreCase: true, out var known)
            ? known
            : throw new CorpusFormatException($"--format {format}: expected {string.Join(", ", Enum.GetNames<CorpusFormat>())}");
        return files is [var single] ? CorpusReader.Read(single, chosen) : [.. files.SelectMany(file => CorpusReader.Read(file, chosen))];
    }

    private static Option<string[]> Files(string name, string description, bool required = false) =>
        new(name) { Description = description, Required = required, AllowMultipleArgumentsPerToken = true };

    private static Option<string> Model(string description) => new("--model") { Description = description, Required = true };

    private static Option<string?> Format() => new("--format") { Description = "tsv, csv, clincJson, rasaYaml, lu or qna; by extension when left out." };

    private static Option<int> Seed() => new("--seed") { Description = "Of every draw.", DefaultValueFactory = static _ => 1 };

    private static Option<bool> Json() => new("--json") { Description = "One JSON object on one line, and nothing else." };
}
