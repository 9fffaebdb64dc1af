using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ChatAgent.Neural;

/// <remarks>
/// Products of a few rows with a large matrix, as one step of decoding makes them: every weight is read once and used by all rows, so the time is that of reading
/// the weights. Panels of two vectors of columns over the whole sum (<see cref="DecodingMatrix"/>), tiles of 5, 4, 2 or 1 rows in registers; the rows of the left
/// operand are small and read where they lie.
/// </remarks>
public static unsafe partial class Kernels
{
    private const int FewRows = 5;

    [ThreadStatic]
    private static short[]? t_terms;

    [ThreadStatic]
    private static float[]? t_factors;

    /// <summary>C = A·Bᵀ, or C += A·Bᵀ, for few rows of A.</summary>
    /// <param name="a">M×K row-major.</param>
    /// <param name="b">N×K as layers keep their weights, laid out for this.</param>
    /// <param name="c">M×N row-major.</param>
    /// <param name="m">M, 0 or more; above some 30 rows <see cref="PackedMatrix"/> is as fast.</param>
    /// <param name="accumulate">Add to what <paramref name="c"/> holds.</param>
    public static void MatMul(ReadOnlySpan<float> a, DecodingMatrix b, Span<float> c, int m, bool accumulate = false)
    {
        RequireLength(a, (long)m * b.K, nameof(a));
        RequireLength(c, (long)m * b.N, nameof(c));
        fixed (float* pa = a, pc = c)
        {
            switch (b.Width)
            {
                case 512: FewOf<Wide512, Vector512<float>, WideBytes512, Vector512<int>>(pa, b, pc, m, accumulate); break;
                case 256: FewOf<Wide256, Vector256<float>, WideBytes256, Vector256<int>>(pa, b, pc, m, accumulate); break;
                case 128: FewOf<Wide128, Vector128<float>, WideBytes128, Vector128<int>>(pa, b, pc, m, accumulate); break;
                default: FewOf<Plain, float, PlainBytes, int>(pa, b, pc, m, accumulate); break;
            }
        }
    }

    private static void FewOf<TWide, TVector, TBytes, TInts>(float* a, DecodingMatrix b, float* c, int m, bool accumulate)
        where TWide : IWide<TVector>
        where TVector : struct
        where TBytes : IWideBytes<TInts>
        where TInts : struct
    {
        switch (b.Format)
        {
            case WeightFormat.BFloat16: Few<TWide, TVector, StoredHalves<TWide, TVector>>(a, b, c, m, accumulate); break;
            case WeightFormat.Int8: FewBytes<TWide, TVector, TBytes, TInts>(a, b, c, m, accumulate); break;
            default: Few<TWide, TVector, StoredSingles<TWide, TVector>>(a, b, c, m, accumulate); break;
        }
    }

    private static void Few<TWide, TVector, TStored>(float* a, DecodingMatrix b, float* c, int m, bool accumulate)
        where TWide : IWide<TVector>
        where TVector : struct
        where TStored : IStoredWeights<TWide, TVector>
    {
        var (k, n, columns) = (b.K, b.N, 2 * TWide.Count);
        var sums = stackalloc float[FewRows * columns];
        fixed (uint* words = b.Words)
        {
            for (var panel = 0; panel < b.Panels; panel++)
            {
                var w = words + ((long)panel * b.PanelWords);
                var n0 = panel * columns;
                var used = Math.Min(columns, n - n0);
                for (var row = 0; row < m;)
                {
                    var from = a + ((long)row * k);
                    var height = m - row;
                    switch (height)
                    {
                        case 1: Few1<TWide, TVector, TStored>(from, k, w, sums); break;
                        case 2 or 3: Few2<TWide, TVector, TStored>(from, k, w, sums); height = 2; break;
                        case 4: Few4<TWide, TVector, TStored>(from, k, w, sums); break;
                        default: Few5<TWide, TVector, TStored>(from, k, w, sums); height = 5; break;
                    }

                    for (var i = 0; i < height; i++)
                    {
                        Finish<TWide, TVector>(sums + (i * columns), null, 1f, c + ((long)(row + i) * n) + n0, used, accumulate);
                    }

                    row += height;
                }
            }
        }
    }

    /// <summary>The same with weights of a byte: the rows become whole numbers of 16 bits with a scale each, and the sums are exact.</summary>
    private static void FewBytes<TWide, TVector, TBytes, TInts>(float* a, DecodingMatrix b, float* c, int m, bool accumulate)
        where TWide : IWide<TVector>
        where TVector : struct
        where TBytes : IWideBytes<TInts>
        where TInts : struct
    {
        var (n, columns, pairs) = (b.N, 2 * TBytes.Count, (b.K + 1) / 2);
        if (t_terms is null || t_terms.Length < 2L * m * pairs)
        {
            t_terms = GC.AllocateArray<short>(checked(2 * m * pairs), pinned: true);
            t_factors = GC.AllocateArray<float>(m, pinned: true);
        }

        if (t_factors!.Length < m)
        {
            t_factors = GC.AllocateArray<float>(m, pinned: true);
        }

        var sums = stackalloc float[FewRows * columns];
        fixed (short* terms = t_terms)
        fixed (float* factors = t_factors, scales = b.Scales)
        fixed (uint* words = b.Words)
        {
            for (var row = 0; row < m; row++)
            {
                factors[row] = ToWhole(a + ((long)row * b.K), b.K, terms + (2L * row * pairs));
            }

            for (var panel = 0; panel < b.Panels; panel++)
            {
                var w = words + ((long)panel * b.PanelWords);
                var n0 = panel * columns;
                var used = Math.Min(columns, n - n0);
                for (var row = 0; row < m;)
                {
                    var from = (int*)terms + ((long)row * pairs);
                    var height = m - row;
                    switch (height)
                    {
                        case 1: FewBytes1<TBytes, TInts>(from, pairs, w, sums); break;
                        case 2 or 3: FewBytes2<TBytes, TInts>(from, pairs, w, sums); height = 2; break;
                        case 4: FewBytes4<TBytes, TInts>(from, pairs, w, sums); break;
                        default: FewBytes5<TBytes, TInts>(from, pairs, w, sums); height = 5; break;
                    }

                    for (var i = 0; i < height; i++)
                    {
                        Finish<TWide, TVector>(sums + (i * columns), scales + n0, factors[row + i], c + ((long)(row + i) * n) + n0, used, accumulate);
                    }

                    row += height;
                }
            }
        }
    }

    /// <summary>Rounds a row to whole numbers of at most 16 bits, so small that no sum of <paramref name="k"/> products with a byte leaves 32 bits.</summary>
    /// <returns>What one of them is worth; NaN where a number of the row is not finite.</returns>
    private static float ToWhole(float* from, int k, short* to)
    {
        var most = (float)Math.Max(1, Math.Min(short.MaxValue, int.MaxValue / ((long)sbyte.MaxValue * k)));
        var (wide, largest, i) = (Vector128<float>.Zero, 0f, 0);
        for (; i <= k - 4; i += 4)
        {
            wide = Vector128.Max(wide, Vector128.Abs(Vector128.Load(from + i)));
        }

        for (var lane = 0; lane < 4; lane++)
        {
            largest = MathF.Max(largest, wide[lane]);
        }

        for (; i < k; i++)
        {
            largest = MathF.Max(largest, MathF.Abs(from[i]));
        }

        to[k - 1 + (k % 2)] = 0;
        var inverse = most / largest;
        if (!float.IsFinite(largest) || !float.IsFinite(inverse))
        {
            // Of a row of zeros, or of numbers so small that their inverse is none, every product is nothing.
            new Span<short>(to, k).Clear();
            return float.IsFinite(largest) ? 0f : float.NaN;
        }

        for (i = 0; i <= k - 8; i += 8)
        {
            Vector128<float> low = Vector128.Load(from + i) * inverse, high = Vector128.Load(from + i + 4) * inverse;
            Vector128.Narrow(Vector128.ConvertToInt32(Vector128.Round(low)), Vector128.ConvertToInt32(Vector128.Round(high))).Store(to + i);
        }

        for (; i < k; i++)
        {
            to[i] = (short)MathF.Round(from[i] * inverse);
        }

        return largest / most;
    }

    /// <summary>Scales a row of sums and puts it where it belongs.</summary>
    private static void Finish<TWide, TVector>(float* sums, float* scales, float factor, float* c, int used, bool accumulate)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var (j, by) = (0, TWide.Create(factor));
        for (; j <= used - TWide.Count; j += TWide.Count)
        {
            var value = TWide.Load(sums + j);
            value = scales == null ? value : TWide.Multiply(value, TWide.Multiply(by, TWide.Load(scales + j)));
            TWide.Store(accumulate ? TWide.Add(value, TWide.Load(c + j)) : value, c + j);
        }

        for (; j < used; j++)
        {
            var value = scales == null ? sums[j] : sums[j] * (factor * scales[j]);
            c[j] = accumulate ? c[j] + value : value;
        }
    }

    /// <summary>5 rows by two vectors of columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Few5<TWide, TVector, TStored>(float* a, int k, uint* w, float* c)
        where TWide : IWide<TVector>
        where TVector : struct
        where TStored : IStoredWeights<TWide, TVector>
    {
        var zero = TWide.Create(0f);
        TVector l0 = zero, r0 = zero;
        TVector l1 = zero, r1 = zero;
        TVector l2 = zero, r2 = zero;
        TVector l3 = zero, r3 = zero;
        TVector l4 = zero, r4 = zero;
        TVector x;
        var p = 0;
        for (; p < k - 1; p += 2, w += TStored.VectorsPerPair * TWide.Count)
        {
            TVector left = TStored.Left(w), right = TStored.Right(w);
            x = TWide.Create(a[p]); l0 = TWide.MultiplyAdd(x, left, l0); r0 = TWide.MultiplyAdd(x, right, r0);
            x = TWide.Create(a[p + k]); l1 = TWide.MultiplyAdd(x, left, l1); r1 = TWide.MultiplyAdd(x, right, r1);
            x = TWide.Create(a[p + (2 * k)]); l2 = TWide.MultiplyAdd(x, left, l2); r2 = TWide.MultiplyAdd(x, right, r2);
            x = TWide.Create(a[p + (3 * k)]); l3 = TWide.MultiplyAdd(x, left, l3); r3 = TWide.MultiplyAdd(x, right, r3);
            x = TWide.Create(a[p + (4 * k)]); l4 = TWide.MultiplyAdd(x, left, l4); r4 = TWide.MultiplyAdd(x, right, r4);
            (left, right) = (TStored.NextLeft(w), TStored.NextRight(w));
            x = TWide.Create(a[p + 1]); l0 = TWide.MultiplyAdd(x, left, l0); r0 = TWide.MultiplyAdd(x, right, r0);
            x = TWide.Create(a[p + 1 + k]); l1 = TWide.MultiplyAdd(x, left, l1); r1 = TWide.MultiplyAdd(x, right, r1);
            x = TWide.Create(a[p + 1 + (2 * k)]); l2 = TWide.MultiplyAdd(x, left, l2); r2 = TWide.MultiplyAdd(x, right, r2);
            x = TWide.Create(a[p + 1 + (3 * k)]); l3 = TWide.MultiplyAdd(x, left, l3); r3 = TWide.MultiplyAdd(x, right, r3);
            x = TWide.Create(a[p + 1 + (4 * k)]); l4 = TWide.MultiplyAdd(x, left, l4); r4 = TWide.MultiplyAdd(x, right, r4);
        }

        if (p < k)
        {
            TVector left = TStored.Left(w), right = TStored.Right(w);
            x = TWide.Create(a[p]); l0 = TWide.MultiplyAdd(x, left, l0); r0 = TWide.MultiplyAdd(x, right, r0);
            x = TWide.Create(a[p + k]); l1 = TWide.MultiplyAdd(x, left, l1); r1 = TWide.MultiplyAdd(x, right, r1);
            x = TWide.Create(a[p + (2 * k)]); l2 = TWide.MultiplyAdd(x, left, l2); r2 = TWide.MultiplyAdd(x, right, r2);
            x = TWide.Create(a[p + (3 * k)]); l3 = TWide.MultiplyAdd(x, left, l3); r3 = TWide.MultiplyAdd(x, right, r3);
            x = TWide.Create(a[p + (4 * k)]); l4 = TWide.MultiplyAdd(x, left, l4); r4 = TWide.MultiplyAdd(x, right, r4);
        }

        TWide.Store(l0, c);
        TWide.Store(r0, c + TWide.Count);
        TWide.Store(l1, c + (2 * TWide.Count));
        TWide.Store(r1, c + (3 * TWide.Count));
        TWide.Store(l2, c + (4 * TWide.Count));
        TWide.Store(r2, c + (5 * TWide.Count));
        TWide.Store(l3, c + (6 * TWide.Count));
        TWide.Store(r3, c + (7 * TWide.Count));
        TWide.Store(l4, c + (8 * TWide.Count));
        TWide.Store(r4, c + (9 * TWide.Count));
    }

    /// <summary>4 rows by two vectors of columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Few4<TWide, TVector, TStored>(float* a, int k, uint* w, float* c)
        where TWide : IWide<TVector>
        where TVector : struct
        where TStored : IStoredWeights<TWide, TVector>
    {
        var zero = TWide.Create(0f);
        TVector l0 = zero, r0 = zero;
        TVector l1 = zero, r1 = zero;
        TVector l2 = zero, r2 = zero;
        TVector l3 = zero, r3 = zero;
        TVector x;
        var p = 0;
        for (; p < k - 1; p += 2, w += TStored.VectorsPerPair * TWide.Count)
        {
            TVector left = TStored.Left(w), right = TStored.Right(w);
            x = TWide.Create(a[p]); l0 = TWide.MultiplyAdd(x, left, l0); r0 = TWide.MultiplyAdd(x, right, r0);
            x = TWide.Create(a[p + k]); l1 = TWide.MultiplyAdd(x, left, l1); r1 = TWide.MultiplyAdd(x, right, r1);
            x = TWide.Create(a[p + (2 * k)]); l2 = TWide.MultiplyAdd(x, left, l2); r2 = TWide.MultiplyAdd(x, right, r2);
            x = TWide.Create(a[p + (3 * k)]); l3 = TWide.MultiplyAdd(x, left, l3); r3 = TWide.MultiplyAdd(x, right, r3);
            (left, right) = (TStored.NextLeft(w), TStored.NextRight(w));
            x = TWide.Create(a[p + 1]); l0 = TWide.MultiplyAdd(x, left, l0); r0 = TWide.MultiplyAdd(x, right, r0);
            x = TWide.Create(a[p + 1 + k]); l1 = TWide.MultiplyAdd(x, left, l1); r1 = TWide.MultiplyAdd(x, right, r1);
            x = TWide.Create(a[p + 1 + (2 * k)]); l2 = TWide.MultiplyAdd(x, left, l2); r2 = TWide.MultiplyAdd(x, right, r2);
            x = TWide.Create(a[p + 1 + (3 * k)]); l3 = TWide.MultiplyAdd(x, left, l3); r3 = TWide.MultiplyAdd(x, right, r3);
        }

        if (p < k)
        {
            TVector left = TStored.Left(w), right = TStored.Right(w);
            x = TWide.Create(a[p]); l0 = TWide.MultiplyAdd(x, left, l0); r0 = TWide.MultiplyAdd(x, right, r0);
            x = TWide.Create(a[p + k]); l1 = TWide.MultiplyAdd(x, left, l1); r1 = TWide.MultiplyAdd(x, right, r1);
            x = TWide.Create(a[p + (2 * k)]); l2 = TWide.MultiplyAdd(x, left, l2); r2 = TWide.MultiplyAdd(x, right, r2);
            x = TWide.Create(a[p + (3 * k)]); l3 = TWide.MultiplyAdd(x, left, l3); r3 = TWide.MultiplyAdd(x, right, r3);
        }

        TWide.Store(l0, c);
        TWide.Store(r0, c + TWide.Count);
        TWide.Store(l1, c + (2 * TWide.Count));
        TWide.Store(r1, c + (3 * TWide.Count));
        TWide.Store(l2, c + (4 * TWide.Count));
        TWide.Store(r2, c + (5 * TWide.Count));
        TWide.Store(l3, c + (6 * TWide.Count));
        TWide.Store(r3, c + (7 * TWide.Count));
    }

    /// <summary>2 rows by two vectors of columns; odd terms have sums of their own, else the machine waits for each sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Few2<TWide, TVector, TStored>(float* a, int k, uint* w, float* c)
        where TWide : IWide<TVector>
        where TVector : struct
        where TStored : IStoredWeights<TWide, TVector>
    {
        var zero = TWide.Create(0f);
        TVector l0 = zero, r0 = zero;
        TVector l1 = zero, r1 = zero;
        TVector m0 = zero, s0 = zero;
        TVector m1 = zero, s1 = zero;
        TVector x;
        var p = 0;
        for (; p < k - 1; p += 2, w += TStored.VectorsPerPair * TWide.Count)
        {
            TVector left = TStored.Left(w), right = TStored.Right(w);
            x = TWide.Create(a[p]); l0 = TWide.MultiplyAdd(x, left, l0); r0 = TWide.MultiplyAdd(x, right, r0);
            x = TWide.Create(a[p + k]); l1 = TWide.MultiplyAdd(x, left, l1); r1 = TWide.MultiplyAdd(x, right, r1);
            (left, right) = (TStored.NextLeft(w), TStored.NextRight(w));
            x = TWide.Create(a[p + 1]); m0 = TWide.MultiplyAdd(x, left, m0); s0 = TWide.MultiplyAdd(x, right, s0);
            x = TWide.Create(a[p + 1 + k]); m1 = TWide.MultiplyAdd(x, left, m1); s1 = TWide.MultiplyAdd(x, right, s1);
        }

        if (p < k)
        {
            TVector left = TStored.Left(w), right = TStored.Right(w);
            x = TWide.Create(a[p]); l0 = TWide.MultiplyAdd(x, left, l0); r0 = TWide.MultiplyAdd(x, right, r0);
            x = TWide.Create(a[p + k]); l1 = TWide.MultiplyAdd(x, left, l1); r1 = TWide.MultiplyAdd(x, right, r1);
        }

        TWide.Store(TWide.Add(l0, m0), c);
        TWide.Store(TWide.Add(r0, s0), c + TWide.Count);
        TWide.Store(TWide.Add(l1, m1), c + (2 * TWide.Count));
        TWide.Store(TWide.Add(r1, s1), c + (3 * TWide.Count));
    }

    /// <summary>One row by two vectors of columns; odd terms have sums of their own, else the machine waits for each sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Few1<TWide, TVector, TStored>(float* a, int k, uint* w, float* c)
        where TWide : IWide<TVector>
        where TVector : struct
        where TStored : IStoredWeights<TWide, TVector>
    {
        var zero = TWide.Create(0f);
        TVector l0 = zero, r0 = zero;
        TVector m0 = zero, s0 = zero;
        TVector x;
        var p = 0;
        for (; p < k - 1; p += 2, w += TStored.VectorsPerPair * TWide.Count)
        {
            TVector left = TStored.Left(w), right = TStored.Right(w);
            x = TWide.Create(a[p]); l0 = TWide.MultiplyAdd(x, left, l0); r0 = TWide.MultiplyAdd(x, right, r0);
            (left, right) = (TStored.NextLeft(w), TStored.NextRight(w));
            x = TWide.Create(a[p + 1]); m0 = TWide.MultiplyAdd(x, left, m0); s0 = TWide.MultiplyAdd(x, right, s0);
        }

        if (p < k)
        {
            TVector left = TStored.Left(w), right = TStored.Right(w);
            x = TWide.Create(a[p]); l0 = TWide.MultiplyAdd(x, left, l0); r0 = TWide.MultiplyAdd(x, right, r0);
        }

        TWide.Store(TWide.Add(l0, m0), c);
        TWide.Store(TWide.Add(r0, s0), c + TWide.Count);
    }

    /// <summary>5 rows by two vectors of outputs with weights of a byte, two terms at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FewBytes5<TBytes, TInts>(int* a, int pairs, uint* w, float* c)
        where TBytes : IWideBytes<TInts>
        where TInts : struct
    {
        var zero = TBytes.Create(0);
        TInts l0 = zero, r0 = zero;
        TInts l1 = zero, r1 = zero;
        TInts l2 = zero, r2 = zero;
        TInts l3 = zero, r3 = zero;
        TInts l4 = zero, r4 = zero;
        for (var p = 0; p < pairs; p++, w += TBytes.Count)
        {
            TInts left = TBytes.Left(w), right = TBytes.Right(w), x;
            x = TBytes.Create(a[p]); l0 = TBytes.MultiplyAdd(x, left, l0); r0 = TBytes.MultiplyAdd(x, right, r0);
            x = TBytes.Create(a[p + pairs]); l1 = TBytes.MultiplyAdd(x, left, l1); r1 = TBytes.MultiplyAdd(x, right, r1);
            x = TBytes.Create(a[p + (2 * pairs)]); l2 = TBytes.MultiplyAdd(x, left, l2); r2 = TBytes.MultiplyAdd(x, right, r2);
            x = TBytes.Create(a[p + (3 * pairs)]); l3 = TBytes.MultiplyAdd(x, left, l3); r3 = TBytes.MultiplyAdd(x, right, r3);
            x = TBytes.Create(a[p + (4 * pairs)]); l4 = TBytes.MultiplyAdd(x, left, l4); r4 = TBytes.MultiplyAdd(x, right, r4);
        }

        TBytes.Store(l0, c);
        TBytes.Store(r0, c + TBytes.Count);
        TBytes.Store(l1, c + (2 * TBytes.Count));
        TBytes.Store(r1, c + (3 * TBytes.Count));
        TBytes.Store(l2, c + (4 * TBytes.Count));
        TBytes.Store(r2, c + (5 * TBytes.Count));
        TBytes.Store(l3, c + (6 * TBytes.Count));
        TBytes.Store(r3, c + (7 * TBytes.Count));
        TBytes.Store(l4, c + (8 * TBytes.Count));
        TBytes.Store(r4, c + (9 * TBytes.Count));
    }

    /// <summary>4 rows by two vectors of outputs with weights of a byte, two terms at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FewBytes4<TBytes, TInts>(int* a, int pairs, uint* w, float* c)
        where TBytes : IWideBytes<TInts>
        where TInts : struct
    {
        var zero = TBytes.Create(0);
        TInts l0 = zero, r0 = zero;
        TInts l1 = zero, r1 = zero;
        TInts l2 = zero, r2 = zero;
        TInts l3 = zero, r3 = zero;
        for (var p = 0; p < pairs; p++, w += TBytes.Count)
        {
            TInts left = TBytes.Left(w), right = TBytes.Right(w), x;
            x = TBytes.Create(a[p]); l0 = TBytes.MultiplyAdd(x, left, l0); r0 = TBytes.MultiplyAdd(x, right, r0);
            x = TBytes.Create(a[p + pairs]); l1 = TBytes.MultiplyAdd(x, left, l1); r1 = TBytes.MultiplyAdd(x, right, r1);
            x = TBytes.Create(a[p + (2 * pairs)]); l2 = TBytes.MultiplyAdd(x, left, l2); r2 = TBytes.MultiplyAdd(x, right, r2);
            x = TBytes.Create(a[p + (3 * pairs)]); l3 = TBytes.MultiplyAdd(x, left, l3); r3 = TBytes.MultiplyAdd(x, right, r3);
        }

        TBytes.Store(l0, c);
        TBytes.Store(r0, c + TBytes.Count);
        TBytes.Store(l1, c + (2 * TBytes.Count));
        TBytes.Store(r1, c + (3 * TBytes.Count));
        TBytes.Store(l2, c + (4 * TBytes.Count));
        TBytes.Store(r2, c + (5 * TBytes.Count));
        TBytes.Store(l3, c + (6 * TBytes.Count));
        TBytes.Store(r3, c + (7 * TBytes.Count));
    }

    /// <summary>2 rows by two vectors of outputs with weights of a byte, two terms at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FewBytes2<TBytes, TInts>(int* a, int pairs, uint* w, float* c)
        where TBytes : IWideBytes<TInts>
        where TInts : struct
    {
        var zero = TBytes.Create(0);
        TInts l0 = zero, r0 = zero;
        TInts l1 = zero, r1 = zero;
        for (var p = 0; p < pairs; p++, w += TBytes.Count)
        {
            TInts left = TBytes.Left(w), right = TBytes.Right(w), x;
            x = TBytes.Create(a[p]); l0 = TBytes.MultiplyAdd(x, left, l0); r0 = TBytes.MultiplyAdd(x, right, r0);
            x = TBytes.Create(a[p + pairs]); l1 = TBytes.MultiplyAdd(x, left, l1); r1 = TBytes.MultiplyAdd(x, right, r1);
        }

        TBytes.Store(l0, c);
        TBytes.Store(r0, c + TBytes.Count);
        TBytes.Store(l1, c + (2 * TBytes.Count));
        TBytes.Store(r1, c + (3 * TBytes.Count));
    }

    /// <summary>One row by two vectors of outputs with weights of a byte, two terms at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FewBytes1<TBytes, TInts>(int* a, int pairs, uint* w, float* c)
        where TBytes : IWideBytes<TInts>
        where TInts : struct
    {
        var zero = TBytes.Create(0);
        TInts l0 = zero, r0 = zero;
        for (var p = 0; p < pairs; p++, w += TBytes.Count)
        {
            TInts left = TBytes.Left(w), right = TBytes.Right(w), x;
            x = TBytes.Create(a[p]); l0 = TBytes.MultiplyAdd(x, left, l0); r0 = TBytes.MultiplyAdd(x, right, r0);
        }

        TBytes.Store(l0, c);
        TBytes.Store(r0, c + TBytes.Count);
    }
}
