using System.Runtime.Intrinsics;

namespace ChatAgent.Neural;

/// <remarks>The gates of one step of an LSTM with coupled gates over a batch. Symbols as in <see cref="CoupledLstmLayer"/>.</remarks>
public static unsafe partial class Kernels
{
    /// <summary>One step forward: the gates' sums in, the gates, the new cell and the new state out.</summary>
    /// <param name="gates">(B, 3H). In: W x + b + U h' + d in the order i, g, o. Out: i, g, o.</param>
    /// <param name="previousCell">(B, H), c'.</param>
    /// <param name="cell">(B, H), c; may be <paramref name="previousCell"/>.</param>
    /// <param name="state">(B, H), h.</param>
    /// <param name="hidden">H.</param>
    public static void CoupledGates(Span<float> gates, ReadOnlySpan<float> previousCell, Span<float> cell, Span<float> state, int hidden)
    {
        RequireRows(state, hidden, nameof(state));
        RequireLength(gates, 3L * state.Length, nameof(gates));
        RequireLength(previousCell, state.Length, nameof(previousCell));
        RequireLength(cell, state.Length, nameof(cell));
        var batch = state.Length / hidden;
        fixed (float* g = gates, p = previousCell, c = cell, h = state)
        {
            switch (Width)
            {
                case 512: CoupledGates<Wide512, Vector512<float>>(g, p, c, h, batch, hidden); break;
                case 256: CoupledGates<Wide256, Vector256<float>>(g, p, c, h, batch, hidden); break;
                case 128: CoupledGates<Wide128, Vector128<float>>(g, p, c, h, batch, hidden); break;
                default: CoupledGates<Plain, float>(g, p, c, h, batch, hidden); break;
            }
        }
    }

    /// <summary>One step back.</summary>
    /// <param name="gates">(B, 3H). In: i, g, o of the step. Out: the gradients of their sums.</param>
    /// <param name="previousCell">(B, H), c'.</param>
    /// <param name="cell">(B, H), c.</param>
    /// <param name="dState">(B, H), the gradient of h.</param>
    /// <param name="dCell">(B, H). In: the gradient of c from later steps. Out: that of c'.</param>
    /// <param name="hidden">H.</param>
    public static void CoupledGatesBackward(Span<float> gates, ReadOnlySpan<float> previousCell, ReadOnlySpan<float> cell, ReadOnlySpan<float> dState, Span<float> dCell, int hidden)
    {
        RequireRows(dState, hidden, nameof(dState));
        RequireLength(gates, 3L * dState.Length, nameof(gates));
        RequireLength(previousCell, dState.Length, nameof(previousCell));
        RequireLength(cell, dState.Length, nameof(cell));
        RequireLength(dCell, dState.Length, nameof(dCell));
        var batch = dState.Length / hidden;
        fixed (float* g = gates, p = previousCell, c = cell, h = dState, d = dCell)
        {
            switch (Width)
            {
                case 512: CoupledGatesBackward<Wide512, Vector512<float>>(g, p, c, h, d, batch, hidden); break;
                case 256: CoupledGatesBackward<Wide256, Vector256<float>>(g, p, c, h, d, batch, hidden); break;
                case 128: CoupledGatesBackward<Wide128, Vector128<float>>(g, p, c, h, d, batch, hidden); break;
                default: CoupledGatesBackward<Plain, float>(g, p, c, h, d, batch, hidden); break;
            }
        }
    }

    private static void CoupledGates<TWide, TVector>(float* g, float* p, float* c, float* h, int batch, int hidden)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        for (var b = 0; b < batch; b++, g += 3 * hidden, p += hidden, c += hidden, h += hidden)
        {
            var j = 0;
            for (; j <= hidden - TWide.Count; j += TWide.Count)
            {
                CoupledGatesCell<TWide, TVector>(g + j, p + j, c + j, h + j, hidden);
            }

            for (; j < hidden; j++)
            {
                CoupledGatesCell<Plain, float>(g + j, p + j, c + j, h + j, hidden);
            }
        }
    }

    private static void CoupledGatesCell<TWide, TVector>(float* g, float* p, float* c, float* h, int hidden)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var before = TWide.Load(p);
        var i = Sigmoid<TWide, TVector>(TWide.Load(g));
        var n = Tanh<TWide, TVector>(TWide.Load(g + hidden));
        var o = Sigmoid<TWide, TVector>(TWide.Load(g + (2 * hidden)));
        var after = TWide.MultiplyAdd(i, TWide.Subtract(n, before), before);
        TWide.Store(i, g);
        TWide.Store(n, g + hidden);
        TWide.Store(o, g + (2 * hidden));
        TWide.Store(after, c);
        TWide.Store(TWide.Multiply(o, Tanh<TWide, TVector>(after)), h);
    }

    private static void CoupledGatesBackward<TWide, TVector>(float* g, float* p, float* c, float* h, float* d, int batch, int hidden)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        for (var b = 0; b < batch; b++, g += 3 * hidden, p += hidden, c += hidden, h += hidden, d += hidden)
        {
            var j = 0;
            for (; j <= hidden - TWide.Count; j += TWide.Count)
            {
                CoupledGatesBackwardCell<TWide, TVector>(g + j, p + j, c + j, h + j, d + j, hidden);
            }

            for (; j < hidden; j++)
            {
                CoupledGatesBackwardCell<Plain, float>(g + j, p + j, c + j, h + j, d + j, hidden);
            }
        }
    }

    private static void CoupledGatesBackwardCell<TWide, TVector>(float* g, float* p, float* c, float* h, float* d, int hidden)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var one = TWide.Create(1f);
        TVector i = TWide.Load(g), n = TWide.Load(g + hidden), o = TWide.Load(g + (2 * hidden)), before = TWide.Load(p), dh = TWide.Load(h);
        var t = Tanh<TWide, TVector>(TWide.Load(c));
        var dc = TWide.MultiplyAdd(TWide.Multiply(dh, o), TWide.Subtract(one, TWide.Multiply(t, t)), TWide.Load(d));
        TWide.Store(TWide.Multiply(TWide.Multiply(dc, TWide.Subtract(n, before)), TWide.Multiply(i, TWide.Subtract(one, i))), g);
        TWide.Store(TWide.Multiply(TWide.Multiply(dc, i), TWide.Subtract(one, TWide.Multiply(n, n))), g + hidden);
        TWide.Store(TWide.Multiply(TWide.Multiply(dh, t), TWide.Multiply(o, TWide.Subtract(one, o))), g + (2 * hidden));
        TWide.Store(TWide.Multiply(dc, TWide.Subtract(one, i)), d);
    }
}
