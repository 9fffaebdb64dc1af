using System.Diagnostics;
using System.Globalization;
using ChatAgent.Neural;

namespace ChatAgent.Benchmarks;

/// <summary>Training speed of a GRU language model, 1×200, embedding 200, batch 20, 35 steps, vocabulary 10,000, plain SGD: kernels against plain loops.</summary>
/// <remarks>
/// The tokens are random: time does not depend on them. The plain version is the same step written as loops over arrays, forward,
/// backward and update, without packing, vectors or threads. Of one run; on a machine that others use too the best chunk says more than the median. The machine is named by whoever keeps the result.
/// </remarks>
internal static class GruTrainingBenchmarks
{
    private const int Batch = 20, Steps = 35, Vocabulary = 10_000, Size = 200;

    /// <param name="args">Chunks for each measurement (12 unless told).</param>
    public static void Run(string[] args)
    {
        var chunks = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 12;
        foreach (var threads in (int[])[1, Environment.ProcessorCount])
        {
            var (median, best) = Kernels(threads, chunks);
            Print($"kernels, {threads} thread(s): median {median:N0} tokens/s, best {best:N0} tokens/s or {best * FlopsPerToken / 1e9:N0} GFLOP/s");
        }

        Print($"plain loops:          {PlainLoops():N0} tokens/s");
    }

    /// <summary>Multiplications and additions of forward and backward of one token: three products of each of W, U and the output.</summary>
    private static double FlopsPerToken => 3.0 * 2 * ((3 * Size * Size) + (3 * Size * Size) + (Size * Vocabulary));

    private static (double Median, double Best) Kernels(int threads, int chunks)
    {
        using var pool = new WorkerPool(threads);
        var network = new TokenNetwork(new TokenNetworkOptions { Vocabulary = Vocabulary, Embedding = Size, Hidden = Size }, new Random(1), pool);
        var (tape, optimizer, random) = (network.CreateTape(Steps, Batch, new Random(1)), new Sgd(network.Parameters), new Random(2));
        var times = new List<double>();
        for (var chunk = 0; chunk < chunks + 2; chunk++)
        {
            var (inputs, targets) = (Tokens(random), Tokens(random));
            var start = Stopwatch.GetTimestamp();
            TokenTrainer.Step(network, optimizer, tape, inputs, [], targets, Steps, rate: 0.1f, clip: 5f);
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        times = [.. times.Skip(2).Order()];
        return (Batch * Steps / times[times.Count / 2], Batch * Steps / times[0]);
    }

    private static double PlainLoops()
    {
        var random = new Random(2);
        var plain = new PlainGru(Vocabulary, Size, random);
        var start = Stopwatch.GetTimestamp();
        plain.Step(Tokens(random), Tokens(random), Steps, Batch, 0.1f);
        return Batch * Steps / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static int[] Tokens(Random random) => [.. Enumerable.Range(0, Steps * Batch).Select(_ => random.Next(Vocabulary))];

    private static void Print(FormattableString line) => System.Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
