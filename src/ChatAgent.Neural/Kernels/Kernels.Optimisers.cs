using System.Runtime.Intrinsics;

namespace ChatAgent.Neural;

public static unsafe partial class Kernels
{
    /// <summary>One AdamW step over a run of parameters; symbols as in <see cref="AdamW"/>.</summary>
    /// <param name="rate">Learning rate with the bias correction of the first moment in it: α / (1 − β₁ᵗ).</param>
    /// <param name="correction">Bias correction of the second moment: 1 / √(1 − β₂ᵗ).</param>
    /// <param name="shrink">1 − α·λ, the decoupled weight decay.</param>
    internal static void AdamStep(
        Span<float> w, ReadOnlySpan<float> g, Span<float> m, Span<float> v, float beta1, float beta2, float rate, float correction, float epsilon, float shrink, WorkerPool? pool)
    {
        RequireLength(g, w.Length, nameof(g));
        RequireLength(m, w.Length, nameof(m));
        RequireLength(v, w.Length, nameof(v));
        fixed (float* pw = w, pg = g, pm = m, pv = v)
        {
            var job = new Adaptation { W = pw, G = pg, M = pm, V = pv, Length = w.Length, Beta1 = beta1, Beta2 = beta2, Rate = rate, Correction = correction, Epsilon = epsilon, Shrink = shrink };
            PoolFor(w.Length, ParallelPassFrom, pool).Run(&AdamPart, &job);
        }
    }

    private static void AdamPart(void* context, int part, int parts)
    {
        ref var job = ref *(Adaptation*)context;
        var (first, end) = ShareOfPass(job.Length, part, parts);
        switch (Width)
        {
            case 512: AdamStep<Wide512, Vector512<float>>(job, first, end); break;
            case 256: AdamStep<Wide256, Vector256<float>>(job, first, end); break;
            case 128: AdamStep<Wide128, Vector128<float>>(job, first, end); break;
            default: AdamStep<Plain, float>(job, first, end); break;
        }
    }

    private static void AdamStep<TWide, TVector>(in Adaptation job, int first, int end)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var i = first;
        for (; i <= end - TWide.Count; i += TWide.Count)
        {
            AdamCell<TWide, TVector>(job.W + i, job.G + i, job.M + i, job.V + i, job.Beta1, job.Beta2, job.Rate, job.Correction, job.Epsilon, job.Shrink);
        }

        for (; i < end; i++)
        {
            AdamCell<Plain, float>(job.W + i, job.G + i, job.M + i, job.V + i, job.Beta1, job.Beta2, job.Rate, job.Correction, job.Epsilon, job.Shrink);
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

    private struct Adaptation
    {
        public float* W;
        public float* G;
        public float* M;
        public float* V;
        public int Length;
        public float Beta1;
        public float Beta2;
        public float Rate;
        public float Correction;
        public float Epsilon;
        public float Shrink;
    }
}
