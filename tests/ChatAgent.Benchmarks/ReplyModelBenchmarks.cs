using System.Diagnostics;
using System.Globalization;
using ChatAgent.Neural;
using ChatAgent.Nlg;
using ChatAgent.Text;

namespace ChatAgent.Benchmarks;

/// <summary>Time to train the reply model on the clinic's pairs, how well it words the test split by greedy choice, and time of one step.</summary>
internal static class ReplyModelBenchmarks
{
    /// <param name="args">name=value for any of epochs, hidden, embedding, dropout, rate, batch, threads, least, decay, layers; "show" prints wordings.</param>
    public static void Run(string[] args)
    {
        var folder = Path.Combine(Root(), "corpora", "clinic", "nlg");
        var (train, dev, test) = (Read(folder, "train"), Read(folder, "dev"), Read(folder, "test"));
        var options = args.Where(arg => arg.Contains('=', StringComparison.Ordinal)).Aggregate(new ReplyModelOptions(), Set);
        var start = Stopwatch.GetTimestamp();
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var reports = new Reports();
        var model = ReplyModelTrainer.Train(train, dev, options, reports);
        Print($"{train.Count} pairs, {model.Units.Count} units, {model.ParameterCount:N0} parameters");
        Print($"trained in {Stopwatch.GetElapsedTime(start).TotalSeconds:N1} s wall, {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds:N1} s of cores, {options}");

        var bundle = Directory.CreateTempSubdirectory("chatagent-bundle-").FullName;
        model.Save(bundle);
        start = Stopwatch.GetTimestamp();
        model = ReplyModel.Load(bundle);
        Print($"loaded {new FileInfo(Path.Combine(bundle, ReplyModel.FileName)).Length / 1e6:N1} MB in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:N0} ms");
        Directory.Delete(bundle, recursive: true);

        foreach (var (name, pairs) in ((string, IReadOnlyList<ReplyPair>)[])[("train", [.. train.Take(400)]), ("dev", dev), ("test", test)])
        {
            Judge(model, name, pairs, train, args.Contains("show", StringComparer.Ordinal) && name == "test");
        }

        Sample(model, [.. dev, .. test], train);
        StepTime(model, test[0]);
    }

    private static void Judge(ReplyModel model, string name, IReadOnlyList<ReplyPair> pairs, List<ReplyPair> train, bool show)
    {
        var (right, faithful, sum, tokens) = (0, 0, 0.0, 0);
        var taught = train.ConvertAll(pair => (pair.Act, pair.Language, Grams: Grams(Delexicalizer.Delexicalize(pair))));
        foreach (var pair in pairs)
        {
            var meaning = ReplyMeaning.Of(pair);
            var (score, count) = model.Score(meaning, Delexicalizer.Delexicalize(pair));
            (sum, tokens) = double.IsFinite(score) ? (sum - score, tokens + count) : (sum, tokens);
            var said = Say(model, meaning, row => Array.IndexOf(row, row.Max()));
            var exact = IsExact(said, pair);
            right += exact ? 1 : 0;
            var grams = Grams(said);
            var nearest = taught.Where(other => other.Language == pair.Language).MaxBy(other => Similarity(grams, other.Grams) + (other.Act == pair.Act ? 1e-6 : 0.0));
            faithful += nearest.Act == pair.Act ? 1 : 0;
            if (show)
            {
                Print($"{(exact ? ' ' : 'x')}{(nearest.Act == pair.Act ? ' ' : '!')}{pair.Act,-20} {(exact ? Lexicalizer.Fill(said, pair.Slots, pair.Language) : said)}");
            }
        }

        Print($"{name}: perplexity {Math.Exp(sum / tokens):N2} per unit where all are known, greedy wording with every slot once {100.0 * right / pairs.Count:N1} %, nearest taught wording of the same act {100.0 * faithful / pairs.Count:N1} %");
    }

    /// <summary>Draws wordings at temperature 0.8, as a search that wants variety would, and judges what the acts' own scores refuse.</summary>
    private static void Sample(ReplyModel model, List<ReplyPair> pairs, List<ReplyPair> train)
    {
        var taught = train.ConvertAll(pair => (pair.Act, pair.Language, Grams: Grams(Delexicalizer.Delexicalize(pair))));
        var (random, drawn, right, faithful, kept, keptFaithful) = (new Random(1), 0, 0, 0, 0, 0);
        var milliseconds = new List<double>();
        for (var i = 0; i < 1_000; i++)
        {
            var pair = pairs[i % pairs.Count];
            var meaning = ReplyMeaning.Of(pair);
            var said = Say(model, meaning, row => Draw(row, 0.8, random));
            drawn++;
            if (!IsExact(said, pair))
            {
                continue;
            }

            right++;
            var grams = Grams(said);
            var isFaithful = taught.Where(other => other.Language == pair.Language).MaxBy(other => Similarity(grams, other.Grams) + (other.Act == pair.Act ? 1e-6 : 0.0)).Act == pair.Act;
            var start = Stopwatch.GetTimestamp();
            var scores = model.ScoreByAct(meaning, said);
            milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            var isKept = scores.Count == 1 || scores[0].LogProbability > scores[1].LogProbability;
            (faithful, kept, keptFaithful) = (faithful + (isFaithful ? 1 : 0), kept + (isKept ? 1 : 0), keptFaithful + (isKept && isFaithful ? 1 : 0));
        }

        var variety = pairs.Where(pair => pair.Language == Language.Spanish).DistinctBy(pair => (pair.Act, pair.Style)).Where(pair => pair.Style == ReplyStyle.Formal)
            .Select(pair => Enumerable.Range(0, 40).Select(_ => Say(model, ReplyMeaning.Of(pair), row => Draw(row, 0.8, random))).Where(said => IsExact(said, pair)).Distinct(StringComparer.Ordinal).Count())
            .Order().ToArray();
        Print($"different wordings with every slot once in 40 draws of each of {variety.Length} Spanish acts: least {variety[0]}, median {variety[variety.Length / 2]}");
        milliseconds.Sort();
        Print($"drawn at temperature 0.8: every slot once {100.0 * right / drawn:N1} %; of these nearest taught wording of the same act {100.0 * faithful / right:N1} %; scores by act keep {100.0 * kept / right:N1} %, of which faithful {100.0 * keptFaithful / kept:N1} %");
        Print($"scores by act: median {milliseconds[milliseconds.Count / 2]:N2} ms, slowest of a hundred {milliseconds[milliseconds.Count * 99 / 100]:N2} ms");
    }

    private static int Draw(float[] row, double temperature, Random random)
    {
        var weights = row.Select(logProbability => Math.Exp(logProbability / temperature)).ToArray();
        var left = random.NextDouble() * weights.Sum();
        var token = 0;
        while (token < weights.Length - 1 && (left -= weights[token]) > 0)
        {
            token++;
        }

        return token;
    }

    private static bool IsExact(string said, ReplyPair pair) =>
        pair.Slots.Keys.All(slot => Occurrences(said, $"{{{slot}}}") == 1) && said.Count(c => c == '{') == pair.Slots.Count;

    private static void StepTime(ReplyModel model, ReplyPair pair)
    {
        foreach (var rows in (int[])[1, 5, 10])
        {
            var decoder = model.Condition(ReplyMeaning.Of(pair));
            var (state, tokens, row) = (decoder.Start(rows), new int[rows], new float[rows * decoder.VocabularySize]);
            var best = double.MaxValue;
            for (var i = 0; i < 2_000; i++)
            {
                Array.Fill(tokens, 3 + (i % 50));
                var start = Stopwatch.GetTimestamp();
                decoder.Step(state, tokens, row);
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }

            Print($"one step of {rows} hypotheses: {best:N1} µs at best");
        }
    }

    private static string Say(ReplyModel model, ReplyMeaning meaning, Func<float[], int> choose)
    {
        var decoder = model.Condition(meaning);
        var (state, row, said, token) = (decoder.Start(1), new float[decoder.VocabularySize], new List<int>(), decoder.StartToken);
        while (said.Count < 60)
        {
            decoder.Step(state, [token], row);
            token = choose(row);
            if (token == decoder.EndToken)
            {
                break;
            }

            said.Add(token);
        }

        return model.TextOf([.. said]);
    }

    private static HashSet<string> Grams(string text) => [.. Enumerable.Range(0, Math.Max(0, text.Length - 2)).Select(i => text.Substring(i, 3))];

    private static double Similarity(HashSet<string> a, HashSet<string> b)
    {
        var common = a.Count(b.Contains);
        return common / (double)Math.Max(1, a.Count + b.Count - common);
    }

    private static int Occurrences(string text, string part) => (text.Length - text.Replace(part, string.Empty, StringComparison.Ordinal).Length) / part.Length;

    private static List<ReplyPair> Read(string folder, string split) =>
        [.. LanguageCodes.All.SelectMany(language => ReplyPairReader.Read(Path.Combine(folder, $"{language.Code}.{split}.jsonl"), language.Language))];

    private static ReplyModelOptions Set(ReplyModelOptions options, string setting)
    {
        var (name, text) = (setting[..setting.IndexOf('=', StringComparison.Ordinal)], setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        var value = float.Parse(text, CultureInfo.InvariantCulture);
        return name switch
        {
            "epochs" => options with { Epochs = (int)value },
            "hidden" => options with { Hidden = (int)value },
            "embedding" => options with { Embedding = (int)value },
            "layers" => options with { Layers = (int)value },
            "batch" => options with { Batch = (int)value },
            "threads" => options with { Threads = (int)value },
            "least" => options with { LeastPairs = (int)value },
            "dropout" => options with { Dropout = value },
            "rate" => options with { LearningRate = value },
            "decay" => options with { WeightDecay = value },
            _ => throw new ArgumentException($"no setting \"{name}\"", nameof(setting)),
        };
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ChatAgent.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"no ChatAgent.sln above {AppContext.BaseDirectory}");
        }

        return folder.FullName;
    }

    private static void Print(FormattableString line) => System.Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private sealed class Reports : IProgress<TrainingProgress>
    {
        private string _stage = string.Empty;

        public void Report(TrainingProgress value)
        {
            if (value.Stage != _stage)
            {
                _stage = value.Stage;
                Print($"{value.Stage}: {value.Fraction:P0}, {value.Speed:N0} {value.SpeedUnit}, loss {value.Loss:N3}, {value.TimeLeft?.TotalSeconds:N0} s left");
            }
        }
    }
}
