using System.CommandLine;
using System.Diagnostics;
using ChatAgent.Neural;
using ChatAgent.Nlu;
using ChatAgent.Text;
using ChatAgent.Training;

namespace ChatAgent.Cli.Commands;

/// <summary><c>chatagent slots train|evaluate|tag</c>: stretches of a text and what they name, by a recurrent tagger with a CRF.</summary>
internal static class SlotsCommand
{
    private const string What = "A folder with seq.in and seq.out, a seq.in with its seq.out beside it, or Rasa YAML with inline entities.";

    public static Command Create() => new("slots", "Stretches of a text and what they name: sequence tagging with a CRF.") { Train(), Evaluate(), Tag() };

    private static Command Train()
    {
        var (data, validation, model, json, sizes) = (ClassifyCommand.Files("--data", What, required: true), ClassifyCommand.Files("--validation", "The same; chooses the epoch."), ClassifyCommand.Model(), ClassifyCommand.Json(), new SequenceOptions());
        var command = new Command("train", "Train a tagger.") { data, validation, model, json };
        sizes.AddTo(command);
        command.SetAction((result, cancellation) => Task.Run(() => CommandExit.Guarded(() =>
        {
            var (options, threads) = sizes.Read(result);
            var rows = Read(result.GetValue(data)!);
            if (rows.Count == 0)
            {
                return CommandExit.Usage($"{result.GetValue(data)![0]}(1,1): found no rows, expected words with tags.");
            }

            var path = result.GetValue(model)!;
            var start = Stopwatch.GetTimestamp();
            using var pool = new WorkerPool(threads);
            var trained = SlotTagger.Train(rows, Read(result.GetValue(validation) ?? []), options, pool, ProgressDisplay.OnStandardError(), cancellation);
            trained.Save(path);
            ClassifyCommand.Print(result.GetValue(json), writer =>
            {
                writer.WriteNumber("rows", rows.Count);
                writer.WriteNumber("tags", trained.Tags.Count);
                writer.WriteNumber("trainSeconds", Math.Round(Stopwatch.GetElapsedTime(start).TotalSeconds, 2));
                writer.WriteNumber("modelBytes", new FileInfo(path).Length);
            });
            return CommandExit.Done;
        }), CancellationToken.None));
        return command;
    }

    private static Command Evaluate()
    {
        var (data, model, json) = (ClassifyCommand.Files("--data", What, required: true), ClassifyCommand.Model(), ClassifyCommand.Json());
        var predictions = new Option<string?>("--predictions") { Description = "File for the tags, a line a row." };
        var command = new Command("evaluate", "Measure a tagger: a stretch counts with its name and both ends right.") { data, model, predictions, json };
        command.SetAction(result => CommandExit.Guarded(() =>
        {
            var trained = SlotTagger.Load(result.GetValue(model)!);
            var rows = Read(result.GetValue(data)!);
            if (rows.Count == 0)
            {
                return CommandExit.Usage($"{result.GetValue(data)![0]}(1,1): found no rows, expected words with tags.");
            }

            var start = Stopwatch.GetTimestamp();
            var tagged = rows.ToDictionary(row => row, row => trained.Tag(row.Words), ReferenceEqualityComparer.Instance as IEqualityComparer<TaggedText>);
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (result.GetValue(predictions) is { } file)
            {
                File.WriteAllLines(file, rows.Select(row => string.Join(' ', tagged[row])));
            }

            var scores = SlotScores.Of(rows, row => tagged[row]);
            ClassifyCommand.Print(result.GetValue(json), writer =>
            {
                writer.WriteNumber("f1", Math.Round(scores.F1, 5));
                writer.WriteNumber("precision", Math.Round(scores.Precision, 5));
                writer.WriteNumber("recall", Math.Round(scores.Recall, 5));
                writer.WriteNumber("tagAccuracy", Math.Round(scores.TagAccuracy, 5));
                writer.WriteNumber("wholeRows", Math.Round(scores.WholeRows, 5));
                writer.WriteNumber("rows", rows.Count);
                writer.WriteNumber("microsecondsPerRow", Math.Round(seconds * 1e6 / rows.Count, 1));
            });
            return CommandExit.Done;
        }));
        return command;
    }

    private static Command Tag()
    {
        var text = new Argument<string>("text") { Description = "A text." };
        var (model, json) = (ClassifyCommand.Model(), ClassifyCommand.Json());
        var command = new Command("tag", "The stretches of a text.") { text, model, json };
        command.SetAction(result => CommandExit.Guarded(() =>
        {
            string[] words = [.. Tokenizer.Tokenize(result.GetValue(text)!).Select(token => token.Text)];
            var stretches = TaggedText.Stretches(SlotTagger.Load(result.GetValue(model)!).Tag(words));
            ClassifyCommand.Print(result.GetValue(json), writer =>
            {
                writer.WriteStartArray("slots");
                foreach (var (name, from, to) in stretches)
                {
                    writer.WriteStartObject();
                    writer.WriteString("slot", name);
                    writer.WriteString("text", string.Join(' ', words[from..to]));
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
            return CommandExit.Done;
        }));
        return command;
    }

    private static List<TaggedText> Read(IEnumerable<string> files) => [.. files.SelectMany(TaggedText.Read)];
}
