using System.Runtime.Intrinsics;

namespace ChatAgent.Neural;

public static unsafe partial class Kernels
{
    /// <summary>One AdamW step over a run of parameters; symbols as in <see cref="AdamW"/>.</summary>
    /// <param name="rate">Learning rate with the bias correction of the first moment in it: α / (1 − β₁ᵗ).</param>
    /// <param name="correction">Bias correction of the second moment: 1 / √(1 − β₂ᵗ).</param>
    /// <param name="shrink">1 − α·λ, the decoupled weight decay.</param>
    internal static void AdamStep(
        Span<float> w, ReadOnlySpan<float> g, Span<float> m, Span<float> v, float beta1, float beta2, float rate, float correction, float epsilon, float shrink)
    {
        RequireLength(g, w.Length, nameof(g));
        RequireLength(m, w.Length, nameof(m));
        RequireLength(v, w.Length, nameof(v));
        fixed (float* pw = w, pg = g, pm = m, pv = v)
        {
            switch (Width)
            {
                case 512: AdamStep<Wide512, Vector512<float>>(pw, pg, pm, pv, w.Length, beta1, beta2, rate, correction, epsilon, shrink); break;
                case 256: AdamStep<Wide256, Vector256<float>>(pw, pg, pm, pv, w.Length, beta1, beta2, rate, correction, epsilon, shrink); break;
                case 128: AdamStep<Wide128, Vector128<float>>(pw, pg, pm, pv, w.Length, beta1, beta2, rate, correction, epsilon, shrink); break;
                default: AdamStep<Plain, float>(pw, pg, pm, pv, w.Length, beta1, beta2, rate, correction, epsilon, shrink); break;
            }
        }
    }

    private static void AdamStep<TWide, TVector>(
        float* w, float* g, float* m, float* v, int length, float beta1, float beta2, float rate, float correction, float epsilon, float shrink)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var i = 0;
        for (; i <= length - TWide.Count; i += TWide.Count)
        {
            AdamCell<TWide, TVector>(w + i, g + i, m + i, v + i, beta1, beta2, rate, correction, epsilon, shrink);
        }

        for (; i < length; i++)
        {
            AdamCell<Plain, float>(w + i, g + i, m + i, v + i, beta1, beta2, rate, correction, epsilon, shrink);
        }
    }

    private static void AdamCell<TWide, TVector>(
        float* w, float* g, float* m, float* v, float beta1, float beta2, float rate, float correction, float epsilon, float shrink)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var gradient = TWide.Load(g);
        var first = TWide.MultiplyAdd(TWide.Create(1f - beta1), gradient, TWide.Multiply(TWide.Create(beta1), TWide.Load(m)));
        var second = TWide.MultiplyAdd(TWide.Multiply(TWide.Create(1f - beta2), gradient), gradient, TWide.Multiply(TWide.Create(beta2), TWide.Load(v)));
        var root = TWide.MultiplyAdd(TWide.Sqrt(second), TWide.Create(correction), TWide.Create(epsilon));
        var step = TWide.Divide(TWide.Multiply(TWide.Create(rate), first), root);
        TWide.Store(first, m);
        TWide.Store(second, v);
        TWide.Store(TWide.Subtract(TWide.Multiply(TWide.Create(shrink), TWide.Load(w)), step), w);
    }
}
