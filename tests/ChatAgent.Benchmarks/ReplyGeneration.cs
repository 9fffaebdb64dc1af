using System.Diagnostics;
using System.Globalization;
using ChatAgent.Nlg;
using ChatAgent.Text;

namespace ChatAgent.Benchmarks;

/// <summary>Time per reply by beam width, over every act of the clinic's corpus, one thread: with every search made anew, and with searches kept.</summary>
internal static class ReplyGeneration
{
    private static readonly int[] Widths = [1, 5, 10, 20];

    public static void Run(string[] args)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ChatAgent.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"no ChatAgent.sln above {AppContext.BaseDirectory}");
        }

        ReplyPair[] pairs = [.. LanguageCodes.All.SelectMany(language => ReplyPairReader.Read(Path.Combine(folder.FullName, "corpora", "clinic", "nlg", $"{language.Code}.train.jsonl"), language.Language))];
        var model = ReplyModelTrainer.Train(pairs, [], new ReplyModelOptions());
        ReplyPair[] meanings = [.. pairs.DistinctBy(pair => (pair.Act, pair.Language))];
        System.Console.WriteLine("| beam | searched: median ms | p99 ms | kept: median ms | p99 ms | by the model |");
        System.Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
        foreach (var width in Widths)
        {
            var usual = new ReplyGeneratorOptions();
            var options = usual with { Search = usual.Search with { BeamWidth = width } };

            // A new generator has kept nothing; the first meanings warm the code up.
            var (searched, _) = Measure(1000, meanings, () => new ReplyGenerator(WrittenWordings.None, model, options));
            var generator = new ReplyGenerator(WrittenWordings.None, model, options);
            Measure(2000, meanings, () => generator);
            var (kept, byModel) = Measure(2000, meanings, () => generator);
            System.Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {width} | {searched[searched.Length / 2]:N2} | {searched[searched.Length * 99 / 100]:N2} | {kept[kept.Length / 2]:N2} | {kept[kept.Length * 99 / 100]:N2} | {byModel:N1} % |"));
        }
    }

    /// <summary>Milliseconds of each request but the first 200, ascending, and the percentage that the model worded.</summary>
    private static (double[] Milliseconds, double ByModel) Measure(int requests, ReplyPair[] meanings, Func<ReplyGenerator> generator)
    {
        var (times, byModel) = (new List<double>(requests), 0);
        for (var number = 0; number < requests; number++)
        {
            var (pair, speaker) = (meanings[number % meanings.Length], generator());
            var start = Stopwatch.GetTimestamp();
            try
            {
                speaker.Generate(new GenerationRequest { Acts = [new DialogAct(pair.Act, pair.Slots)], Language = pair.Language, Seed = (ulong)number });
                byModel++;
            }
            catch (InvalidOperationException)
            {
                // Every hypothesis was refused and there is no written wording here; its time counts as well.
            }

            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return ([.. times.Skip(200).Order()], 100.0 * byModel / requests);
    }
}
