using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ChatAgent.Neural;

/// <summary>The numeric loops everything else is made of, over row-major spans of floats.</summary>
/// <remarks>
/// Each is written once over <see cref="IWide{TVector}"/> and runs in 512, 256 or 128 bits, the widest that the machine has, or as a plain
/// loop. Lengths that do not fit throw <see cref="ArgumentException"/>. NaN comes through. Thread-safe.
/// </remarks>
public static unsafe partial class Kernels
{
    /// <summary>Numbers of one block of a pass over memory: threads take whole blocks, so that every number meets the same instruction whatever their count.</summary>
    private const int PassBlock = 4096;

    /// <summary>Numbers below which waking another thread for a pass over memory costs more than it saves.</summary>
    private const int ParallelPassFrom = 100_000;

    /// <summary>Vector width in bits: 512, 256, 128, or 0 for the plain loop. Tests lower it; nobody else writes it.</summary>
    internal static int Width { get; set; } = WidestOfMachine;

    /// <summary>The widest vectors this machine runs.</summary>
    internal static int WidestOfMachine =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;

    /// <summary>Σ aᵢ·bᵢ.</summary>
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        RequireLength(b, a.Length, nameof(b));
        fixed (float* p = a, q = b)
        {
            return Width switch
            {
                512 => Dot<Wide512, Vector512<float>>(p, q, a.Length),
                256 => Dot<Wide256, Vector256<float>>(p, q, a.Length),
                128 => Dot<Wide128, Vector128<float>>(p, q, a.Length),
                _ => Dot<Plain, float>(p, q, a.Length),
            };
        }
    }

    /// <summary>Euclidean norm √Σxᵢ², summed in double by blocks so that ten million small gradients do not get lost.</summary>
    public static double Norm(ReadOnlySpan<float> x, WorkerPool? pool = null)
    {
        var blocks = (x.Length + PassBlock - 1) / PassBlock;
        Span<double> squares = blocks <= 512 ? stackalloc double[blocks] : new double[blocks];
        fixed (float* p = x)
        fixed (double* q = squares)
        {
            var job = new Pass { X = p, Sums = q, Length = x.Length };
            PoolFor(x.Length, ParallelPassFrom, pool).Run(&SquaresPart, &job);
        }

        // In the order of the blocks, whoever summed them.
        var sum = 0.0;
        foreach (var square in squares)
        {
            sum += square;
        }

        return Math.Sqrt(sum);
    }

    /// <summary>y += α·x.</summary>
    public static void Axpy(float alpha, ReadOnlySpan<float> x, Span<float> y, WorkerPool? pool = null)
    {
        RequireLength(x, y.Length, nameof(x));
        fixed (float* p = x, q = y)
        {
            if (pool is null || y.Length < ParallelPassFrom)
            {
                Axpy(alpha, p, q, y.Length);
                return;
            }

            var job = new Pass { X = p, Y = q, Length = y.Length, Alpha = alpha };
            pool.Run(&AxpyPart, &job);
        }
    }

    /// <summary>y += x.</summary>
    public static void Add(ReadOnlySpan<float> x, Span<float> y) => Axpy(1f, x, y);

    /// <summary>x = α·x.</summary>
    public static void Scale(float alpha, Span<float> x, WorkerPool? pool = null)
    {
        fixed (float* p = x)
        {
            var job = new Pass { X = p, Length = x.Length, Alpha = alpha };
            PoolFor(x.Length, ParallelPassFrom, pool).Run(&ScalePart, &job);
        }
    }

    /// <summary>x = 0.</summary>
    internal static void Clear(Span<float> x, WorkerPool? pool)
    {
        fixed (float* p = x)
        {
            var job = new Pass { X = p, Length = x.Length };
            PoolFor(x.Length, ParallelPassFrom, pool).Run(&ClearPart, &job);
        }
    }

    /// <summary>y = x ⊙ mask; <paramref name="y"/> may be <paramref name="x"/>.</summary>
    public static void Multiply(ReadOnlySpan<float> x, ReadOnlySpan<float> mask, Span<float> y)
    {
        RequireLength(x, y.Length, nameof(x));
        RequireLength(mask, y.Length, nameof(mask));
        fixed (float* p = x, m = mask, q = y)
        {
            switch (Width)
            {
                case 512: Multiply<Wide512, Vector512<float>>(p, m, q, y.Length); break;
                case 256: Multiply<Wide256, Vector256<float>>(p, m, q, y.Length); break;
                case 128: Multiply<Wide128, Vector128<float>>(p, m, q, y.Length); break;
                default: Multiply<Plain, float>(p, m, q, y.Length); break;
            }
        }
    }

    /// <summary>Adds <paramref name="bias"/> to every row of <paramref name="rows"/>.</summary>
    public static void AddBias(Span<float> rows, ReadOnlySpan<float> bias)
    {
        RequireRows(rows, bias.Length, nameof(rows));
        for (var start = 0; start < rows.Length; start += bias.Length)
        {
            Add(bias, rows.Slice(start, bias.Length));
        }
    }

    /// <summary>Adds every row of <paramref name="rows"/> to <paramref name="sums"/>: a bias's gradient.</summary>
    public static void AddColumnSums(ReadOnlySpan<float> rows, Span<float> sums, WorkerPool? pool = null)
    {
        RequireRows(rows, sums.Length, nameof(rows));
        fixed (float* p = rows, q = sums)
        {
            var job = new Pass { X = p, Y = q, Length = sums.Length, Rows = rows.Length / sums.Length };
            PoolFor(rows.Length, ParallelPassFrom, pool).Run(&ColumnSumsPart, &job);
        }
    }

    /// <summary>Largest element; NaN where one is NaN; negative infinity of an empty span.</summary>
    public static float Max(ReadOnlySpan<float> x)
    {
        fixed (float* p = x)
        {
            return Width switch
            {
                512 => Max<Wide512, Vector512<float>>(p, x.Length),
                256 => Max<Wide256, Vector256<float>>(p, x.Length),
                128 => Max<Wide128, Vector128<float>>(p, x.Length),
                _ => Max<Plain, float>(p, x.Length),
            };
        }
    }

    /// <summary>No element is infinite or NaN.</summary>
    public static bool AllFinite(ReadOnlySpan<float> x)
    {
        // x − x is 0 for what is finite and NaN for the rest, and NaN survives the sum.
        fixed (float* p = x)
        {
            return Width switch
            {
                512 => AllFinite<Wide512, Vector512<float>>(p, x.Length),
                256 => AllFinite<Wide256, Vector256<float>>(p, x.Length),
                128 => AllFinite<Wide128, Vector128<float>>(p, x.Length),
                _ => AllFinite<Plain, float>(p, x.Length),
            };
        }
    }

    internal static void RequireLength(ReadOnlySpan<float> span, long length, string name)
    {
        if (span.Length != length)
        {
            throw new ArgumentException($"{name} has {span.Length} elements, expected {length}", name);
        }
    }

    internal static void RequireAtLeast(ReadOnlySpan<float> span, long length, string name)
    {
        if (span.Length < length)
        {
            throw new ArgumentException($"{name} has {span.Length} elements, expected at least {length}", name);
        }
    }

    private static void RequireRows(ReadOnlySpan<float> rows, int columns, string name)
    {
        if (columns == 0 || rows.Length % columns != 0)
        {
            throw new ArgumentException($"{name} has {rows.Length} elements, which are no whole rows of {columns}", name);
        }
    }

    internal static WorkerPool PoolFor(long numbers, long from, WorkerPool? pool) => pool is null || numbers < from ? WorkerPool.Inline : pool;

    /// <summary>A part's whole blocks of a pass over so many numbers.</summary>
    private static (int First, int End) ShareOfPass(int length, int part, int parts)
    {
        var (first, end) = Share((length + PassBlock - 1) / PassBlock, part, parts);
        return (first * PassBlock, Math.Min(length, end * PassBlock));
    }

    private static void SquaresPart(void* context, int part, int parts)
    {
        ref var job = ref *(Pass*)context;
        var (first, end) = ShareOfPass(job.Length, part, parts);
        for (; first < end; first += PassBlock)
        {
            var block = new ReadOnlySpan<float>(job.X + first, Math.Min(PassBlock, end - first));
            job.Sums[first / PassBlock] = Dot(block, block);
        }
    }

    private static void AxpyPart(void* context, int part, int parts)
    {
        ref var job = ref *(Pass*)context;
        var (first, end) = ShareOfPass(job.Length, part, parts);
        Axpy(job.Alpha, job.X + first, job.Y + first, end - first);
    }

    private static void ScalePart(void* context, int part, int parts)
    {
        ref var job = ref *(Pass*)context;
        var (first, end) = ShareOfPass(job.Length, part, parts);
        var x = job.X + first;
        switch (Width)
        {
            case 512: Scale<Wide512, Vector512<float>>(job.Alpha, x, end - first); break;
            case 256: Scale<Wide256, Vector256<float>>(job.Alpha, x, end - first); break;
            case 128: Scale<Wide128, Vector128<float>>(job.Alpha, x, end - first); break;
            default: Scale<Plain, float>(job.Alpha, x, end - first); break;
        }
    }

    private static void ClearPart(void* context, int part, int parts)
    {
        ref var job = ref *(Pass*)context;
        var (first, end) = ShareOfPass(job.Length, part, parts);
        new Span<float>(job.X + first, end - first).Clear();
    }

    /// <summary>Some of the columns, all rows.</summary>
    private static void ColumnSumsPart(void* context, int part, int parts)
    {
        const int line = 16;
        ref var job = ref *(Pass*)context;
        var (first, end) = Share((job.Length + line - 1) / line, part, parts);
        (first, end) = (first * line, Math.Min(job.Length, end * line));
        for (var row = 0; row < job.Rows; row++)
        {
            Axpy(1f, job.X + ((long)row * job.Length) + first, job.Y + first, end - first);
        }
    }

    private static void Axpy(float alpha, float* x, float* y, int n)
    {
        switch (Width)
        {
            case 512: Axpy<Wide512, Vector512<float>>(alpha, x, y, n); break;
            case 256: Axpy<Wide256, Vector256<float>>(alpha, x, y, n); break;
            case 128: Axpy<Wide128, Vector128<float>>(alpha, x, y, n); break;
            default: Axpy<Plain, float>(alpha, x, y, n); break;
        }
    }

    private static float Dot<TWide, TVector>(float* a, float* b, int n)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        // Four sums hide the latency of the multiply-add.
        TVector s0 = TWide.Create(0f), s1 = s0, s2 = s0, s3 = s0;
        var w = TWide.Count;
        var i = 0;
        for (; i <= n - (4 * w); i += 4 * w)
        {
            s0 = TWide.MultiplyAdd(TWide.Load(a + i), TWide.Load(b + i), s0);
            s1 = TWide.MultiplyAdd(TWide.Load(a + i + w), TWide.Load(b + i + w), s1);
            s2 = TWide.MultiplyAdd(TWide.Load(a + i + (2 * w)), TWide.Load(b + i + (2 * w)), s2);
            s3 = TWide.MultiplyAdd(TWide.Load(a + i + (3 * w)), TWide.Load(b + i + (3 * w)), s3);
        }

        for (; i <= n - w; i += w)
        {
            s0 = TWide.MultiplyAdd(TWide.Load(a + i), TWide.Load(b + i), s0);
        }

        var sum = TWide.Sum(TWide.Add(TWide.Add(s0, s1), TWide.Add(s2, s3)));
        for (; i < n; i++)
        {
            sum = float.MultiplyAddEstimate(a[i], b[i], sum);
        }

        return sum;
    }

    private static void Axpy<TWide, TVector>(float alpha, float* x, float* y, int n)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var wide = TWide.Create(alpha);
        var i = 0;
        for (; i <= n - TWide.Count; i += TWide.Count)
        {
            TWide.Store(TWide.MultiplyAdd(wide, TWide.Load(x + i), TWide.Load(y + i)), y + i);
        }

        for (; i < n; i++)
        {
            y[i] = float.MultiplyAddEstimate(alpha, x[i], y[i]);
        }
    }

    private static void Scale<TWide, TVector>(float alpha, float* x, int n)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var wide = TWide.Create(alpha);
        var i = 0;
        for (; i <= n - TWide.Count; i += TWide.Count)
        {
            TWide.Store(TWide.Multiply(wide, TWide.Load(x + i)), x + i);
        }

        for (; i < n; i++)
        {
            x[i] *= alpha;
        }
    }

    private static void Multiply<TWide, TVector>(float* x, float* mask, float* y, int n)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var i = 0;
        for (; i <= n - TWide.Count; i += TWide.Count)
        {
            TWide.Store(TWide.Multiply(TWide.Load(x + i), TWide.Load(mask + i)), y + i);
        }

        for (; i < n; i++)
        {
            y[i] = x[i] * mask[i];
        }
    }

    private static float Max<TWide, TVector>(float* x, int n)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        // The native maximum drops a NaN that it already holds, so it is looked for by the sum of x − x as well.
        var max = TWide.Create(float.NegativeInfinity);
        var nan = TWide.Create(0f);
        var i = 0;
        for (; i <= n - TWide.Count; i += TWide.Count)
        {
            var v = TWide.Load(x + i);
            max = TWide.Max(max, v);
            nan = TWide.MultiplyAdd(TWide.Create(0f), TWide.Max(TWide.Create(-1f), TWide.Min(TWide.Create(1f), v)), nan);
        }

        var (result, check) = (TWide.HorizontalMax(max), TWide.Sum(nan));
        for (; i < n; i++)
        {
            result = float.MaxNative(result, x[i]);
            check += float.IsNaN(x[i]) ? float.NaN : 0f;
        }

        return float.IsNaN(check) ? float.NaN : result;
    }

    private static bool AllFinite<TWide, TVector>(float* x, int n)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var zeros = TWide.Create(0f);
        var i = 0;
        for (; i <= n - TWide.Count; i += TWide.Count)
        {
            var v = TWide.Load(x + i);
            zeros = TWide.Add(zeros, TWide.Subtract(v, v));
        }

        var sum = TWide.Sum(zeros);
        for (; i < n; i++)
        {
            sum += x[i] - x[i];
        }

        return sum == 0f;
    }

    private struct Pass
    {
        public float* X;
        public float* Y;
        public double* Sums;
        public int Length;
        public int Rows;
        public float Alpha;
    }
}
