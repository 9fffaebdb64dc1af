using System.Runtime.Intrinsics;

namespace ChatAgent.Neural;

public static unsafe partial class Kernels
{
    /// <summary>x = eˣ / Σeˣ in place, shifted by the maximum. Terms below e⁻⁸⁷ of the largest stay at about 1.6e-38.</summary>
    /// <returns>ln Σeˣ of what was there before.</returns>
    public static float Softmax(Span<float> x) => SoftmaxScaled(x, 1f);

    /// <summary>x = weight · eˣ / Σeˣ in place.</summary>
    /// <returns>ln Σeˣ of what was there before.</returns>
    internal static float SoftmaxScaled(Span<float> x, float weight)
    {
        if (x.IsEmpty)
        {
            return float.NegativeInfinity;
        }

        var max = Max(x);
        var sum = ExpShifted(x, max);
        Scale(weight / sum, x);
        return max + MathF.Log(sum);
    }

    /// <summary>x = x − ln Σeˣ in place: log-probabilities.</summary>
    public static void LogSoftmax(Span<float> x)
    {
        var shift = LogSumExp(x);
        fixed (float* p = x)
        {
            switch (Width)
            {
                case 512: Subtract<Wide512, Vector512<float>>(shift, p, x.Length); break;
                case 256: Subtract<Wide256, Vector256<float>>(shift, p, x.Length); break;
                case 128: Subtract<Wide128, Vector128<float>>(shift, p, x.Length); break;
                default: Subtract<Plain, float>(shift, p, x.Length); break;
            }
        }
    }

    /// <summary>ln Σeˣ, shifted by the maximum; negative infinity of an empty span.</summary>
    public static float LogSumExp(ReadOnlySpan<float> x)
    {
        if (x.IsEmpty)
        {
            return float.NegativeInfinity;
        }

        var max = Max(x);
        fixed (float* p = x)
        {
            return max + MathF.Log(Width switch
            {
                512 => SumExpShifted<Wide512, Vector512<float>>(p, null, x.Length, max),
                256 => SumExpShifted<Wide256, Vector256<float>>(p, null, x.Length, max),
                128 => SumExpShifted<Wide128, Vector128<float>>(p, null, x.Length, max),
                _ => SumExpShifted<Plain, float>(p, null, x.Length, max),
            });
        }
    }

    /// <summary>x = eˣ⁻ˢʰⁱᶠᵗ in place.</summary>
    /// <returns>Their sum.</returns>
    private static float ExpShifted(Span<float> x, float shift)
    {
        fixed (float* p = x)
        {
            return Width switch
            {
                512 => SumExpShifted<Wide512, Vector512<float>>(p, p, x.Length, shift),
                256 => SumExpShifted<Wide256, Vector256<float>>(p, p, x.Length, shift),
                128 => SumExpShifted<Wide128, Vector128<float>>(p, p, x.Length, shift),
                _ => SumExpShifted<Plain, float>(p, p, x.Length, shift),
            };
        }
    }

    private static void Subtract<TWide, TVector>(float shift, float* x, int n)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var wide = TWide.Create(shift);
        var i = 0;
        for (; i <= n - TWide.Count; i += TWide.Count)
        {
            TWide.Store(TWide.Subtract(TWide.Load(x + i), wide), x + i);
        }

        for (; i < n; i++)
        {
            x[i] -= shift;
        }
    }

    /// <summary>Σe^(x − shift); the terms are kept in <paramref name="y"/> unless that is null.</summary>
    private static float SumExpShifted<TWide, TVector>(float* x, float* y, int n, float shift)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var wideShift = TWide.Create(shift);
        TVector s0 = TWide.Create(0f), s1 = s0;
        var w = TWide.Count;
        var i = 0;
        for (; i <= n - (2 * w); i += 2 * w)
        {
            var e0 = Exp<TWide, TVector>(TWide.Subtract(TWide.Load(x + i), wideShift));
            var e1 = Exp<TWide, TVector>(TWide.Subtract(TWide.Load(x + i + w), wideShift));
            if (y != null)
            {
                TWide.Store(e0, y + i);
                TWide.Store(e1, y + i + w);
            }

            s0 = TWide.Add(s0, e0);
            s1 = TWide.Add(s1, e1);
        }

        var sum = TWide.Sum(TWide.Add(s0, s1));
        for (; i < n; i++)
        {
            var e = Exp<Plain, float>(x[i] - shift);
            if (y != null)
            {
                y[i] = e;
            }

            sum += e;
        }

        return sum;
    }
}
