using System.Diagnostics;
using System.Globalization;
using ChatAgent.Neural;
using ChatAgent.Nlg;

namespace ChatAgent.Benchmarks;

/// <summary>Our kernels, training and beam search beside Debian's torch in one run, taking turns: ours, theirs, ours, theirs.</summary>
/// <remarks>
/// Each turn is a few runs; medians and bests are over all runs, and the ratio of the medians is what issue 3 asks for. Training is one chunk of 35 steps of a batch of 20 forward and
/// back, clipped by norm, plain SGD on both sides. Products are torch.mm, which calls the BLAS. A run without torch says so and prints our figures alone.
/// </remarks>
internal static class PeerBenchmark
{
    private const int Batch = 20, Steps = 35, Vocabulary = 10_000;

    /// <param name="args">Turns (10 unless told), then any of products, gru, beam (all unless told).</param>
    public static void Run(string[] args)
    {
        var turns = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 10;
        var chosen = args.Length > 1 ? args[1..] : ["products", "gru", "beam"];
        Print($"load {Load()}");
        if (chosen.Contains("products"))
        {
            Products(turns, 1024, 1024, 1024, transposed: false, wanted: 0.95);
            Products(turns, 1024, 1024, 1024, transposed: true, wanted: 0.95);
            Products(turns, 20, 1950, 650, transposed: true, wanted: 1.25);
        }

        if (chosen.Contains("gru"))
        {
            Gru(turns, layers: 1, hidden: 200, tied: false, threads: 1, wanted: 1.15);
            Gru(turns, layers: 1, hidden: 200, tied: false, threads: 2, wanted: 1.5);
            Gru(turns, layers: 2, hidden: 650, tied: true, threads: 1, wanted: 1.1);
            Gru(turns, layers: 2, hidden: 650, tied: true, threads: 2, wanted: 1.4);
        }

        if (chosen.Contains("beam"))
        {
            Beam(turns);
        }

        Print($"load {Load()}");
    }

    private static void Products(int turns, int m, int n, int k, bool transposed, double wanted)
    {
        var (a, b, c) = (new float[m * k], new float[k * n], new float[m * n]);
        Array.Fill(a, 0.5f);
        Array.Fill(b, 0.25f);
        var right = new PackedMatrix(b, k, n, transposed);
        var repeats = Math.Max(1, (int)(2e8 / ((double)m * n * k)));
        var (name, work) = ($"{m}×{n}×{k}{(transposed ? ", right side stored transposed" : "")}", 2e-9 * m * n * k * repeats);
        using var peer = PeerProcess.TryStart(1, "products.py", m, n, k, transposed ? 1 : 0);
        TakeTurns(turns, 5, peer, work, "GFLOP/s", (name, Plain, wanted), (name + ", packed once", Packed, null));

        void Plain()
        {
            for (var i = 0; i < repeats; i++)
            {
                Kernels.MatMul(a, false, b, transposed, c, m, n, k);
            }
        }

        void Packed()
        {
            for (var i = 0; i < repeats; i++)
            {
                Kernels.MatMul(a, false, right, c, m);
            }
        }
    }

    private static void Gru(int turns, int layers, int hidden, bool tied, int threads, double wanted)
    {
        using var pool = new WorkerPool(threads);
        var network = new TokenNetwork(new TokenNetworkOptions { Vocabulary = Vocabulary, Embedding = hidden, Hidden = hidden, Layers = layers, Tied = tied }, new Random(1), pool);
        var (tape, optimizer, random) = (network.CreateTape(Steps, Batch, new Random(1)), new Sgd(network.Parameters), new Random(2));
        using var peer = PeerProcess.TryStart(threads, "gru.py", layers, hidden, tied ? 1 : 0, threads);
        TakeTurns(turns, 3, peer, Batch * Steps, "tokens/s", ($"GRU {layers}×{hidden}{(tied ? " tied" : "")}, {threads} thread(s)", Chunk, wanted));

        void Chunk() => TokenTrainer.Step(network, optimizer, tape, Tokens(), [], Tokens(), Steps, rate: 0.1f, clip: 5f);

        int[] Tokens() => [.. Enumerable.Range(0, Steps * Batch).Select(_ => random.Next(Vocabulary))];
    }

    private static void Beam(int turns)
    {
        using var peer = PeerProcess.TryStart(1, "beam.py");
        var searches = Enum.GetValues<WeightFormat>().Select(format => ($"beam 5, 20 words, {format}", BeamBenchmark.SearchOf(format), (double?)(format == WeightFormat.Int8 ? 4.0 : null)));
        TakeTurns(turns, 3, peer, 1.0, "searches/s", [.. searches]);
    }

    private static void TakeTurns(int turns, int runs, PeerProcess? peer, double work, string unit, params (string Name, Action Action, double? Wanted)[] ours)
    {
        var (own, theirs) = (ours.Select(_ => new List<double>()).ToArray(), new List<double>());
        foreach (var (_, action, _) in ours)
        {
            action();
            action();
        }

        for (var turn = 0; turn < turns; turn++)
        {
            for (var which = 0; which < ours.Length; which++)
            {
                for (var run = 0; run < runs; run++)
                {
                    var start = Stopwatch.GetTimestamp();
                    ours[which].Action();
                    own[which].Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
                }
            }

            theirs.AddRange(peer?.Run(runs) ?? []);
        }

        theirs.Sort();
        for (var which = 0; which < ours.Length; which++)
        {
            own[which].Sort();
            var (median, best) = (Median(own[which]), own[which][0]);
            var line = string.Create(CultureInfo.InvariantCulture, $"{ours[which].Name}: ours median {work / median:N1} {unit} ({median * 1e3:N2} ms), best {work / best:N1}");
            if (theirs.Count > 0)
            {
                line += string.Create(CultureInfo.InvariantCulture, $"; torch median {work / Median(theirs):N1} ({Median(theirs) * 1e3:N2} ms), best {work / theirs[0]:N1}; ours / torch {Median(theirs) / median:F2} (of the bests {theirs[0] / best:F2})");
                line += ours[which].Wanted is { } wanted ? string.Create(CultureInfo.InvariantCulture, $", wanted {wanted}") : "";
            }

            System.Console.WriteLine(line);
        }

        static double Median(List<double> sorted) => sorted[sorted.Count / 2];
    }

    private static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "not known";

    private static void Print(FormattableString line) => System.Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
