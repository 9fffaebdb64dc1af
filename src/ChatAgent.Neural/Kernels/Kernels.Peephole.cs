using System.Runtime.Intrinsics;

namespace ChatAgent.Neural;

/// <remarks>The gates of one step of an LSTM with peepholes over a batch. Symbols as in <see cref="PeepholeLstmLayer"/>.</remarks>
public static unsafe partial class Kernels
{
    /// <summary>One step forward: the gates' sums in, the gates, the new cell and the new state out.</summary>
    /// <param name="gates">(B, 4H). In: W x + b + U h' + d in the order i, f, g, o. Out: i, f, g, o.</param>
    /// <param name="peepholes">(3H): p_i, p_f, p_o.</param>
    /// <param name="previousCell">(B, H), c'.</param>
    /// <param name="cell">(B, H), c; may be <paramref name="previousCell"/>.</param>
    /// <param name="state">(B, H), h.</param>
    /// <param name="hidden">H.</param>
    public static void PeepholeGates(Span<float> gates, ReadOnlySpan<float> peepholes, ReadOnlySpan<float> previousCell, Span<float> cell, Span<float> state, int hidden)
    {
        RequireRows(state, hidden, nameof(state));
        RequireLength(gates, 4L * state.Length, nameof(gates));
        RequireLength(peepholes, 3L * hidden, nameof(peepholes));
        RequireLength(previousCell, state.Length, nameof(previousCell));
        RequireLength(cell, state.Length, nameof(cell));
        var batch = state.Length / hidden;
        fixed (float* g = gates, w = peepholes, p = previousCell, c = cell, h = state)
        {
            switch (Width)
            {
                case 512: PeepholeGates<Wide512, Vector512<float>>(g, w, p, c, h, batch, hidden); break;
                case 256: PeepholeGates<Wide256, Vector256<float>>(g, w, p, c, h, batch, hidden); break;
                case 128: PeepholeGates<Wide128, Vector128<float>>(g, w, p, c, h, batch, hidden); break;
                default: PeepholeGates<Plain, float>(g, w, p, c, h, batch, hidden); break;
            }
        }
    }

    /// <summary>One step back.</summary>
    /// <param name="gates">(B, 4H). In: i, f, g, o of the step. Out: the gradients of their sums.</param>
    /// <param name="peepholes">(3H): p_i, p_f, p_o.</param>
    /// <param name="dPeepholes">(3H), added to.</param>
    /// <param name="previousCell">(B, H), c'.</param>
    /// <param name="cell">(B, H), c.</param>
    /// <param name="dState">(B, H), the gradient of h.</param>
    /// <param name="dCell">(B, H). In: the gradient of c from later steps. Out: that of c'.</param>
    /// <param name="hidden">H.</param>
    public static void PeepholeGatesBackward(Span<float> gates, ReadOnlySpan<float> peepholes, Span<float> dPeepholes, ReadOnlySpan<float> previousCell, ReadOnlySpan<float> cell, ReadOnlySpan<float> dState, Span<float> dCell, int hidden)
    {
        RequireRows(dState, hidden, nameof(dState));
        RequireLength(gates, 4L * dState.Length, nameof(gates));
        RequireLength(peepholes, 3L * hidden, nameof(peepholes));
        RequireLength(dPeepholes, 3L * hidden, nameof(dPeepholes));
        RequireLength(previousCell, dState.Length, nameof(previousCell));
        RequireLength(cell, dState.Length, nameof(cell));
        RequireLength(dCell, dState.Length, nameof(dCell));
        var batch = dState.Length / hidden;
        fixed (float* g = gates, w = peepholes, dw = dPeepholes, p = previousCell, c = cell, h = dState, d = dCell)
        {
            switch (Width)
            {
                case 512: PeepholeGatesBackward<Wide512, Vector512<float>>(g, w, dw, p, c, h, d, batch, hidden); break;
                case 256: PeepholeGatesBackward<Wide256, Vector256<float>>(g, w, dw, p, c, h, d, batch, hidden); break;
                case 128: PeepholeGatesBackward<Wide128, Vector128<float>>(g, w, dw, p, c, h, d, batch, hidden); break;
                default: PeepholeGatesBackward<Plain, float>(g, w, dw, p, c, h, d, batch, hidden); break;
            }
        }
    }

    private static void PeepholeGates<TWide, TVector>(float* g, float* w, float* p, float* c, float* h, int batch, int hidden)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        for (var b = 0; b < batch; b++, g += 4 * hidden, p += hidden, c += hidden, h += hidden)
        {
            var j = 0;
            for (; j <= hidden - TWide.Count; j += TWide.Count)
            {
                PeepholeGatesCell<TWide, TVector>(g + j, w + j, p + j, c + j, h + j, hidden);
            }

            for (; j < hidden; j++)
            {
                PeepholeGatesCell<Plain, float>(g + j, w + j, p + j, c + j, h + j, hidden);
            }
        }
    }

    private static void PeepholeGatesCell<TWide, TVector>(float* g, float* w, float* p, float* c, float* h, int hidden)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var before = TWide.Load(p);
        var i = Sigmoid<TWide, TVector>(TWide.MultiplyAdd(TWide.Load(w), before, TWide.Load(g)));
        var f = Sigmoid<TWide, TVector>(TWide.MultiplyAdd(TWide.Load(w + hidden), before, TWide.Load(g + hidden)));
        var n = Tanh<TWide, TVector>(TWide.Load(g + (2 * hidden)));
        var after = TWide.MultiplyAdd(f, before, TWide.Multiply(i, n));
        var o = Sigmoid<TWide, TVector>(TWide.MultiplyAdd(TWide.Load(w + (2 * hidden)), after, TWide.Load(g + (3 * hidden))));
        TWide.Store(i, g);
        TWide.Store(f, g + hidden);
        TWide.Store(n, g + (2 * hidden));
        TWide.Store(o, g + (3 * hidden));
        TWide.Store(after, c);
        TWide.Store(TWide.Multiply(o, Tanh<TWide, TVector>(after)), h);
    }

    private static void PeepholeGatesBackward<TWide, TVector>(float* g, float* w, float* dw, float* p, float* c, float* h, float* d, int batch, int hidden)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        for (var b = 0; b < batch; b++, g += 4 * hidden, p += hidden, c += hidden, h += hidden, d += hidden)
        {
            var j = 0;
            for (; j <= hidden - TWide.Count; j += TWide.Count)
            {
                PeepholeGatesBackwardCell<TWide, TVector>(g + j, w + j, dw + j, p + j, c + j, h + j, d + j, hidden);
            }

            for (; j < hidden; j++)
            {
                PeepholeGatesBackwardCell<Plain, float>(g + j, w + j, dw + j, p + j, c + j, h + j, d + j, hidden);
            }
        }
    }

    private static void PeepholeGatesBackwardCell<TWide, TVector>(float* g, float* w, float* dw, float* p, float* c, float* h, float* d, int hidden)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var one = TWide.Create(1f);
        TVector i = TWide.Load(g), f = TWide.Load(g + hidden), n = TWide.Load(g + (2 * hidden)), o = TWide.Load(g + (3 * hidden));
        TVector before = TWide.Load(p), after = TWide.Load(c), dh = TWide.Load(h);
        var t = Tanh<TWide, TVector>(after);
        var dO = TWide.Multiply(TWide.Multiply(dh, t), TWide.Multiply(o, TWide.Subtract(one, o)));
        var dc = TWide.MultiplyAdd(TWide.Multiply(dh, o), TWide.Subtract(one, TWide.Multiply(t, t)), TWide.Load(d));
        dc = TWide.MultiplyAdd(dO, TWide.Load(w + (2 * hidden)), dc);
        var dI = TWide.Multiply(TWide.Multiply(dc, n), TWide.Multiply(i, TWide.Subtract(one, i)));
        var dF = TWide.Multiply(TWide.Multiply(dc, before), TWide.Multiply(f, TWide.Subtract(one, f)));
        TWide.Store(dI, g);
        TWide.Store(dF, g + hidden);
        TWide.Store(TWide.Multiply(TWide.Multiply(dc, i), TWide.Subtract(one, TWide.Multiply(n, n))), g + (2 * hidden));
        TWide.Store(dO, g + (3 * hidden));
        TWide.Store(TWide.MultiplyAdd(dI, before, TWide.Load(dw)), dw);
        TWide.Store(TWide.MultiplyAdd(dF, before, TWide.Load(dw + hidden)), dw + hidden);
        TWide.Store(TWide.MultiplyAdd(dO, after, TWide.Load(dw + (2 * hidden))), dw + (2 * hidden));
        TWide.Store(TWide.MultiplyAdd(dI, TWide.Load(w), TWide.MultiplyAdd(dF, TWide.Load(w + hidden), TWide.Multiply(dc, f))), d);
    }
}
