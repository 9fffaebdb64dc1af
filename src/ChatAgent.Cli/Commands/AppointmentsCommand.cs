using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ChatAgent.Dialogs;
using ChatAgent.Nlu.Appointments;
using ChatAgent.Training;

namespace ChatAgent.Cli.Commands;

/// <summary><c>chatagent appointments extract|evaluate|train</c>: what replies to "will you attend?" mean, and how well that is read.</summary>
internal static class AppointmentsCommand
{
    public static Command Create() => new("appointments", "Replies to an appointment's question.") { Extract(), Evaluate(), Train() };

    private static Command Extract()
    {
        var input = new Option<string>("--input") { Description = "Replies, one JSON object a line, as the label guide has them.", Required = true };
        var output = new Option<string>("--output") { Description = "Where the readings go, one JSON line a reply.", Required = true };
        var (model, risk, root) = (Model(), Risk(), Root());
        var command = new Command("extract", "Read replies.") { input, output, model, risk, root };
        command.SetAction((result, cancellation) => Task.Run(() => CommandExit.Guarded(() =>
        {
            var rows = LabelledReply.ReadFile(result.GetValue(input)!);
            var reader = Reader(result.GetValue(model), result.GetValue(root), result.GetValue(risk), cancellation);
            using var stream = File.Create(result.GetValue(output)!);
            foreach (var row in rows)
            {
                using (var writer = new Utf8JsonWriter(stream, JsonLines.Readable))
                {
                    Write(writer, row, reader.Read(row));
                }

                stream.WriteByte((byte)'\n');
            }

            return 0;
        })));
        return command;
    }

    private static Command Evaluate()
    {
        var data = new Option<string[]>("--data") { Description = "Labelled replies.", Required = true, AllowMultipleArgumentsPerToken = true };
        var json = new Option<bool>("--json") { Description = "Print one JSON object and nothing else." };
        var (model, risk, root) = (Model(), Risk(), Root());
        var command = new Command("evaluate", "Measure the reading of labelled replies by the guide's scoring.") { data, json, model, risk, root };
        command.SetAction((result, cancellation) => Task.Run(() => CommandExit.Guarded(() =>
        {
            var rows = result.GetValue(data)!.SelectMany(LabelledReply.ReadFile).Where(static r => r.Intent is not null).ToArray();
            if (rows.Length == 0)
            {
                return CommandExit.Usage($"{string.Join(", ", result.GetValue(data)!)}: found no row with an intent.");
            }

            var reader = Reader(result.GetValue(model), result.GetValue(root), result.GetValue(risk), cancellation);
            var scores = ReplyScores.Of(rows, reader.Read);
            if (result.GetValue(json))
            {
                WriteJson(scores);
            }
            else
            {
                WriteTable(scores);
            }

            return 0;
        })));
        return command;
    }

    private static Command Train()
    {
        var data = new Option<string[]>("--data") { Description = "Labelled replies.", Required = true, AllowMultipleArgumentsPerToken = true };
        var unread = new Option<string[]>("--unread") { Description = "More of them, that nobody read while writing rules: how sure a reading is, is measured on these.", AllowMultipleArgumentsPerToken = true };
        var output = new Option<string>("--model") { Description = "Where the trained reader goes.", Required = true };
        var seed = new Option<int>("--seed") { Description = "The same seed and rows give the same reader.", DefaultValueFactory = static _ => 1 };
        var command = new Command("train", "Train the reader on labelled replies of your own.") { data, unread, output, seed };
        command.SetAction((result, cancellation) => Task.Run(() => CommandExit.Guarded(() =>
        {
            var judged = (result.GetValue(unread) ?? []).SelectMany(LabelledReply.ReadFile).ToHashSet(ReferenceEqualityComparer.Instance);
            LabelledReply[] rows = [.. result.GetValue(data)!.SelectMany(LabelledReply.ReadFile), .. judged.Cast<LabelledReply>()];
            if (rows.Count(static r => r.Intent is not null) < 2)
            {
                return CommandExit.Usage($"{string.Join(", ", result.GetValue(data)!)}: found fewer than two rows with an intent.");
            }

            AppointmentReplyTrainer.Train(rows, judged.Count > 0 ? judged.Contains : null, new AppointmentReplyTrainingOptions { Seed = result.GetValue(seed) }, ProgressDisplay.OnStandardError(), cancellation).Save(result.GetValue(output)!);
            return 0;
        })));
        return command;
    }

    /// <summary>The reader: from a file, or trained on the clinic's replies (train and dev) and kept on the shelf; "none" is the rules alone.</summary>
    private static AppointmentReplyReader Reader(string? modelPath, string? root, double risk, CancellationToken cancellation)
    {
        if (risk is < 0.001 or > 0.2)
        {
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"--risk {risk}: expected 0.001 to 0.2."));
        }

        var options = new AppointmentReplyReaderOptions { Risk = risk };
        if (modelPath == "none")
        {
            return new AppointmentReplyReader(null, options);
        }

        if (modelPath is not null)
        {
            return new AppointmentReplyReader(AppointmentReplyModel.Load(modelPath), options);
        }

        var resolved = RootFolder.Resolve(root);
        var workshop = new BundleWorkshop(DialogLoader.Load(resolved.ResolveBot(null)), resolved.Corpora, new ModelShelf(resolved.Models), warn: System.Console.Error.WriteLine);
        return new AppointmentReplyReader(workshop.PrepareRepliesAsync(ProgressDisplay.OnStandardError(), cancellation).GetAwaiter().GetResult(), options);
    }

    private static void Write(Utf8JsonWriter writer, LabelledReply row, AppointmentReply reply)
    {
        writer.WriteStartObject();
        writer.WriteString("id", row.Id);
        writer.WriteString("intent", LabelledReply.NameOf(reply.Intent));
        writer.WriteNumber("confidence", Math.Round(reply.Confidence, 4));
        writer.WriteBoolean("abstain", reply.Abstains);
        writer.WriteBoolean("needs_human", reply.NeedsHuman);
        writer.WriteStartArray("proposed");
        foreach (var slot in reply.Proposed)
        {
            writer.WriteStringValue(slot.ToString());
        }

        writer.WriteEndArray();
        writer.WriteStartArray("evidence");
        foreach (var evidence in reply.Evidence)
        {
            writer.WriteStartObject();
            writer.WriteNumber("start", evidence.Span.Start);
            writer.WriteNumber("end", evidence.Span.End);
            writer.WriteString("text", evidence.Text);
            writer.WriteString("why", evidence.Why);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("reply", AppointmentReplyReader.WithoutQuote(row.Text));
        writer.WriteEndObject();
    }

    private static void WriteTable(ReplyScores s)
    {
        System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"rows {s.Rows}   accuracy {s.Accuracy:P2}   macro-F1 {s.MacroF1:F4}   coverage {s.Coverage:P1}   accuracy of what is covered {s.CoveredAccuracy:P2}   of the surest 90 % {s.AccuracyAtNinety:P2}"));
        System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"false yes {s.FalseYes.Count} of {s.NotYes} ({s.FalseYesRate:P2})   false no {s.FalseNo.Count} of {s.NotNo} ({s.FalseNoRate:P2})"));
        System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"needs_human recall {s.HumanRecall:F3}   precision {s.HumanPrecision:F3}"));
        System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"proposed exact {s.ProposedRight} of {s.WithProposed} ({s.ProposedExact:P1})   invented {s.Invented} of {s.WithoutProposed} ({s.InventedRate:P2})"));
        foreach (var (name, ids) in new[] { ("false yes", s.FalseYes), ("false no", s.FalseNo) })
        {
            foreach (var (id, text) in ids)
            {
                System.Console.WriteLine($"{name}: {id}  {text.ReplaceLineEndings(" / ")}");
            }
        }

        System.Console.WriteLine($"{"said / read",-14}{string.Concat(LabelledReply.IntentNames.Select(static n => $"{n[..Math.Min(9, n.Length)],10}"))}");
        for (var said = 0; said < 8; said++)
        {
            System.Console.WriteLine($"{LabelledReply.IntentNames[said],-14}{string.Concat(Enumerable.Range(0, 8).Select(read => $"{s.Confusions[said, read],10}"))}");
        }
    }

    private static void WriteJson(ReplyScores s)
    {
        using var stream = System.Console.OpenStandardOutput();
        using var writer = new Utf8JsonWriter(stream, JsonLines.Readable);
        writer.WriteStartObject();
        writer.WriteNumber("rows", s.Rows);
        writer.WriteNumber("accuracy", s.Accuracy);
        writer.WriteNumber("macroF1", s.MacroF1);
        writer.WriteNumber("coverage", s.Coverage);
        writer.WriteNumber("coveredAccuracy", s.CoveredAccuracy);
        writer.WriteNumber("accuracyAtNinety", s.AccuracyAtNinety);
        writer.WriteNumber("falseYesRate", s.FalseYesRate);
        writer.WriteNumber("falseNoRate", s.FalseNoRate);
        writer.WriteNumber("humanRecall", s.HumanRecall);
        writer.WriteNumber("humanPrecision", s.HumanPrecision);
        writer.WriteNumber("proposedExact", s.ProposedExact);
        writer.WriteNumber("inventedRate", s.InventedRate);
        foreach (var (name, ids) in new[] { ("falseYes", s.FalseYes), ("falseNo", s.FalseNo) })
        {
            writer.WriteStartArray(name);
            foreach (var (id, _) in ids)
            {
                writer.WriteStringValue(id);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.Flush();
        System.Console.WriteLine();
    }

    private static Option<string?> Model() => new("--model") { Description = "A trained reader's file; \"none\" for the rules alone; trained from corpora/clinic/replies by default." };

    private static Option<double> Risk() => new("--risk") { Description = "Largest share of those who did not say yes that may be recorded as coming (and of no), 0.001 to 0.2.", DefaultValueFactory = static _ => new AppointmentReplyReaderOptions().Risk };

    private static Option<string?> Root() => new("--root") { Description = "The folder that holds dialogs/." };
}
