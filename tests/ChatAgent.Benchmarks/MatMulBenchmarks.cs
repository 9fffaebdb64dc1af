using System.Diagnostics;
using System.Globalization;
using ChatAgent.Neural;

namespace ChatAgent.Benchmarks;

/// <summary>GFLOP/s of the matrix product at the sizes of issue 3 and of the language models, every vector width, one thread.</summary>
internal static class MatMulBenchmarks
{
    /// <param name="args">Seconds for each measurement (0.5 unless told).</param>
    public static void Run(string[] args)
    {
        var seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 0.5;
        foreach (var (m, n, k, packed) in ((int, int, int, bool)[])[(1024, 1024, 1024, false), (20, 1950, 650, false), (20, 1950, 650, true), (20, 600, 200, true), (700, 10_000, 200, false), (5, 10_000, 200, true), (1, 10_000, 200, true)])
        {
            var (a, b, c) = (new float[m * k], new float[k * n], new float[m * n]);
            Array.Fill(a, 0.5f);
            Array.Fill(b, 0.25f);
            foreach (var width in ((int[])[512, 256, 128, 0]).Where(width => width <= Kernels.WidestOfMachine))
            {
                Kernels.Width = width;
                var right = new PackedMatrix(b, k, n, transposed: true);
                var best = double.MaxValue;
                var begin = Stopwatch.GetTimestamp();
                do
                {
                    var start = Stopwatch.GetTimestamp();
                    if (packed)
                    {
                        Kernels.MatMul(a, false, right, c, m);
                    }
                    else
                    {
                        Kernels.MatMul(a, false, b, true, c, m, n, k);
                    }

                    best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
                }
                while (Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds);

                System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{m}×{n}×{k}{(packed ? " packed" : string.Empty)}, {width} bits: {2e-9 * m * n * k / best:N1} GFLOP/s"));
            }
        }

        Kernels.Width = Kernels.WidestOfMachine;
    }
}
