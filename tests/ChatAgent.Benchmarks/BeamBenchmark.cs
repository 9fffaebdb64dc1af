using System.Diagnostics;
using System.Globalization;
using ChatAgent.Neural;
using ChatAgent.Nlg;

namespace ChatAgent.Benchmarks;

/// <summary>Beam search over a GRU of 2×650 with tied embedding and a vocabulary of 10,000, five hypotheses, 20 words, one thread, with weights of 4, 2 and 1 byte.</summary>
/// <remarks>
/// The parameters are random, which costs what trained ones cost; the end is made unlikely, so that every search goes 21 steps: 20 words and the end. A step is
/// products, gates, softmax over all words, the search's choice and the copies of surviving states. The products alone stand beside it, against packed panels of floats.
/// </remarks>
internal static class BeamBenchmark
{
    private const int Vocabulary = 10_000;
    private const int Hidden = 650;
    private const int Width = 5;
    private const int Words = 20;

    /// <param name="args">Seconds for each line, 2 by default.</param>
    public static void Run(string[] args)
    {
        var seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 2.0;
        Products(seconds / 4);
        var network = Network();
        foreach (var format in Enum.GetValues<WeightFormat>())
        {
            var start = Stopwatch.GetTimestamp();
            var decoder = new TokenDecoder(network, format);
            var made = Stopwatch.GetElapsedTime(start);
            var model = new Model(decoder);
            var options = new BeamSearchOptions { BeamWidth = Width, MaxTokens = Words, NoRepeatLength = 0 };
            var found = 0;
            var search = Best(seconds, () => found = BeamSearch.Search(model, new BeamConstraints(), options).Count);
            var (state, logits, tokens) = (decoder.Start(Width), new float[Width * Vocabulary], new int[Width]);
            var step = Best(seconds / 2, () => decoder.Step(state, tokens, logits));
            var (one, row) = (decoder.Start(1), new float[Vocabulary]);
            var single = Best(seconds / 2, () => decoder.Step(one, [7], row));
            var next = Best(seconds / 2, () => NextWords(decoder, one, row));
            Print($"{format,-9} {decoder.BytesPerStep / 1e6,5:F1} MB a step: search of {Words} words, beam {Width}: {search.Best:F1} ms at best, median {search.Median:F1} ({found} found); one step of {Width} {step.Best:F3} ms, of one {single.Best:F3} ms; five next words {next.Best:F3} ms, median {next.Median:F3}; made in {made.TotalMilliseconds:F0} ms");
        }
    }

    /// <summary>The search alone, over a network of its own, for a run beside others.</summary>
    internal static Action SearchOf(WeightFormat format)
    {
        var model = new Model(new TokenDecoder(Network(), format));
        return () => BeamSearch.Search(model, new BeamConstraints(), new BeamSearchOptions { BeamWidth = Width, MaxTokens = Words, NoRepeatLength = 0 });
    }

    private static TokenNetwork Network()
    {
        var network = new TokenNetwork(new TokenNetworkOptions { Vocabulary = Vocabulary, Embedding = Hidden, Hidden = Hidden, Layers = 2, Tied = true }, new Random(1));
        network.Output.Bias.Values[Model.End] = -100f;
        return network;
    }

    private static void Products(double seconds)
    {
        var random = new Random(2);
        foreach (var (k, n) in ((int, int)[])[(Hidden, 3 * Hidden), (Hidden, Vocabulary)])
        {
            var weights = new float[k * n];
            foreach (ref var weight in weights.AsSpan())
            {
                weight = random.NextSingle() - 0.5f;
            }

            foreach (var rows in (int[])[1, 2, 5, 10, 40])
            {
                float[] a = new float[rows * k], c = new float[rows * n];
                Array.Fill(a, 0.5f);
                var packed = new PackedMatrix(weights, k, n, transposed: true);
                var line = $"{rows}×{n}×{k}: packed {Rate(Best(seconds, () => Kernels.MatMul(a, false, packed, c, rows)).Best)}";
                foreach (var format in Enum.GetValues<WeightFormat>())
                {
                    var matrix = new DecodingMatrix(weights, k, n, format);
                    line += $", {format} {Rate(Best(seconds, () => Kernels.MatMul(a, matrix, c, rows)).Best)}";
                }

                System.Console.WriteLine(line + " GFLOP/s");

                string Rate(double milliseconds) => (2e-6 * rows * k * n / milliseconds).ToString("F0", CultureInfo.InvariantCulture);
            }
        }
    }

    private static void NextWords(TokenDecoder decoder, TokenState state, float[] row)
    {
        decoder.Step(state, [7], row);
        Kernels.Softmax(row);
        Span<(float Probability, int Token)> best = stackalloc (float, int)[5];
        best.Fill((float.NegativeInfinity, -1));
        for (var token = 0; token < row.Length; token++)
        {
            if (row[token] <= best[^1].Probability)
            {
                continue;
            }

            var place = best.Length - 1;
            for (; place > 0 && best[place - 1].Probability < row[token]; place--)
            {
                best[place] = best[place - 1];
            }

            best[place] = (row[token], token);
        }
    }

    private static (double Best, double Median) Best(double seconds, Action action)
    {
        action();
        var (times, begin) = (new List<double>(), Stopwatch.GetTimestamp());
        do
        {
            var start = Stopwatch.GetTimestamp();
            action();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds);

        times.Sort();
        return (times[0], times[times.Count / 2]);
    }

    private static void Print(FormattableString line) => System.Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private sealed class Model(TokenDecoder decoder) : INextTokenModel<TokenState>
    {
        public const int End = 0;

        public int VocabularySize => Vocabulary;

        public int StartToken => 1;

        public int EndToken => End;

        public TokenState Start(int rows) => decoder.Start(rows);

        public void Step(TokenState state, ReadOnlySpan<int> tokens, Span<float> logProbabilities)
        {
            decoder.Step(state, tokens, logProbabilities);
            for (var row = 0; row < tokens.Length; row++)
            {
                Kernels.LogSoftmax(logProbabilities.Slice(row * Vocabulary, Vocabulary));
            }
        }

        public TokenState Gather(TokenState state, ReadOnlySpan<int> parents) => state.Gather(parents);
    }
}
