namespace ChatAgent.Neural;

/// <remarks>The inner loops of training word vectors.</remarks>
public static unsafe partial class Kernels
{
    /// <summary>Where the table of the logistic function ends; beyond ±8 it is 0 or 1, wrong by at most 3.4e-4.</summary>
    private const int SigmoidEnd = 8;

    /// <summary>Steps of the table; between two of them the value is off by at most 2⁻⁹.</summary>
    private const int SigmoidSteps = 4096;

    private static readonly float[] SigmoidTable = [.. Enumerable.Range(0, SigmoidSteps + 1).Select(i => (float)(1.0 / (1.0 + Math.Exp(SigmoidEnd - (2.0 * SigmoidEnd * i / SigmoidSteps)))))];

    /// <summary>One example of negative sampling: the first of <paramref name="rows"/> is right, the others are wrong.</summary>
    /// <remarks>
    /// g_k = α·([k = 0] − σ(h·o_k));  gradient += Σ g_k·o_k;  o_k += g_k·h, row after row
    /// Source: Mikolov et al. 2013, arXiv:1310.4546, section 2.2.
    /// </remarks>
    /// <param name="hidden">h, (D) or the whole padded row.</param>
    /// <param name="gradient">Added to; α times the ascent direction of h.</param>
    /// <param name="outputs">The o, updated in place; as wide as <paramref name="hidden"/> allows.</param>
    /// <param name="rows">Indices into <paramref name="outputs"/>.</param>
    /// <param name="rate">α.</param>
    /// <exception cref="ArgumentException">Widths differ, or a row is outside.</exception>
    public static void NegativeSampling(ReadOnlySpan<float> hidden, Span<float> gradient, RowMatrix outputs, ReadOnlySpan<int> rows, float rate)
    {
        RequireLength(hidden, outputs.Stride, nameof(hidden));
        RequireLength(gradient, outputs.Stride, nameof(gradient));
        foreach (var row in rows)
        {
            if ((uint)row >= (uint)outputs.Rows)
            {
                throw new ArgumentException($"row {row}, expected 0 to {outputs.Rows - 1}", nameof(rows));
            }
        }

        fixed (float* h = hidden, g = gradient, o = outputs.Values, table = SigmoidTable)
        fixed (int* r = rows)
        {
            switch (Width)
            {
                case 512: NegativeSampling<Wide512, System.Runtime.Intrinsics.Vector512<float>>(h, g, o, r, rows.Length, outputs.Stride, rate, table); break;
                case 256: NegativeSampling<Wide256, System.Runtime.Intrinsics.Vector256<float>>(h, g, o, r, rows.Length, outputs.Stride, rate, table); break;
                case 128: NegativeSampling<Wide128, System.Runtime.Intrinsics.Vector128<float>>(h, g, o, r, rows.Length, outputs.Stride, rate, table); break;
                default: NegativeSampling<Plain, float>(h, g, o, r, rows.Length, outputs.Stride, rate, table); break;
            }
        }
    }

    private static void NegativeSampling<TWide, TVector>(float* h, float* g, float* outputs, int* rows, int count, int n, float rate, float* table)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        for (var k = 0; k < count; k++)
        {
            var o = outputs + ((long)rows[k] * n);
            var x = Dot<TWide, TVector>(h, o, n);
            var at = (x + SigmoidEnd) * (SigmoidSteps / (2f * SigmoidEnd));
            var sigmoid = at <= 0 ? 0f : at >= SigmoidSteps ? 1f : table[(int)(at + 0.5f)];
            var step = rate * ((k == 0 ? 1f : 0f) - sigmoid);
            if (step == 0f)
            {
                continue;
            }

            var wide = TWide.Create(step);
            for (var i = 0; i < n; i += TWide.Count)
            {
                var old = TWide.Load(o + i);
                TWide.Store(TWide.MultiplyAdd(wide, old, TWide.Load(g + i)), g + i);
                TWide.Store(TWide.MultiplyAdd(wide, TWide.Load(h + i), old), o + i);
            }
        }
    }

    /// <summary>One AdaGrad step on the squared difference between a number and the product of two vectors, whose last elements are biases.</summary>
    /// <remarks>
    /// for every element but the last: dw = δ·c, dc = δ·w; for the last both are δ;  w −= α·dw/√w2, w2 += dw², and so for c
    /// Source: Duchi et al. 2011; the sums of squares are divided by before they grow, as in GloVe's own trainer.
    /// </remarks>
    /// <param name="w">(D + 1).</param>
    /// <param name="c">(D + 1).</param>
    /// <param name="w2">(D + 1), sums of squares, above 0.</param>
    /// <param name="c2">(D + 1).</param>
    /// <param name="delta">δ, the weighted difference.</param>
    /// <param name="rate">α.</param>
    public static void AdaGradPair(Span<float> w, Span<float> c, Span<float> w2, Span<float> c2, float delta, float rate)
    {
        RequireLength(c, w.Length, nameof(c));
        RequireLength(w2, w.Length, nameof(w2));
        RequireLength(c2, w.Length, nameof(c2));
        fixed (float* pw = w, pc = c, pw2 = w2, pc2 = c2)
        {
            switch (Width)
            {
                case 512: AdaGradPair<Wide512, System.Runtime.Intrinsics.Vector512<float>>(pw, pc, pw2, pc2, w.Length - 1, delta, rate); break;
                case 256: AdaGradPair<Wide256, System.Runtime.Intrinsics.Vector256<float>>(pw, pc, pw2, pc2, w.Length - 1, delta, rate); break;
                case 128: AdaGradPair<Wide128, System.Runtime.Intrinsics.Vector128<float>>(pw, pc, pw2, pc2, w.Length - 1, delta, rate); break;
                default: AdaGradPair<Plain, float>(pw, pc, pw2, pc2, w.Length - 1, delta, rate); break;
            }
        }

        var last = w.Length - 1;
        w[last] -= rate * delta / MathF.Sqrt(w2[last]);
        c[last] -= rate * delta / MathF.Sqrt(c2[last]);
        w2[last] += delta * delta;
        c2[last] += delta * delta;
    }

    private static void AdaGradPair<TWide, TVector>(float* w, float* c, float* w2, float* c2, int n, float delta, float rate)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var (d, r) = (TWide.Create(delta), TWide.Create(rate));
        var i = 0;
        for (; i <= n - TWide.Count; i += TWide.Count)
        {
            var (a, b, a2, b2) = (TWide.Load(w + i), TWide.Load(c + i), TWide.Load(w2 + i), TWide.Load(c2 + i));
            var (da, db) = (TWide.Multiply(d, b), TWide.Multiply(d, a));
            TWide.Store(TWide.Subtract(a, TWide.Divide(TWide.Multiply(r, da), TWide.Sqrt(a2))), w + i);
            TWide.Store(TWide.Subtract(b, TWide.Divide(TWide.Multiply(r, db), TWide.Sqrt(b2))), c + i);
            TWide.Store(TWide.MultiplyAdd(da, da, a2), w2 + i);
            TWide.Store(TWide.MultiplyAdd(db, db, b2), c2 + i);
        }

        for (; i < n; i++)
        {
            var (da, db) = (delta * c[i], delta * w[i]);
            w[i] -= rate * da / MathF.Sqrt(w2[i]);
            c[i] -= rate * db / MathF.Sqrt(c2[i]);
            w2[i] += da * da;
            c2[i] += db * db;
        }
    }
}
