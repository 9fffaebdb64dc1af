using System.Diagnostics;
using ChatAgent.Nlu;
using ChatAgent.Text.Corpora;

namespace ChatAgent.Benchmarks;

/// <summary>Every figure that is promised of intents, in one table: accuracy, spoilt copies, strangers.</summary>
/// <remarks>
/// <c>intents [SET...] [--seeds 1,2,3] [--dev] [--data FOLDER]</c>. With --dev models never see the development rows and are
/// measured on them, spoilt by <see cref="TypingError"/>: that is how settings are chosen. A figure is the mean over the seeds, each seed's own behind it.
/// </remarks>
internal static class IntentBenchmark
{
    public static void Run(string[] args)
    {
        var options = IntentBenchmarkOptions.Parse(args);
        var table = new IntentTable();
        foreach (var set in IntentSet.All.Where(set => options.Sets.Count == 0 || options.Sets.Contains(set.Name)))
        {
            var folder = Path.Combine(options.Data, set.Name);
            if (!Directory.Exists(folder))
            {
                System.Console.Error.WriteLine($"{folder}: not there, passed over");
                continue;
            }

            var clock = Stopwatch.StartNew();
            Measure(set, folder, options, table);
            System.Console.Error.WriteLine($"{set.Name}: {clock.Elapsed.TotalSeconds:F0} s");
        }

        table.Print(System.Console.Out);
    }

    private static void Measure(IntentSet set, string folder, IntentBenchmarkOptions options, IntentTable table)
    {
        IReadOnlyList<LabelledText> Rows(string name) => CorpusReader.Read(Path.Combine(folder, $"{name}.tsv"));
        bool Has(string name) => File.Exists(Path.Combine(folder, $"{name}.tsv"));
        var data = options.IsOnDev
            ? new NluTrainingData { Train = Rows(set.TuningRows) }
            : new NluTrainingData { Train = Rows("train"), Validation = set.Validation is { } validation ? Rows(validation) : [] };
        var test = Rows(options.IsOnDev ? "dev" : "test");
        var strangersName = options.IsOnDev ? "oos_dev" : set.Strangers;
        var strangers = set.AurocTarget > 0 && Has(strangersName) ? Rows(strangersName) : [];
        foreach (var seed in options.Seeds)
        {
            var settings = options.Settings with { Seed = seed };
            var clock = Stopwatch.StartNew();
            var engine = NluTrainer.Train(data, settings, null, CancellationToken.None);
            var seconds = clock.Elapsed.TotalSeconds;
            var clean = Accuracy(engine, test);
            table.Add(set.Name, "accuracy", set.Target, set.Aim, clean, "%");
            table.Add(set.Name, "trained in, this machine shared", double.NaN, double.NaN, seconds, "s");
            foreach (var (copy, loss, name) in Spoilt(set, test, Has, Rows, options.IsOnDev))
            {
                table.Add(set.Name, $"lost {name}", loss, loss, clean - Accuracy(engine, copy), "points", isLess: true);
            }

            if (strangers.Count > 0)
            {
                Strangers(set, engine, test, strangers, table, "at 2 % refusal", 45, 91.5);
            }

            if (set.MeasuresThreshold)
            {
                if (!options.IsOnDev)
                {
                    var taught = NluTrainer.Train(data with { OutOfScopeValidation = [.. Rows("oos_dev").Select(row => row.Text)] }, settings, null, CancellationToken.None);
                    Strangers(set, taught, test, strangers, table, "with oos_dev", 54, 92);
                }

                foreach (var path in new[] { IntentPaths.Dense, IntentPaths.Linear })
                {
                    var alone = NluTrainer.Train(data, settings with { Paths = path }, null, CancellationToken.None);
                    var isDense = path == IntentPaths.Dense;
                    table.Add(set.Name, $"{path} path alone", isDense ? set.DenseTarget : double.NaN, double.NaN, Accuracy(alone, test), "%");
                    table.Add(set.Name, $"{path} path alone, AUROC", double.NaN, double.NaN, Auroc(alone, test, strangers), string.Empty);
                }
            }
        }
    }

    private static void Strangers(
        IntentSet set, NluEngine engine, IReadOnlyList<LabelledText> test, IReadOnlyList<LabelledText> strangers, IntentTable table, string threshold, double recall, double inScope)
    {
        table.Add(set.Name, $"AUROC, {threshold}", set.AurocTarget, set.AurocAim, Auroc(engine, test, strangers), string.Empty);
        if (!set.MeasuresThreshold)
        {
            return;
        }

        table.Add(set.Name, $"strangers refused, {threshold}", recall, threshold == "with oos_dev" ? 62 : recall, 100.0 * strangers.Count(row => !engine.Classify(row.Text, 1).IsInScope) / strangers.Count, "%");
        var right = test.Count(row => engine.Classify(row.Text, 1) is var (intents, isInScope) && isInScope && intents[0].Intent == row.Label);
        table.Add(set.Name, $"in scope right, {threshold}", inScope, inScope, 100.0 * right / test.Count, "%");
    }

    private static IEnumerable<(IReadOnlyList<LabelledText> Rows, double Loss, string Name)> Spoilt(
        IntentSet set, IReadOnlyList<LabelledText> test, Func<string, bool> has, Func<string, IReadOnlyList<LabelledText>> read, bool isOnDev)
    {
        if (isOnDev)
        {
            var random = new Random(1);
            yield return ([.. test.Select(row => row with { Text = TypingError.Make(row.Text, random) })], 3, "with a typing error");
            if (set.IsSpanish)
            {
                yield return ([.. test.Select(row => row with { Text = TypingError.WithoutAccents(row.Text) })], 0.5, "without accents");
            }

            yield break;
        }

        if (has("test_typo"))
        {
            yield return (read("test_typo"), 3, "with a typing error");
        }

        if (set.IsSpanish && has("test_noaccent"))
        {
            yield return (read("test_noaccent"), 0.5, "without accents");
        }
    }

    private static double Accuracy(NluEngine engine, IReadOnlyList<LabelledText> rows) =>
        100.0 * rows.Count(row => engine.Classify(row.Text, 1).Intents[0].Intent == row.Label) / rows.Count;

    private static double Auroc(NluEngine engine, IReadOnlyList<LabelledText> own, IReadOnlyList<LabelledText> strangers) => IntentMeasures.Auroc(
        [.. own.Select(row => engine.Classify(row.Text, 1).Intents[0].Score)],
        [.. strangers.Select(row => engine.Classify(row.Text, 1).Intents[0].Score)]);
}
