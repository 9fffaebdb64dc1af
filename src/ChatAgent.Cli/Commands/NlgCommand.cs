using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ChatAgent.Neural;
using ChatAgent.Nlg;
using ChatAgent.Text;
using ChatAgent.Training;

namespace ChatAgent.Cli.Commands;

/// <summary><c>chatagent nlg train|generate|explain|evaluate|pairs|judge</c>: from meanings to text, and how good it is.</summary>
internal static class NlgCommand
{
    public static Command Create() => new("nlg", "Wording meanings.") { Train(), Generate(), Explain(), Evaluate(), NlgPairsCommand.CreatePairs(), NlgPairsCommand.CreateJudge() };

    private static Command Train()
    {
        var pairs = new Option<string[]>("--pairs") { Description = "Pairs: E2E CSV (mr,ref), RNNLG JSON, or one JSON object a line (act, style, slots, text). Files named es.* and en.* tell their language.", Required = true, AllowMultipleArgumentsPerToken = true };
        var validation = new Option<string[]>("--validation") { Description = "Pairs that are not learnt from; the last loss shown is theirs.", AllowMultipleArgumentsPerToken = true };
        var epochs = new Option<int?>("--epochs") { Description = "Passes over the pairs; as many as the kind of pairs needs when left out." };
        var seed = new Option<int>("--seed") { Description = "Of every draw.", DefaultValueFactory = static _ => 1 };
        var threads = new Option<int>("--threads") { Description = "Threads; their number does not change the model.", DefaultValueFactory = static _ => Environment.ProcessorCount };
        var (model, language, json) = (Model("Folder for the model."), LanguageOption(), Json());
        var command = new Command("train", "Train a model of wordings.") { pairs, validation, model, language, epochs, threads, seed, json };
        command.SetAction((result, cancellation) => Task.Run(() => CommandExit.Guarded(() =>
        {
            if (result.GetValue(epochs) is < 1 || result.GetValue(threads) < 1)
            {
                return CommandExit.Usage(string.Create(CultureInfo.InvariantCulture, $"--epochs {result.GetValue(epochs)} --threads {result.GetValue(threads)}: expected 1 or more."));
            }

            var (taught, heldOut) = (ReadPairs(result.GetValue(pairs)!, result.GetValue(language)), ReadPairs(result.GetValue(validation) ?? [], result.GetValue(language)));
            if (taught.Count == 0)
            {
                return CommandExit.Usage($"{string.Join(", ", result.GetValue(pairs)!)}: found no pair, expected at least one.");
            }

            var (start, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.UserTime);
            var options = ReplyModelOptions.For(taught) with { Seed = result.GetValue(seed), Threads = result.GetValue(threads) };
            options = result.GetValue(epochs) is { } passes ? options with { Epochs = passes } : options;
            var made = ReplyModelTrainer.Train(taught, heldOut, options, ProgressDisplay.OnStandardError(), cancellationToken: cancellation);
            var folder = Directory.CreateDirectory(result.GetValue(model)!).FullName;
            made.Save(folder);
            File.Delete(Path.Combine(folder, MeaningReader.FileName));
            if (made.IsOpen)
            {
                MeaningReader.Train(taught, made.Lexicon, options.Seed).Save(folder);
            }

            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Print(result.GetValue(json), writer =>
            {
                writer.WriteNumber("pairs", taught.Count);
                writer.WriteNumber("units", made.Units.Count);
                writer.WriteNumber("parameters", made.ParameterCount);
                writer.WriteNumber("trainSeconds", Math.Round(seconds, 1));
                writer.WriteNumber("processorSeconds", Math.Round((Environment.CpuUsage.UserTime - processor).TotalSeconds, 1));
            });
            return 0;
        })));
        return command;
    }

    private static Command Generate()
    {
        var output = new Option<string>("--output") { Description = "One line a meaning, in input order.", Required = true };
        var outputs = new Option<int>("--outputs") { Description = "Lines a meaning, its best texts, best first, 1 to 20.", DefaultValueFactory = static _ => 1 };
        var seed = new Option<ulong?>("--seed") { Description = "Draws among good wordings; the likeliest when left out." };
        var (model, input, beam, language) = (Model("Folder of a trained model."), Input(), Beam(), LanguageOption());
        var command = new Command("generate", "Word every meaning of a file.") { model, input, output, outputs, beam, seed, language };
        command.SetAction(result => CommandExit.Guarded(() =>
        {
            if (!TryGenerator(result.GetValue(model)!, result.GetValue(beam), result.GetValue(seed) is not null, out var trained, out var generator, out var problem)
                || !TryMeanings(result.GetValue(input)!, result.GetValue(language), trained, out var meanings, out problem))
            {
                return CommandExit.Usage(problem);
            }

            var several = result.GetValue(outputs);
            if (several is < 1 or > 20)
            {
                return CommandExit.Usage(string.Create(CultureInfo.InvariantCulture, $"--outputs {several}: expected 1 to 20."));
            }

            var (lines, unworded) = (new List<string>(meanings.Count), 0);
            foreach (var (line, request) in meanings)
            {
                try
                {
                    IReadOnlyList<string> texts = several == 1
                        ? [generator.Generate(request with { Seed = unchecked((result.GetValue(seed) ?? 0UL) + (ulong)line) }).Text]
                        : generator.Several(request.Acts[0], request.Language, request.Style, several);
                    lines.AddRange(texts);

                    // A search that found fewer says its last one again, so that each meaning keeps its lines.
                    lines.AddRange(Enumerable.Repeat(texts[^1], several - texts.Count));
                }
                catch (Exception refused) when (refused is InvalidOperationException or ArgumentException)
                {
                    System.Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.GetValue(input)}({line},1): no wording: {refused.Message}"));
                    lines.AddRange(Enumerable.Repeat(string.Empty, several));
                    unworded++;
                }
            }

            File.WriteAllLines(result.GetValue(output)!, lines, new UTF8Encoding(false));
            return unworded == 0 ? 0 : 1;
        }));
        return command;
    }

    private static Command Explain()
    {
        var row = new Option<int>("--row") { Description = "Which meaning of the file, from 1.", DefaultValueFactory = static _ => 1 };
        var seed = new Option<ulong?>("--seed") { Description = "Draws among good wordings; the likeliest when left out." };
        var (model, input, beam, language) = (Model("Folder of a trained model."), Input(), Beam(), LanguageOption());
        var command = new Command("explain", "Why a meaning is worded as it is.") { model, input, row, beam, seed, language };
        command.SetAction(result => CommandExit.Guarded(() =>
        {
            if (!TryGenerator(result.GetValue(model)!, result.GetValue(beam), result.GetValue(seed) is not null, out var trained, out var generator, out var problem)
                || !TryMeanings(result.GetValue(input)!, result.GetValue(language), trained, out var meanings, out problem))
            {
                return CommandExit.Usage(problem);
            }

            if (result.GetValue(row) is var number && (number < 1 || number > meanings.Count))
            {
                return CommandExit.Usage(string.Create(CultureInfo.InvariantCulture, $"--row {number}: expected 1 to {meanings.Count}."));
            }

            try
            {
                var act = generator.Explain(meanings[number - 1].Request with { Seed = result.GetValue(seed) ?? 0UL }).Acts[0];
                Show(act);
                return 0;
            }
            catch (Exception refused) when (refused is InvalidOperationException or ArgumentException)
            {
                System.Console.Error.WriteLine($"no wording: {refused.Message}");
                return 1;
            }
        }));
        return command;
    }

    private static Command Evaluate()
    {
        var hypotheses = new Option<string>("--hypotheses") { Description = "One line a meaning, or as many for each; or the .tsv files of the E2E challenge (meaning, text).", Required = true };
        var references = new Option<string>("--references") { Description = "Pairs in the order of the lines; pairs of one meaning that follow each other are references of one line.", Required = true };
        var training = new Option<string?>("--training") { Description = "Pairs that were learnt from: measures what was said there already." };
        var (language, json) = (LanguageOption(), Json());
        var command = new Command("evaluate", "BLEU, NIST, ROUGE-L, slot errors and variety; for RNNLG JSON also that benchmark's own count.") { hypotheses, references, training, language, json };
        command.SetAction(result => CommandExit.Guarded(() =>
        {
            var lines = HypothesisFile.Read(result.GetValue(hypotheses)!);
            var path = result.GetValue(references)!;
            var meanings = Group(ReplyPairReader.ReadAsWritten(path, LanguageOf(path, result.GetValue(language))));
            var rows = meanings.Sum(pairs => pairs.Count);
            var isRnnlg = path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
            if (lines.Length == rows || (isRnnlg && rows > 0 && lines.Length % rows == 0))
            {
                // A line a row: the rows of one meaning share their references.
                meanings = [.. meanings.SelectMany(pairs => Enumerable.Repeat(pairs, pairs.Count))];
            }

            if (lines.Length == 0 || meanings.Count == 0 || (isRnnlg ? lines.Length % meanings.Count != 0 : lines.Length != meanings.Count))
            {
                return CommandExit.Usage($"{result.GetValue(hypotheses)}({lines.Length},1): found {lines.Length} lines, expected {meanings.Count}, one a meaning of {path}, or {rows}, one a row.");
            }

            // The best of several lines a meaning is the first.
            var each = lines.Length / meanings.Count;
            string[] best = [.. lines.Where((_, i) => i % each == 0)];
            var scores = GenerationScores.Of(best, [.. meanings.Select(pairs => pairs.Select(pair => pair.Text).ToArray())]);
            var variety = TextVariety.Of(best, result.GetValue(training) is { } taught ? [.. ReadPairs([taught], result.GetValue(language)).Select(pair => pair.Text)] : null);
            var byPatterns = meanings.TrueForAll(pairs => path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) && E2ESlotReader.Knows(pairs[0].Slots));
            var slots = meanings.Sum(pairs => pairs[0].Slots.Count);
            var wrong = best.Zip(meanings).Sum(row => byPatterns ? E2ESlotReader.Errors(row.First, row.Second[0].Slots) : SlotErrors(row.First, row.Second[0].Slots));
            var own = isRnnlg && meanings.Count == rows ? RnnlgScores.Of(MeaningFile.Read(path), [.. lines.Chunk(each)]) : null;
            Print(result.GetValue(json), writer =>
            {
                writer.WriteNumber("bleu", Math.Round(scores.Bleu, 4));
                writer.WriteNumber("nist", Math.Round(scores.Nist, 4));
                writer.WriteNumber("rougeL", Math.Round(scores.RougeL, 4));
                writer.WriteNumber("slotErrorRate", own is not null ? Math.Round(own.SlotErrorRate, 4) : slots == 0 ? 0.0 : Math.Round((double)wrong / slots, 4));
                if (own is not null)
                {
                    writer.WriteNumber("rnnlgBleu", Math.Round(own.Bleu, 4));
                }
                else if (!byPatterns)
                {
                    var checker = new SlotChecker();
                    writer.WriteNumber("refusedShare", Math.Round((double)best.Zip(meanings).Count(row => checker.Check(row.First, row.Second[0].Slots, row.Second[0].Language) is not null) / best.Length, 4));
                }

                writer.WriteNumber("distinct1", Math.Round(variety.Distinct1, 4));
                writer.WriteNumber("distinct2", Math.Round(variety.Distinct2, 4));
                writer.WriteNumber("selfRepetition", Math.Round(variety.SelfRepetition, 4));
                if (variety is { Sameness: { } sameness, SharedRuns: { } shared })
                {
                    writer.WriteNumber("sameness", Math.Round(sameness, 4));
                    writer.WriteNumber("sharedRuns", Math.Round(shared, 4));
                }

                writer.WriteNumber("rows", best.Length);
            });
            return 0;
        }));
        return command;
    }

    /// <summary>Values that are missing, and how often values are said beyond once; whole words only.</summary>
    private static int SlotErrors(string text, IReadOnlyDictionary<string, string> slots)
    {
        var errors = 0;
        foreach (var value in slots.Values.OrderByDescending(value => value.Length))
        {
            var found = 0;
            for (var at = text.IndexOf(value, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(value, StringComparison.OrdinalIgnoreCase))
            {
                found++;
                text = string.Concat(text.AsSpan(0, at), "\n", text.AsSpan(at + value.Length));
            }

            errors += Math.Abs(found - 1);
        }

        return errors;
    }

    private static List<List<ReplyPair>> Group(IReadOnlyList<ReplyPair> pairs)
    {
        var groups = new List<List<ReplyPair>>();
        foreach (var pair in pairs)
        {
            if (groups.Count > 0 && groups[^1][0] is var first && first.Language == pair.Language && first.Style == pair.Style && IsSame(new DialogAct(first.Act, first.Slots), new DialogAct(pair.Act, pair.Slots)))
            {
                groups[^1].Add(pair);
            }
            else
            {
                groups.Add([pair]);
            }
        }

        return groups;
    }

    /// <summary>Prints an act: the text with the slot of each value, the beam as a tree of units, and what was refused.</summary>
    private static void Show(GeneratedAct act)
    {
        System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{act.Act.Name}: {act.Text}"));
        System.Console.WriteLine($"slots   {Marked(act.Text, act.Act.Slots)}");
        var perplexity = act.Beam.FirstOrDefault(entry => entry.Verdict == "chosen")?.Perplexity is { } of ? string.Create(CultureInfo.InvariantCulture, $", perplexity {of:F3} a unit") : string.Empty;
        System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"source  {act.Source}, score {act.Score:F3} (log-probability over the length penalty){perplexity}"));
        if (act.Nearest is { } nearest)
        {
            System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"nearest {nearest.Agreement:P0} in common with the taught \"{nearest.Text}\""));
        }

        System.Console.WriteLine("beam    with the log-probability of each run of units");
        Branch([.. act.Beam.Where(entry => entry.Units.Count > 0)], 0, "  ");
        foreach (var refused in act.Refused)
        {
            System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"refused {refused.Check} {refused.Score:F3}  {refused.Text}"));
        }
    }

    private static void Branch(BeamEntry[] entries, int depth, string indent)
    {
        foreach (var branch in entries.GroupBy(entry => entry.Units[depth].Text, StringComparer.Ordinal))
        {
            BeamEntry[] under = [.. branch];
            var (first, end) = (under[0], depth);
            while (end < first.Units.Count && Array.TrueForAll(under, entry => entry.Units[end].Text == first.Units[end].Text))
            {
                end++;
            }

            var said = first.Units.Skip(depth).Take(end - depth).ToArray();
            var line = string.Create(CultureInfo.InvariantCulture, $"{indent}{WithSlots(said)}  {said.Sum(unit => unit.LogProbability):F2}");
            if (end < first.Units.Count)
            {
                System.Console.WriteLine(line);
                Branch(under, end, indent + "  ");
            }
            else
            {
                // Every text ends with its empty unit, so these are one and the same.
                System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{line}   [{first.Verdict}; log p {first.LogProbability:F2}, score {first.Score:F3}, perplexity {first.Perplexity:F3}]"));
            }
        }
    }

    /// <summary>"{date}" says its slot itself; other words that say one stand as "[price_range: less than £20]".</summary>
    private static string WithSlots(SaidUnit[] units)
    {
        var text = new StringBuilder();
        for (var at = 0; at < units.Length; at++)
        {
            var slot = units[at].Text.EndsWith('}') ? null : units[at].Slot;
            var words = units[at].Text;
            text.Append(slot is not null && words.StartsWith(' ') ? " " : string.Empty).Append(slot is null ? string.Empty : $"[{slot}: ").Append(slot is null ? words : words.TrimStart());
            while (slot is not null && at + 1 < units.Length && units[at + 1].Slot == slot)
            {
                text.Append(units[++at].Text);
            }

            text.Append(slot is null ? string.Empty : "]");
        }

        return text.ToString().Trim();
    }

    private static string Marked(string text, IReadOnlyDictionary<string, string> slots)
    {
        foreach (var (slot, value) in slots.OrderByDescending(slot => slot.Value.Length))
        {
            var at = text.IndexOf(value, StringComparison.OrdinalIgnoreCase);
            if (at >= 0)
            {
                text = $"{text[..at]}[{slot}]{text[(at + value.Length)..]}";
            }
        }

        return text;
    }

    private static bool TryGenerator(string folder, int beam, bool varied, out ReplyModel model, out ReplyGenerator generator, out string problem)
    {
        (model, generator, problem) = (null!, null!, string.Empty);
        if (beam is < 1 or > 64)
        {
            problem = string.Create(CultureInfo.InvariantCulture, $"--beam {beam}: expected 1 to 64.");
            return false;
        }

        model = ReplyModel.Load(folder);
        var reader = File.Exists(Path.Combine(folder, MeaningReader.FileName)) ? MeaningReader.Load(folder) : null;

        // No written wording stands behind the model here: an unlikely wording is better than none.
        var usual = new ReplyGeneratorOptions { LeastScore = double.NegativeInfinity };
        var options = model.IsOpen ? ReplyGeneratorOptions.ForOpen(beam, model)
            : varied ? usual with { Search = usual.Search with { BeamWidth = beam } }
            : usual with { OpeningTokens = 0, Openings = 0, Variety = 0, Search = usual.Search with { BeamWidth = beam, Count = beam, StopAtCount = false, Margin = double.PositiveInfinity } };
        generator = new ReplyGenerator(WrittenWordings.None, model, varied && model.IsOpen ? options with { Variety = 0.3 } : options, reader);
        return true;
    }

    /// <summary>Meanings with their line. A CSV file that has texts as well has one meaning for each run of rows that mean the same.</summary>
    private static bool TryMeanings(string path, string? language, ReplyModel model, out List<(int Line, GenerationRequest Request)> meanings, out string problem)
    {
        (meanings, problem) = ([], string.Empty);
        IReadOnlyList<MeaningRow> rows;
        try
        {
            rows = MeaningFile.Read(path);
        }
        catch (FormatException broken)
        {
            problem = broken.Message;
            return false;
        }

        var spoken = language is null ? model.OnlyLanguage ?? LanguageOf(path, language) : LanguageOf(path, language);
        MeaningRow? before = null;
        foreach (var row in rows)
        {
            if (!path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) || row.Text is null || before is null || !IsSame(before.Act, row.Act))
            {
                meanings.Add((row.Line, new GenerationRequest { Acts = [row.Act], Language = LanguageCodes.TryParse(row.LanguageCode, out var own) ? own : spoken, Style = row.Style }));
            }

            before = row;
        }

        return true;
    }

    private static bool IsSame(DialogAct one, DialogAct other) =>
        one.Name == other.Name && one.Slots.Count == other.Slots.Count && one.Slots.All(slot => other.Slots.TryGetValue(slot.Key, out var value) && value == slot.Value);

    private static List<ReplyPair> ReadPairs(IEnumerable<string> paths, string? language) => [.. paths.SelectMany(path => ReplyPairReader.Read(path, LanguageOf(path, language)))];

    /// <summary>Of --language, else of the file's name, else English of the two public formats, whose benchmarks are English, and Spanish of ours.</summary>
    private static Language LanguageOf(string path, string? language) =>
        LanguageCodes.TryParse(language ?? Path.GetFileName(path).Split('.')[0], out var known) ? known
        : Path.GetExtension(path).ToLowerInvariant() is ".csv" or ".json" ? Language.English : Language.Spanish;

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
            System.Console.WriteLine($"{field.Name,-14} {field.Value.GetRawText()}");
        }
    }

    private static Option<string> Model(string description) => new("--model") { Description = description, Required = true };

    private static Option<string> Input() => new("--input") { Description = "Meanings: E2E CSV (MR, or mr,ref), RNNLG JSON, or one JSON object a line (act, slots, and optionally style usted or tu, and lang).", Required = true };

    private static Option<int> Beam() => new("--beam") { Description = "Hypotheses kept after each token, 1 to 64.", DefaultValueFactory = static _ => 5 };

    private static Option<string?> LanguageOption() => new("--language") { Description = "es or en, where the file's name does not tell." };

    private static Option<bool> Json() => new("--json") { Description = "One JSON object on one line, and nothing else." };
}
