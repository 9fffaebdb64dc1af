using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ChatAgent.Neural;

/// <remarks>
/// Exp is Cephes' expf: x = n·ln 2 + r, a polynomial of degree 7 in r, and the exponent's bits. Relative error below 2e-7 on [−87, 88];
/// outside it stays at the value of the nearer end (1.6e-38, 1.7e38). Sigmoid and tanh go through it: absolute error below 2e-7.
/// </remarks>
public static unsafe partial class Kernels
{
    /// <summary>y = eˣ, relative error below 2e-7, saturating at −87 and 88. <paramref name="y"/> may be <paramref name="x"/>.</summary>
    public static void Exp(ReadOnlySpan<float> x, Span<float> y)
    {
        RequireLength(x, y.Length, nameof(x));
        fixed (float* p = x, q = y)
        {
            switch (Width)
            {
                case 512: Exp<Wide512, Vector512<float>>(p, q, y.Length); break;
                case 256: Exp<Wide256, Vector256<float>>(p, q, y.Length); break;
                case 128: Exp<Wide128, Vector128<float>>(p, q, y.Length); break;
                default: Exp<Plain, float>(p, q, y.Length); break;
            }
        }
    }

    /// <summary>y = 1/(1 + e⁻ˣ), absolute error below 2e-7. <paramref name="y"/> may be <paramref name="x"/>.</summary>
    public static void Sigmoid(ReadOnlySpan<float> x, Span<float> y)
    {
        RequireLength(x, y.Length, nameof(x));
        fixed (float* p = x, q = y)
        {
            switch (Width)
            {
                case 512: Sigmoid<Wide512, Vector512<float>>(p, q, y.Length); break;
                case 256: Sigmoid<Wide256, Vector256<float>>(p, q, y.Length); break;
                case 128: Sigmoid<Wide128, Vector128<float>>(p, q, y.Length); break;
                default: Sigmoid<Plain, float>(p, q, y.Length); break;
            }
        }
    }

    /// <summary>y = tanh x, absolute error below 2e-7. <paramref name="y"/> may be <paramref name="x"/>.</summary>
    public static void Tanh(ReadOnlySpan<float> x, Span<float> y)
    {
        RequireLength(x, y.Length, nameof(x));
        fixed (float* p = x, q = y)
        {
            switch (Width)
            {
                case 512: Tanh<Wide512, Vector512<float>>(p, q, y.Length); break;
                case 256: Tanh<Wide256, Vector256<float>>(p, q, y.Length); break;
                case 128: Tanh<Wide128, Vector128<float>>(p, q, y.Length); break;
                default: Tanh<Plain, float>(p, q, y.Length); break;
            }
        }
    }

    /// <summary>dx = dy ⊙ (1 − y²), the way back through tanh. <paramref name="dx"/> may be <paramref name="dy"/>.</summary>
    public static void TanhBackward(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx)
    {
        RequireLength(y, dx.Length, nameof(y));
        RequireLength(dy, dx.Length, nameof(dy));
        fixed (float* p = y, g = dy, q = dx)
        {
            switch (Width)
            {
                case 512: TanhBackward<Wide512, Vector512<float>>(p, g, q, dx.Length); break;
                case 256: TanhBackward<Wide256, Vector256<float>>(p, g, q, dx.Length); break;
                case 128: TanhBackward<Wide128, Vector128<float>>(p, g, q, dx.Length); break;
                default: TanhBackward<Plain, float>(p, g, q, dx.Length); break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Exp<TWide, TVector>(TVector x)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        x = TWide.Min(TWide.Create(88f), TWide.Max(TWide.Create(-87f), x));
        var n = TWide.Round(TWide.Multiply(x, TWide.Create(1.44269504f)));
        var r = TWide.MultiplyAdd(n, TWide.Create(-0.693359375f), x);
        r = TWide.MultiplyAdd(n, TWide.Create(2.12194440e-4f), r);
        var p = TWide.MultiplyAdd(TWide.Create(1.9875691500e-4f), r, TWide.Create(1.3981999507e-3f));
        p = TWide.MultiplyAdd(p, r, TWide.Create(8.3334519073e-3f));
        p = TWide.MultiplyAdd(p, r, TWide.Create(4.1665795894e-2f));
        p = TWide.MultiplyAdd(p, r, TWide.Create(1.6666665459e-1f));
        p = TWide.MultiplyAdd(p, r, TWide.Create(5.0000001201e-1f));
        p = TWide.MultiplyAdd(p, TWide.Multiply(r, r), TWide.Add(r, TWide.Create(1f)));
        return TWide.Multiply(p, TWide.PowerOfTwo(n));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Sigmoid<TWide, TVector>(TVector x)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var one = TWide.Create(1f);
        return TWide.Divide(one, TWide.Add(one, Exp<TWide, TVector>(TWide.Subtract(TWide.Create(0f), x))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Tanh<TWide, TVector>(TVector x)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var one = TWide.Create(1f);
        return TWide.Subtract(one, TWide.Divide(TWide.Create(2f), TWide.Add(one, Exp<TWide, TVector>(TWide.Add(x, x)))));
    }

    private static void Exp<TWide, TVector>(float* x, float* y, int n)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var i = 0;
        for (; i <= n - TWide.Count; i += TWide.Count)
        {
            TWide.Store(Exp<TWide, TVector>(TWide.Load(x + i)), y + i);
        }

        for (; i < n; i++)
        {
            y[i] = Exp<Plain, float>(x[i]);
        }
    }

    private static void Sigmoid<TWide, TVector>(float* x, float* y, int n)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var i = 0;
        for (; i <= n - TWide.Count; i += TWide.Count)
        {
            TWide.Store(Sigmoid<TWide, TVector>(TWide.Load(x + i)), y + i);
        }

        for (; i < n; i++)
        {
            y[i] = Sigmoid<Plain, float>(x[i]);
        }
    }

    private static void Tanh<TWide, TVector>(float* x, float* y, int n)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var i = 0;
        for (; i <= n - TWide.Count; i += TWide.Count)
        {
            TWide.Store(Tanh<TWide, TVector>(TWide.Load(x + i)), y + i);
        }

        for (; i < n; i++)
        {
            y[i] = Tanh<Plain, float>(x[i]);
        }
    }

    private static void TanhBackward<TWide, TVector>(float* y, float* dy, float* dx, int n)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var i = 0;
        for (; i <= n - TWide.Count; i += TWide.Count)
        {
            var v = TWide.Load(y + i);
            TWide.Store(TWide.Multiply(TWide.Load(dy + i), TWide.Subtract(TWide.Create(1f), TWide.Multiply(v, v))), dx + i);
        }

        for (; i < n; i++)
        {
            dx[i] = dy[i] * (1f - (y[i] * y[i]));
        }
    }
}
