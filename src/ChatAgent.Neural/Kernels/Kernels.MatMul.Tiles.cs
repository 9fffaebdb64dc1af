using System.Runtime.CompilerServices;

namespace ChatAgent.Neural;

/// <remarks>The inner tiles of the matrix product, unrolled by hand because the accumulators must stay in registers: 12 rows of two
/// 512-bit vectors take 24 of the 32 registers. AggressiveOptimization skips the tiers: the first product runs as fast as the last.</remarks>
public static unsafe partial class Kernels
{
    /// <summary>12 rows by two vectors: C = A·B over <paramref name="k"/> terms, plus what lies at <paramref name="add"/> unless that is null, A in columns of 12, B in rows of two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile12<TWide, TVector>(float* a, float* b, int k, float* c, int stride, float* add, int addStride)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var zero = TWide.Create(0f);
        TVector l0 = zero, r0 = zero;
        TVector l1 = zero, r1 = zero;
        TVector l2 = zero, r2 = zero;
        TVector l3 = zero, r3 = zero;
        TVector l4 = zero, r4 = zero;
        TVector l5 = zero, r5 = zero;
        TVector l6 = zero, r6 = zero;
        TVector l7 = zero, r7 = zero;
        TVector l8 = zero, r8 = zero;
        TVector l9 = zero, r9 = zero;
        TVector l10 = zero, r10 = zero;
        TVector l11 = zero, r11 = zero;
        for (var p = 0; p < k; p++)
        {
            var left = TWide.Load(b);
            var right = TWide.Load(b + TWide.Count);
            TVector x;
            x = TWide.Create(a[0]); l0 = TWide.MultiplyAdd(x, left, l0); r0 = TWide.MultiplyAdd(x, right, r0);
            x = TWide.Create(a[1]); l1 = TWide.MultiplyAdd(x, left, l1); r1 = TWide.MultiplyAdd(x, right, r1);
            x = TWide.Create(a[2]); l2 = TWide.MultiplyAdd(x, left, l2); r2 = TWide.MultiplyAdd(x, right, r2);
            x = TWide.Create(a[3]); l3 = TWide.MultiplyAdd(x, left, l3); r3 = TWide.MultiplyAdd(x, right, r3);
            x = TWide.Create(a[4]); l4 = TWide.MultiplyAdd(x, left, l4); r4 = TWide.MultiplyAdd(x, right, r4);
            x = TWide.Create(a[5]); l5 = TWide.MultiplyAdd(x, left, l5); r5 = TWide.MultiplyAdd(x, right, r5);
            x = TWide.Create(a[6]); l6 = TWide.MultiplyAdd(x, left, l6); r6 = TWide.MultiplyAdd(x, right, r6);
            x = TWide.Create(a[7]); l7 = TWide.MultiplyAdd(x, left, l7); r7 = TWide.MultiplyAdd(x, right, r7);
            x = TWide.Create(a[8]); l8 = TWide.MultiplyAdd(x, left, l8); r8 = TWide.MultiplyAdd(x, right, r8);
            x = TWide.Create(a[9]); l9 = TWide.MultiplyAdd(x, left, l9); r9 = TWide.MultiplyAdd(x, right, r9);
            x = TWide.Create(a[10]); l10 = TWide.MultiplyAdd(x, left, l10); r10 = TWide.MultiplyAdd(x, right, r10);
            x = TWide.Create(a[11]); l11 = TWide.MultiplyAdd(x, left, l11); r11 = TWide.MultiplyAdd(x, right, r11);
            a += 12;
            b += 2 * TWide.Count;
        }

        var adds = add != null;
        Put<TWide, TVector>(l0, r0, c, adds, add);
        Put<TWide, TVector>(l1, r1, c + stride, adds, add + addStride);
        Put<TWide, TVector>(l2, r2, c + (2 * stride), adds, add + (2 * addStride));
        Put<TWide, TVector>(l3, r3, c + (3 * stride), adds, add + (3 * addStride));
        Put<TWide, TVector>(l4, r4, c + (4 * stride), adds, add + (4 * addStride));
        Put<TWide, TVector>(l5, r5, c + (5 * stride), adds, add + (5 * addStride));
        Put<TWide, TVector>(l6, r6, c + (6 * stride), adds, add + (6 * addStride));
        Put<TWide, TVector>(l7, r7, c + (7 * stride), adds, add + (7 * addStride));
        Put<TWide, TVector>(l8, r8, c + (8 * stride), adds, add + (8 * addStride));
        Put<TWide, TVector>(l9, r9, c + (9 * stride), adds, add + (9 * addStride));
        Put<TWide, TVector>(l10, r10, c + (10 * stride), adds, add + (10 * addStride));
        Put<TWide, TVector>(l11, r11, c + (11 * stride), adds, add + (11 * addStride));
    }

    /// <summary>8 rows by two vectors: C = A·B over <paramref name="k"/> terms, plus what lies at <paramref name="add"/> unless that is null, A in columns of 8, B in rows of two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile8<TWide, TVector>(float* a, float* b, int k, float* c, int stride, float* add, int addStride)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var zero = TWide.Create(0f);
        TVector l0 = zero, r0 = zero;
        TVector l1 = zero, r1 = zero;
        TVector l2 = zero, r2 = zero;
        TVector l3 = zero, r3 = zero;
        TVector l4 = zero, r4 = zero;
        TVector l5 = zero, r5 = zero;
        TVector l6 = zero, r6 = zero;
        TVector l7 = zero, r7 = zero;
        for (var p = 0; p < k; p++)
        {
            var left = TWide.Load(b);
            var right = TWide.Load(b + TWide.Count);
            TVector x;
            x = TWide.Create(a[0]); l0 = TWide.MultiplyAdd(x, left, l0); r0 = TWide.MultiplyAdd(x, right, r0);
            x = TWide.Create(a[1]); l1 = TWide.MultiplyAdd(x, left, l1); r1 = TWide.MultiplyAdd(x, right, r1);
            x = TWide.Create(a[2]); l2 = TWide.MultiplyAdd(x, left, l2); r2 = TWide.MultiplyAdd(x, right, r2);
            x = TWide.Create(a[3]); l3 = TWide.MultiplyAdd(x, left, l3); r3 = TWide.MultiplyAdd(x, right, r3);
            x = TWide.Create(a[4]); l4 = TWide.MultiplyAdd(x, left, l4); r4 = TWide.MultiplyAdd(x, right, r4);
            x = TWide.Create(a[5]); l5 = TWide.MultiplyAdd(x, left, l5); r5 = TWide.MultiplyAdd(x, right, r5);
            x = TWide.Create(a[6]); l6 = TWide.MultiplyAdd(x, left, l6); r6 = TWide.MultiplyAdd(x, right, r6);
            x = TWide.Create(a[7]); l7 = TWide.MultiplyAdd(x, left, l7); r7 = TWide.MultiplyAdd(x, right, r7);
            a += 8;
            b += 2 * TWide.Count;
        }

        var adds = add != null;
        Put<TWide, TVector>(l0, r0, c, adds, add);
        Put<TWide, TVector>(l1, r1, c + stride, adds, add + addStride);
        Put<TWide, TVector>(l2, r2, c + (2 * stride), adds, add + (2 * addStride));
        Put<TWide, TVector>(l3, r3, c + (3 * stride), adds, add + (3 * addStride));
        Put<TWide, TVector>(l4, r4, c + (4 * stride), adds, add + (4 * addStride));
        Put<TWide, TVector>(l5, r5, c + (5 * stride), adds, add + (5 * addStride));
        Put<TWide, TVector>(l6, r6, c + (6 * stride), adds, add + (6 * addStride));
        Put<TWide, TVector>(l7, r7, c + (7 * stride), adds, add + (7 * addStride));
    }

    /// <summary>6 rows by two vectors: C = A·B over <paramref name="k"/> terms, plus what lies at <paramref name="add"/> unless that is null, A in columns of 6, B in rows of two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile6<TWide, TVector>(float* a, float* b, int k, float* c, int stride, float* add, int addStride)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var zero = TWide.Create(0f);
        TVector l0 = zero, r0 = zero;
        TVector l1 = zero, r1 = zero;
        TVector l2 = zero, r2 = zero;
        TVector l3 = zero, r3 = zero;
        TVector l4 = zero, r4 = zero;
        TVector l5 = zero, r5 = zero;
        for (var p = 0; p < k; p++)
        {
            var left = TWide.Load(b);
            var right = TWide.Load(b + TWide.Count);
            TVector x;
            x = TWide.Create(a[0]); l0 = TWide.MultiplyAdd(x, left, l0); r0 = TWide.MultiplyAdd(x, right, r0);
            x = TWide.Create(a[1]); l1 = TWide.MultiplyAdd(x, left, l1); r1 = TWide.MultiplyAdd(x, right, r1);
            x = TWide.Create(a[2]); l2 = TWide.MultiplyAdd(x, left, l2); r2 = TWide.MultiplyAdd(x, right, r2);
            x = TWide.Create(a[3]); l3 = TWide.MultiplyAdd(x, left, l3); r3 = TWide.MultiplyAdd(x, right, r3);
            x = TWide.Create(a[4]); l4 = TWide.MultiplyAdd(x, left, l4); r4 = TWide.MultiplyAdd(x, right, r4);
            x = TWide.Create(a[5]); l5 = TWide.MultiplyAdd(x, left, l5); r5 = TWide.MultiplyAdd(x, right, r5);
            a += 6;
            b += 2 * TWide.Count;
        }

        var adds = add != null;
        Put<TWide, TVector>(l0, r0, c, adds, add);
        Put<TWide, TVector>(l1, r1, c + stride, adds, add + addStride);
        Put<TWide, TVector>(l2, r2, c + (2 * stride), adds, add + (2 * addStride));
        Put<TWide, TVector>(l3, r3, c + (3 * stride), adds, add + (3 * addStride));
        Put<TWide, TVector>(l4, r4, c + (4 * stride), adds, add + (4 * addStride));
        Put<TWide, TVector>(l5, r5, c + (5 * stride), adds, add + (5 * addStride));
    }

    /// <summary>4 rows by two vectors: C = A·B over <paramref name="k"/> terms, plus what lies at <paramref name="add"/> unless that is null, A in columns of 4, B in rows of two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4<TWide, TVector>(float* a, float* b, int k, float* c, int stride, float* add, int addStride)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var zero = TWide.Create(0f);
        TVector l0 = zero, r0 = zero;
        TVector l1 = zero, r1 = zero;
        TVector l2 = zero, r2 = zero;
        TVector l3 = zero, r3 = zero;
        for (var p = 0; p < k; p++)
        {
            var left = TWide.Load(b);
            var right = TWide.Load(b + TWide.Count);
            TVector x;
            x = TWide.Create(a[0]); l0 = TWide.MultiplyAdd(x, left, l0); r0 = TWide.MultiplyAdd(x, right, r0);
            x = TWide.Create(a[1]); l1 = TWide.MultiplyAdd(x, left, l1); r1 = TWide.MultiplyAdd(x, right, r1);
            x = TWide.Create(a[2]); l2 = TWide.MultiplyAdd(x, left, l2); r2 = TWide.MultiplyAdd(x, right, r2);
            x = TWide.Create(a[3]); l3 = TWide.MultiplyAdd(x, left, l3); r3 = TWide.MultiplyAdd(x, right, r3);
            a += 4;
            b += 2 * TWide.Count;
        }

        var adds = add != null;
        Put<TWide, TVector>(l0, r0, c, adds, add);
        Put<TWide, TVector>(l1, r1, c + stride, adds, add + addStride);
        Put<TWide, TVector>(l2, r2, c + (2 * stride), adds, add + (2 * addStride));
        Put<TWide, TVector>(l3, r3, c + (3 * stride), adds, add + (3 * addStride));
    }

    /// <summary>1 rows by two vectors: C = A·B over <paramref name="k"/> terms, plus what lies at <paramref name="add"/> unless that is null, A in columns of 1, B in rows of two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1<TWide, TVector>(float* a, float* b, int k, float* c, int stride, float* add, int addStride)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var zero = TWide.Create(0f);
        TVector l0 = zero, r0 = zero;
        for (var p = 0; p < k; p++)
        {
            var left = TWide.Load(b);
            var right = TWide.Load(b + TWide.Count);
            TVector x;
            x = TWide.Create(a[0]); l0 = TWide.MultiplyAdd(x, left, l0); r0 = TWide.MultiplyAdd(x, right, r0);
            a += 1;
            b += 2 * TWide.Count;
        }

        var adds = add != null;
        Put<TWide, TVector>(l0, r0, c, adds, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TWide, TVector>(TVector left, TVector right, float* c, bool adds, float* add)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        if (adds)
        {
            left = TWide.Add(left, TWide.Load(add));
            right = TWide.Add(right, TWide.Load(add + TWide.Count));
        }

        TWide.Store(left, c);
        TWide.Store(right, c + TWide.Count);
    }
}
