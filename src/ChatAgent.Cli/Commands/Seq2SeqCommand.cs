using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ChatAgent.Neural;
using ChatAgent.Nlg;
using ChatAgent.Training;

namespace ChatAgent.Cli.Commands;

/// <summary><c>chatagent seq2seq train|run|evaluate</c>: text to text by an encoder-decoder with attention.</summary>
internal static class Seq2SeqCommand
{
    public static Command Create() => new("seq2seq", "Text to text: an encoder-decoder with attention.") { Train(), RunModel(), Evaluate() };

    private static Command Train()
    {
        var usual = new Seq2SeqOptions();
        var pairs = new Option<string[]>("--pairs") { Description = "Files of source<TAB>target lines.", Required = true, AllowMultipleArgumentsPerToken = true };
        var validation = new Option<string[]>("--validation") { Description = "Pairs that are not learnt from and choose the epoch.", AllowMultipleArgumentsPerToken = true };
        var sourceUnit = Choice("--source-unit", "Steps of the source: word or character.", usual.SourceUnit);
        var targetUnit = Choice("--target-unit", "Steps of the target: word or character.", usual.TargetUnit);
        var cell = Choice("--cell", $"Recurrent layers: {Names<RecurrentCell>()}.", usual.Cell);
        var attention = Choice("--attention", "multiplicative or additive.", usual.Attention);
        var embedding = Number("--embedding", "Numbers per unit.", usual.Embedding);
        var hidden = Number("--hidden", "Numbers of state.", usual.Hidden);
        var layers = Number("--layers", "Layers of encoder and of decoder.", usual.Layers);
        var tied = new Option<bool>("--tied") { Description = "The output's weight is the target embedding's; needs --embedding equal to --hidden." };
        var dropout = new Option<float>("--dropout") { Description = "Share zeroed while training.", DefaultValueFactory = _ => usual.Dropout };
        var epochs = Number("--epochs", "Passes over the pairs.", usual.Training.Epochs);
        var batch = Number("--batch", "Pairs of one step.", usual.Training.Batch);
        var rate = new Option<float>("--learning-rate") { Description = "Highest learning rate.", DefaultValueFactory = _ => usual.Training.LearningRate };
        var clip = new Option<float>("--clip") { Description = "Largest norm of all gradients.", DefaultValueFactory = _ => usual.Training.Clip };
        var patience = Number("--patience", "Epochs without a better validation before it stops; 0 never stops early.", 0);
        var checkpoint = new Option<string?>("--checkpoint") { Description = "File from which a stopped run goes on bit for bit; written after every epoch." };
        var minutes = new Option<double?>("--minutes") { Description = "Stop after this long; with --checkpoint the same command goes on." };
        var threads = Number("--threads", "Threads; the result does not depend on it.", Environment.ProcessorCount);
        var seed = Number("--seed", "Of every draw.", 1);
        var (model, json) = (Model("File for the model."), Json());
        var command = new Command("train", "Train a model of pairs.")
        {
            pairs, validation, model, sourceUnit, targetUnit, cell, attention, embedding, hidden, layers, tied, dropout, epochs, batch, rate, clip, patience, checkpoint, minutes, threads, seed, json,
        };
        command.SetAction((result, cancellation) => Task.Run(() => CommandExit.Guarded(() =>
        {
            var options = new Seq2SeqOptions
            {
                SourceUnit = result.GetValue(sourceUnit), TargetUnit = result.GetValue(targetUnit), Cell = result.GetValue(cell), Attention = result.GetValue(attention),
                Embedding = result.GetValue(embedding), Hidden = result.GetValue(hidden), Layers = result.GetValue(layers), Tied = result.GetValue(tied), Dropout = result.GetValue(dropout),
                Training = usual.Training with
                {
                    Epochs = result.GetValue(epochs), Batch = result.GetValue(batch), LearningRate = result.GetValue(rate), Clip = result.GetValue(clip), Patience = result.GetValue(patience),
                    Seed = result.GetValue(seed), Checkpoint = result.GetValue(checkpoint), TimeLimit = result.GetValue(minutes) is { } limit ? TimeSpan.FromMinutes(limit) : null,
                },
            };
            var (taught, heldOut) = (Read(result.GetValue(pairs)!), Read(result.GetValue(validation) ?? []));
            if (taught.Count == 0)
            {
                return CommandExit.Usage($"{string.Join(", ", result.GetValue(pairs)!)}(1,1): found no pair, expected lines of source<TAB>target.");
            }

            var count = result.GetValue(threads);
            if (count is < 1 or > 1024)
            {
                return CommandExit.Usage(string.Create(CultureInfo.InvariantCulture, $"--threads {count}: expected 1 to 1024."));
            }

            using var pool = new WorkerPool(count);
            var start = Stopwatch.GetTimestamp();
            try
            {
                var (trained, run) = Seq2SeqModel.Train(taught, heldOut, options, pool, ProgressDisplay.OnStandardError(), cancellation);
                trained.Save(result.GetValue(model)!);
                var units = trained.UnitCounts;
                Print(result.GetValue(json), writer =>
                {
                    writer.WriteNumber("pairs", taught.Count);
                    writer.WriteNumber("sourceUnits", units.Source);
                    writer.WriteNumber("targetUnits", units.Target);
                    writer.WriteNumber("parameters", trained.ParameterCount);
                    writer.WriteNumber("epochs", run.Epochs);
                    writer.WriteNumber("loss", Math.Round(run.Loss, 5));
                    if (run.Validation is { } loss)
                    {
                        writer.WriteNumber("validationLoss", Math.Round(loss, 5));
                        writer.WriteNumber("bestEpoch", run.BestEpoch);
                    }

                    if (run.IsUnfinished)
                    {
                        writer.WriteBoolean("unfinished", true);
                    }

                    if (run.Diagnosis is { } diagnosis)
                    {
                        writer.WriteString("diagnosis", diagnosis);
                    }

                    writer.WriteNumber("tokensPerSecond", Math.Round(run.UnitsPerSecond));
                    writer.WriteNumber("trainSeconds", Math.Round(Stopwatch.GetElapsedTime(start).TotalSeconds, 1));
                });
                return CommandExit.Done;
            }
            catch (TrainingDivergedException diverged)
            {
                System.Console.Error.WriteLine(diverged.Message);
                return CommandExit.Failed;
            }
            catch (ArgumentOutOfRangeException refused)
            {
                return CommandExit.Usage(refused.Message);
            }
        })));
        return command;
    }

    private static Command RunModel()
    {
        var texts = new Argument<string[]>("text") { Description = "Sources, one an argument.", Arity = ArgumentArity.ZeroOrMore };
        var input = new Option<string?>("--input") { Description = "File of sources, one a line." };
        var output = new Option<string?>("--output") { Description = "File for the targets, one a line, in input order." };
        var show = new Option<bool>("--show-attention") { Description = "Print where the model looked at each step." };
        var (model, beam, units, json) = (Model("A trained model."), Beam(), MaxUnits(), Json());
        var command = new Command("run", "Write a target for each source.") { texts, model, input, output, beam, units, show, json };
        command.SetAction(result => CommandExit.Guarded(() =>
        {
            string[] sources = [.. result.GetValue(texts)!, .. result.GetValue(input) is { } file ? File.ReadLines(file) : []];
            if (sources.Length == 0)
            {
                return CommandExit.Usage("no source: give texts as arguments, or --input FILE.");
            }

            if (Problem(result.GetValue(beam), result.GetValue(units)) is { } problem)
            {
                return CommandExit.Usage(problem);
            }

            var trained = Seq2SeqModel.Load(result.GetValue(model)!);
            var lines = new List<string>(sources.Length);
            foreach (var source in sources)
            {
                var written = trained.Write(source, result.GetValue(beam), result.GetValue(units));
                lines.Add(written.Text);
                if (result.GetValue(output) is not null)
                {
                    continue;
                }

                if (result.GetValue(json))
                {
                    Print(json: true, writer => Show(writer, source, written));
                }
                else
                {
                    System.Console.WriteLine(written.Text);
                }

                if (result.GetValue(show) && !result.GetValue(json))
                {
                    System.Console.Write(AttentionMap.Draw(written.TargetUnits, written.SourceUnits, written.Attention));
                }
            }

            if (result.GetValue(output) is { } target)
            {
                File.WriteAllLines(target, lines, new UTF8Encoding(false));
            }

            return CommandExit.Done;
        }));
        return command;
    }

    private static Command Evaluate()
    {
        var pairs = new Option<string[]>("--pairs") { Description = "Files of source<TAB>target lines.", Required = true, AllowMultipleArgumentsPerToken = true };
        var show = new Option<bool>("--show-attention") { Description = "Print the first wrong targets with where the model looked, on stderr." };
        var (model, beam, units, json) = (Model("A trained model."), Beam(), MaxUnits(), Json());
        var command = new Command("evaluate", "Share of pairs whose target is written exactly.") { model, pairs, beam, units, show, json };
        command.SetAction(result => CommandExit.Guarded(() =>
        {
            if (Problem(result.GetValue(beam), result.GetValue(units)) is { } problem)
            {
                return CommandExit.Usage(problem);
            }

            var trained = Seq2SeqModel.Load(result.GetValue(model)!);
            var rows = Read(result.GetValue(pairs)!);
            if (rows.Count == 0)
            {
                return CommandExit.Usage($"{result.GetValue(pairs)![0]}(1,1): found no pair, expected lines of source<TAB>target.");
            }

            var start = Stopwatch.GetTimestamp();
            Seq2SeqResult[] written = [.. rows.Select(row => trained.Write(row.Source, result.GetValue(beam), result.GetValue(units)))];
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            foreach (var (answer, row) in written.Zip(rows).Where(pair => result.GetValue(show) && pair.First.Text != pair.Second.Target).Take(5))
            {
                System.Console.Error.WriteLine($"{row.Source} -> {answer.Text}, expected {row.Target}");
                System.Console.Error.Write(AttentionMap.Draw(answer.TargetUnits, answer.SourceUnits, answer.Attention));
            }

            var scores = GenerationScores.Of([.. written.Select(answer => answer.Text)], [.. rows.Select(row => (string[])[row.Target])]);
            Print(result.GetValue(json), writer =>
            {
                writer.WriteNumber("exact", Math.Round(written.Zip(rows).Count(pair => pair.First.Text == pair.Second.Target) / (double)rows.Count, 5));
                writer.WriteNumber("bleu", Math.Round(scores.Bleu, 4));
                writer.WriteNumber("rows", rows.Count);
                writer.WriteNumber("millisecondsPerRow", Math.Round(seconds * 1e3 / rows.Count, 3));
            });
            return CommandExit.Done;
        }));
        return command;
    }

    private static void Show(Utf8JsonWriter writer, string source, Seq2SeqResult written)
    {
        writer.WriteString("source", source);
        writer.WriteString("target", written.Text);
        writer.WriteNumber("logProbability", Math.Round(written.LogProbability, 4));
        writer.WriteStartArray("attention");
        foreach (var row in written.Attention)
        {
            writer.WriteStartArray();
            foreach (var weight in row)
            {
                writer.WriteNumberValue(Math.Round(weight, 4));
            }

            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static string? Problem(int beam, int units) =>
        beam is < 1 or > 32 ? string.Create(CultureInfo.InvariantCulture, $"--beam {beam}: expected 1 to 32.")
        : units is < 1 or > 10_000 ? string.Create(CultureInfo.InvariantCulture, $"--max-units {units}: expected 1 to 10000.")
        : null;

    private static List<SequencePair> Read(IEnumerable<string> paths) => [.. paths.SelectMany(SequencePairReader.Read)];

    private static void Print(bool json, Action<Utf8JsonWriter> fields)
    {
        var text = JsonLines.Object(fields);
        if (json)
        {
            System.Console.WriteLine(text);
            return;
        }

        using var document = JsonDocument.Parse(text);
        foreach (var field in document.RootElement.EnumerateObject())
        {
            System.Console.WriteLine($"{field.Name,-18} {field.Value.GetRawText()}");
        }
    }

    private static string Names<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetNames<T>().Select(name => name.ToLowerInvariant()));

    private static Option<T> Choice<T>(string name, string description, T usual)
        where T : struct, Enum => new(name) { Description = description, DefaultValueFactory = _ => usual };

    private static Option<int> Number(string name, string description, int usual) => new(name) { Description = description, DefaultValueFactory = _ => usual };

    private static Option<string> Model(string description) => new("--model") { Description = description, Required = true };

    private static Option<int> Beam() => new("--beam") { Description = "Hypotheses kept after each unit, 1 (greedy) to 32.", DefaultValueFactory = static _ => 1 };

    private static Option<int> MaxUnits() => new("--max-units") { Description = "Most units of a target.", DefaultValueFactory = static _ => 200 };

    private static Option<bool> Json() => new("--json") { Description = "One JSON object on one line, and nothing else." };
}
