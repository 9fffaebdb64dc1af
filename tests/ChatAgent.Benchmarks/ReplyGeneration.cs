using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using ChatAgent.Neural;
using ChatAgent.Nlg;
using ChatAgent.Text;

namespace ChatAgent.Benchmarks;

/// <summary>Time per reply by beam width, one thread: over every act of the clinic's corpus, with every search made anew and with searches kept, and by size of vocabulary.</summary>
/// <remarks>
/// A larger vocabulary is the same model with units added that it never says: the searches and the texts are the same, the work of each step is that of the larger vocabulary.
/// </remarks>
internal static class ReplyGeneration
{
    private static readonly int[] Widths = [1, 5, 10, 20];
    private static readonly int[] Vocabularies = [1_000, 10_000, 50_000];

    public static void Run(string[] args)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ChatAgent.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"no ChatAgent.sln above {AppContext.BaseDirectory}");
        }

        ReplyPair[] pairs = [.. LanguageCodes.All.SelectMany(language => ReplyPairReader.Read(Path.Combine(folder.FullName, "corpora", "clinic", "nlg", $"{language.Code}.train.jsonl"), language.Language))];
        if (args.Contains("vocabularies", StringComparer.Ordinal))
        {
            ByVocabulary(pairs);
            return;
        }

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

    private static void ByVocabulary(ReplyPair[] pairs)
    {
        // As many acts as stay within the smallest vocabulary.
        var (few, units) = (new List<ReplyPair>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var act in pairs.Where(pair => pair.Language == Language.Spanish).GroupBy(pair => pair.Act, StringComparer.Ordinal))
        {
            units.UnionWith(act.SelectMany(pair => ReplyUnits.Split(Delexicalizer.Delexicalize(pair))));
            if (units.Count > Vocabularies[0] - 10)
            {
                break;
            }

            few.AddRange(act);
        }

        var folder = Directory.CreateTempSubdirectory("chatagent-reply-").FullName;
        ReplyModelTrainer.Train(few, [], new ReplyModelOptions()).Save(folder);
        ReplyPair[] meanings = [.. few.DistinctBy(pair => pair.Act)];
        System.Console.WriteLine($"| units | {string.Join(" | ", Widths.Select(width => $"beam {width}: median ms"))} |");
        System.Console.WriteLine($"| --- | {string.Join(" | ", Widths.Select(_ => "---"))} |");
        foreach (var vocabulary in Vocabularies)
        {
            var model = Widened(folder, vocabulary);
            var usual = new ReplyGeneratorOptions();
            var medians = Widths.Select(width => Measure(Math.Clamp(3_000_000 / vocabulary / width, 40, 400), meanings, () => new ReplyGenerator(WrittenWordings.None, model, usual with { Search = usual.Search with { BeamWidth = width } })).Milliseconds)
                .Select(times => times[times.Length / 2].ToString("N2", CultureInfo.InvariantCulture));
            System.Console.WriteLine($"| {vocabulary.ToString("N0", CultureInfo.InvariantCulture)} | {string.Join(" | ", medians)} |");
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>The model of a folder with units added up to a number, each so unlikely that none is said.</summary>
    private static ReplyModel Widened(string folder, int vocabulary)
    {
        var file = ModelFile.Load(Path.Combine(folder, ReplyModel.FileName));
        var knowledge = JsonNode.Parse(file.RequireText("knowledge"))!;
        var units = knowledge["units"]!.AsArray();
        var own = units.Count;
        for (var unit = own; unit < vocabulary; unit++)
        {
            units.Add($" w{unit}");
        }

        var tensors = new List<ModelTensor>();
        foreach (var (name, tensor) in file.Tensors)
        {
            var values = new float[tensor.Shape.Aggregate(1, (size, side) => size * side)];
            file.CopyTo(name, [.. tensor.Shape], values);
            if (tensor.Shape[0] != own)
            {
                tensors.Add(new ModelTensor(name, [.. tensor.Shape], values));
                continue;
            }

            var wide = new float[values.Length / own * vocabulary];
            Array.Fill(wide, tensor.Shape.Count == 1 ? Never : 0f);
            values.CopyTo(wide, 0);
            tensors.Add(new ModelTensor(name, [vocabulary, .. tensor.Shape.Skip(1)], wide));
        }

        var wider = Directory.CreateDirectory(Path.Combine(folder, vocabulary.ToString(CultureInfo.InvariantCulture))).FullName;
        ModelFile.Save(
            Path.Combine(wider, ReplyModel.FileName), new Dictionary<string, string>(StringComparer.Ordinal) { ["format"] = ReplyModel.Format, ["sizes"] = file.RequireText("sizes"), ["knowledge"] = knowledge.ToJsonString() }, tensors);
        return ReplyModel.Load(wider);
    }

    /// <summary>Bias of an added unit.</summary>
    private const float Never = -30f;

    /// <summary>Milliseconds of each request but the first tenth, ascending, and the percentage that the model worded.</summary>
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

        return ([.. times.Skip(requests / 10).Order()], 100.0 * byModel / requests);
    }
}
