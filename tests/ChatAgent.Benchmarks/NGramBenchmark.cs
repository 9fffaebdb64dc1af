using System.Diagnostics;
using System.Globalization;
using ChatAgent.Nlg;

namespace ChatAgent.Benchmarks;

/// <summary>n-gram language models with modified Kneser-Ney smoothing on the Penn Treebank's words: perplexity of its test text, and time.</summary>
/// <remarks>Every line is a text and its end counts as a token, as is usual with this set; the vocabulary is that of the training text, which holds the mark of unknown words itself.</remarks>
internal static class NGramBenchmark
{
    internal const int End = 0;

    public static void Run(string[] args)
    {
        var folder = Path.Combine(args.Length > 0 ? args[0] : Environment.GetEnvironmentVariable("CHATAGENT_DATA") ?? Path.Combine("..", "shared", "data"), "lm", "ptb");
        var ids = new Dictionary<string, int>(StringComparer.Ordinal) { [string.Empty] = End };
        var start = Stopwatch.GetTimestamp();
        var train = Read(Path.Combine(folder, "ptb.train.txt"), ids);
        var test = Read(Path.Combine(folder, "ptb.test.txt"), ids);
        Print($"read {train.Length:N0} and {test.Length:N0} tokens, vocabulary {ids.Count:N0}, in {Stopwatch.GetElapsedTime(start).TotalSeconds:F2} s");
        for (var order = 1; order <= 6; order++)
        {
            start = Stopwatch.GetTimestamp();
            var model = KneserNey.Train(train, ids.Count, End, order);
            var trained = Stopwatch.GetElapsedTime(start);
            start = Stopwatch.GetTimestamp();
            var (context, sum) = (model.Start(), 0.0);
            foreach (var token in test)
            {
                sum -= Math.Log(model.Probability(context, token));
                model.Advance(context, token);
            }

            Print($"order {order}: test perplexity {Math.Exp(sum / test.Length):F1}, {model.Count:N0} n-grams, trained in {trained.TotalSeconds:F2} s, read in {Stopwatch.GetElapsedTime(start).TotalSeconds:F2} s");
        }
    }

    internal static int[] Read(string file, Dictionary<string, int> ids)
    {
        var tokens = new List<int>();
        foreach (var line in File.ReadLines(file))
        {
            foreach (var word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (!ids.TryGetValue(word, out var id))
                {
                    ids.Add(word, id = ids.Count);
                }

                tokens.Add(id);
            }

            tokens.Add(End);
        }

        return [.. tokens];
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
