using System.Diagnostics;
using System.Globalization;
using ChatAgent.Nlg;
using ChatAgent.Text;

namespace ChatAgent.Benchmarks;

/// <summary>Time per reply by beam width, over every act of the clinic's corpus, one thread.</summary>
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
        System.Console.WriteLine("| beam | median ms | p99 ms | by the model |");
        System.Console.WriteLine("| --- | --- | --- | --- |");
        foreach (var width in Widths)
        {
            var usual = new ReplyGeneratorOptions();
            var generator = new ReplyGenerator(WrittenWordings.None, model, usual with { Search = usual.Search with { BeamWidth = width } });
            var times = new List<double>();
            var byModel = 0;
            for (var number = 0; number < 2000; number++)
            {
                var pair = meanings[number % meanings.Length];
                var start = Stopwatch.GetTimestamp();
                try
                {
                    generator.Generate(new GenerationRequest { Acts = [new DialogAct(pair.Act, pair.Slots)], Language = pair.Language, Seed = (ulong)number });
                    byModel++;
                }
                catch (InvalidOperationException)
                {
                    // Every hypothesis was refused and there is no written wording here; its time counts as well.
                }

                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            // The first meanings warm the code up.
            var measured = times.Skip(200).Order().ToArray();
            System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {width} | {measured[measured.Length / 2]:N2} | {measured[measured.Length * 99 / 100]:N2} | {byModel / 20.0:N1} % |"));
        }
    }
}
