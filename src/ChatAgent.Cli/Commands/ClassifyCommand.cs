using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ChatAgent.Neural;
using ChatAgent.Nlu;
using ChatAgent.Text.Corpora;
using ChatAgent.Training;

namespace ChatAgent.Cli.Commands;

/// <summary><c>chatagent classify train|evaluate|predict</c>: a class for a whole text by a recurrent network, sentiment above all.</summary>
internal static class ClassifyCommand
{
    public static Command Create() => new("classify", "A class for a whole text (sentiment): a recurrent network, mixed with a linear one.") { Train(), Evaluate(), Predict() };

    private static Command Train()
    {
        var (data, validation, model, json, sizes) = (Files("--data", "Labelled text.", required: true), Files("--validation", "Labelled text that chooses epoch and mixture; a tenth of --data by default."), Model(), Json(), new SequenceOptions());
        var pooling = new Option<SequencePooling>("--pooling") { Description = $"From all steps to one vector: {string.Join(", ", Enum.GetNames<SequencePooling>().Select(name => name.ToLowerInvariant()))}.", DefaultValueFactory = _ => SequencePooling.Attention };
        var command = new Command("train", "Train a classifier.") { data, validation, model, pooling, json };
        sizes.AddTo(command);
        command.SetAction((result, cancellation) => Task.Run(() => CommandExit.Guarded(() =>
        {
            var (options, threads) = sizes.Read(result);
            var rows = Read(result.GetValue(data)!);
            if (rows.Count == 0)
            {
                return CommandExit.Usage($"{result.GetValue(data)![0]}(1,1): found no rows, expected labelled text.");
            }

            var path = result.GetValue(model)!;
            var start = Stopwatch.GetTimestamp();
            using var pool = new WorkerPool(threads);
            var trained = TextClassifier.Train(rows, Read(result.GetValue(validation) ?? []), options with { Pooling = result.GetValue(pooling) }, pool, ProgressDisplay.OnStandardError(), cancellation);
            trained.Save(path);
            var seconds = Math.Round(Stopwatch.GetElapsedTime(start).TotalSeconds, 2);
            File.WriteAllText(path + ".seconds", seconds.ToString(CultureInfo.InvariantCulture));
            Print(result.GetValue(json), writer =>
            {
                writer.WriteNumber("rows", rows.Count);
                writer.WriteNumber("labels", trained.Labels.Count);
                writer.WriteNumber("recurrentShare", trained.RecurrentShare);
                writer.WriteNumber("trainSeconds", seconds);
                writer.WriteNumber("modelBytes", new FileInfo(path).Length);
            });
            return CommandExit.Done;
        }), CancellationToken.None));
        return command;
    }

    private static Command Evaluate()
    {
        var (data, model, json) = (Files("--data", "Labelled text.", required: true), Model(), Json());
        var predictions = new Option<string?>("--predictions") { Description = "File for label and score, a line a row." };
        var command = new Command("evaluate", "Measure a classifier.") { data, model, predictions, json };
        command.SetAction(result => CommandExit.Guarded(() =>
        {
            var path = result.GetValue(model)!;
            var trained = TextClassifier.Load(path);
            var rows = Read(result.GetValue(data)!);
            if (rows.Count == 0)
            {
                return CommandExit.Usage($"{result.GetValue(data)![0]}(1,1): found no rows, expected labelled text.");
            }

            for (var i = 0; i < 200; i++)
            {
                trained.Classify(rows[i % rows.Count].Text);
            }

            var (answers, microseconds) = (new IntentScore[rows.Count], new double[rows.Count]);
            for (var i = 0; i < rows.Count; i++)
            {
                var begin = Stopwatch.GetTimestamp();
                answers[i] = trained.Classify(rows[i].Text)[0];
                microseconds[i] = Stopwatch.GetElapsedTime(begin).TotalMicroseconds;
            }

            Array.Sort(microseconds);
            if (result.GetValue(predictions) is { } file)
            {
                File.WriteAllLines(file, answers.Select(answer => string.Create(CultureInfo.InvariantCulture, $"{answer.Intent}\t{answer.Score:F6}")));
            }

            Print(result.GetValue(json), writer =>
            {
                writer.WriteNumber("accuracy", Math.Round(answers.Where((answer, i) => answer.Intent == rows[i].Label).Count() / (double)rows.Count, 5));
                writer.WriteNumber("macroF1", Math.Round(MacroF1([.. rows.Select(row => row.Label)], [.. answers.Select(answer => answer.Intent)]), 5));
                writer.WriteNumber("rows", rows.Count);
                writer.WriteNumber("trainSeconds", File.Exists(path + ".seconds") && double.TryParse(File.ReadAllText(path + ".seconds"), CultureInfo.InvariantCulture, out var seconds) ? seconds : 0);
                writer.WriteNumber("p50Microseconds", Math.Round(microseconds[microseconds.Length / 2], 1));
                writer.WriteNumber("p99Microseconds", Math.Round(microseconds[(int)(microseconds.Length * 0.99)], 1));
                writer.WriteNumber("modelBytes", new FileInfo(path).Length);
            });
            return CommandExit.Done;
        }));
        return command;
    }

    private static Command Predict()
    {
        var text = new Argument<string>("text") { Description = "A text." };
        var (model, json) = (Model(), Json());
        var command = new Command("predict", "The classes of a text with their probabilities.") { text, model, json };
        command.SetAction(result => CommandExit.Guarded(() =>
        {
            var scores = TextClassifier.Load(result.GetValue(model)!).Classify(result.GetValue(text)!);
            Print(result.GetValue(json), writer =>
            {
                foreach (var score in scores)
                {
                    writer.WriteNumber(score.Intent, Math.Round(score.Score, 5));
                }
            });
            return CommandExit.Done;
        }));
        return command;
    }

    private static double MacroF1(string[] right, string[] said) => right.Distinct(StringComparer.Ordinal).Average(label =>
        2.0 * right.Where((each, i) => each == label && said[i] == label).Count() / (right.Count(each => each == label) + said.Count(each => each == label)));

    private static List<LabelledText> Read(IEnumerable<string> files) => [.. files.SelectMany(file => CorpusReader.Read(file))];

    internal static void Print(bool json, Action<Utf8JsonWriter> fields) => System.Console.WriteLine(JsonLines.Object(fields, indented: !json));

    internal static Option<string[]> Files(string name, string description, bool required = false) => new(name) { Description = description, Required = required, AllowMultipleArgumentsPerToken = true };

    internal static Option<string> Model() => new("--model") { Description = "File of the model.", Required = true };

    internal static Option<bool> Json() => new("--json") { Description = "One JSON object on one line, and nothing else." };
}
