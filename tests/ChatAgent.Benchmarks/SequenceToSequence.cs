using System.Diagnostics;
using System.Globalization;
using ChatAgent.Neural;

namespace ChatAgent.Benchmarks;

/// <summary>What an encoder-decoder with attention learns: to copy and to turn around letters, and to write a spoken time as a clock shows it.</summary>
/// <remarks>
/// Letters: trained on all lengths from 5 to 25 but 20, asked for 1,000 of length 20. Times: a fifth of the 1,440 times of the day is left out of training in
/// all its wordings; asked for 1,000 wordings of those. Exact means every token, end included. With <c>write FOLDER</c> the pairs are written as files for
/// <c>chatagent seq2seq</c> instead.
/// </remarks>
internal static class SequenceToSequence
{
    private const int Letters = 26, MissingLength = 20;

    /// <param name="args">reverse, copy or times, all where left out; or write and a folder.</param>
    public static void Run(string[] args)
    {
        if (args is ["write", var folder])
        {
            Write(folder);
            return;
        }

        foreach (var task in args.Length > 0 ? args : ["reverse", "copy", "times"])
        {
            Measure(task);
        }
    }

    private static void Measure(string task)
    {
        var (train, test) = Pairs(task);
        var (sources, targets) = (Units(train.Select(pair => pair.Source)), Units(train.Select(pair => pair.Target)));
        using var pool = new WorkerPool(Environment.ProcessorCount);
        var options = new EncoderDecoderOptions
        {
            SourceVocabulary = sources.Count, TargetVocabulary = targets.Count + 2, Begin = targets.Count, End = targets.Count + 1, Embedding = 64, Hidden = 128,
        };
        var network = new EncoderDecoder(options, new Random(1), pool);
        var training = new TrainingOptions { Stage = task, Epochs = task == "times" ? 12 : 10, Batch = 64, LearningRate = 0.004f, Clip = 1f };
        var start = Stopwatch.GetTimestamp();
        var result = EncoderDecoderTrainer.Train(
            network, new AdamW(network.Parameters), [.. train.Select(pair => (Encode(pair.Source, sources), Encode(pair.Target, targets)))], [],
            training with { Schedule = new WarmUpSchedule(200, new CosineSchedule(training.Epochs)) }, progress: new Lines());
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        network.Freeze();
        var exact = test.Count(pair => Greedy(network, Encode(pair.Source, sources)).SequenceEqual(Encode(pair.Target, targets)));
        System.Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{task,-8} {100.0 * exact / test.Count:F1} % exact of {test.Count}, loss {result.Loss:F4}, {train.Count} pairs × {training.Epochs}, {seconds:F0} s, {result.UnitsPerSecond:N0} target tokens/s"));
    }

    private static (List<(string[] Source, string[] Target)> Train, List<(string[] Source, string[] Target)> Test) Pairs(string task)
    {
        var random = new Random(20261127);
        if (task == "times")
        {
            var left = Enumerable.Range(0, 1440).ToArray();
            random.Shuffle(left);
            var (outside, inside) = (left[..288], left[288..]);
            (string[] Source, string[] Target) Pair(int minute) => (SpokenTimes.Say(minute / 60, minute % 60, random).Split(' '), [.. $"{minute / 60:00}:{minute % 60:00}".Select(c => c.ToString())]);
            return ([.. Enumerable.Range(0, 24_000).Select(i => Pair(inside[i % inside.Length]))], [.. Enumerable.Range(0, 1_000).Select(i => Pair(outside[i % outside.Length]))]);
        }

        (string[] Source, string[] Target) Letter(int length)
        {
            string[] source = [.. Enumerable.Range(0, length).Select(_ => ((char)('a' + random.Next(Letters))).ToString())];
            return (source, task == "reverse" ? [.. source.Reverse()] : source);
        }

        int[] lengths = [.. Enumerable.Range(5, 21).Where(length => length != MissingLength)];
        return ([.. Enumerable.Range(0, 40_000).Select(i => Letter(lengths[i % lengths.Length]))], [.. Enumerable.Range(0, 1_000).Select(_ => Letter(MissingLength))]);
    }

    private static void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var task in (string[])["reverse", "copy", "times"])
        {
            var (train, test) = Pairs(task);
            foreach (var (name, pairs) in new[] { ("train", train), ("test", test) })
            {
                var path = Path.Combine(folder, $"{task}.{name}.tsv");
                File.WriteAllLines(path, pairs.Select(pair => $"{string.Join(' ', pair.Source)}\t{string.Join(task == "times" ? "" : " ", pair.Target)}"));
                System.Console.WriteLine(path);
            }
        }
    }

    private static Dictionary<string, int> Units(IEnumerable<string[]> rows) =>
        rows.SelectMany(row => row).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select((unit, id) => (unit, id)).ToDictionary(pair => pair.unit, pair => pair.id, StringComparer.Ordinal);

    private static int[] Encode(string[] row, Dictionary<string, int> units) => [.. row.Select(unit => units[unit])];

    private static List<int> Greedy(EncoderDecoder network, int[] source)
    {
        var (state, logits, token, text) = (network.Start(source, 1), new float[network.Options.TargetVocabulary], network.Options.Begin, new List<int>());
        while (text.Count < 60)
        {
            network.Step(state, [token], logits);
            token = Array.IndexOf(logits, logits.Max());
            if (token == network.Options.End)
            {
                break;
            }

            text.Add(token);
        }

        return text;
    }

    /// <summary>A line on stderr every few seconds.</summary>
    private sealed class Lines : IProgress<TrainingProgress>
    {
        private long _last;

        public void Report(TrainingProgress value)
        {
            if (value.Fraction >= 1.0 || Stopwatch.GetElapsedTime(_last) > TimeSpan.FromSeconds(5))
            {
                _last = Stopwatch.GetTimestamp();
                System.Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{value.Stage} {value.Fraction:P0} {value.Speed:N0} {value.SpeedUnit} loss {value.Loss:F4} left {value.TimeLeft?.TotalSeconds:F0} s"));
            }
        }
    }
}
