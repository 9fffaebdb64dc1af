using System.Runtime.Intrinsics;

namespace ChatAgent.Neural;

/// <remarks>The gates of one LSTM step over a batch, in one pass over memory. Symbols as in <see cref="LstmLayer"/>.</remarks>
public static unsafe partial class Kernels
{
    /// <summary>One step forward: the gates' sums in, the gates, the new cell and the new state out.</summary>
    /// <param name="gates">(B, 4H). In: W x + b + U h' + d in the order i, f, g, o. Out: i, f, g, o.</param>
    /// <param name="previousCell">(B, H), c'.</param>
    /// <param name="cell">(B, H), c; may be <paramref name="previousCell"/>.</param>
    /// <param name="state">(B, H), h.</param>
    /// <param name="hidden">H.</param>
    public static void LstmGates(Span<float> gates, ReadOnlySpan<float> previousCell, Span<float> cell, Span<float> state, int hidden)
    {
        RequireLstm(gates, previousCell, cell, state, hidden);
        fixed (float* g = gates, p = previousCell, c = cell, h = state)
        {
            var batch = state.Length / hidden;
            switch (Width)
            {
                case 512: LstmGates<Wide512, Vector512<float>>(g, p, c, h, batch, hidden); break;
                case 256: LstmGates<Wide256, Vector256<float>>(g, p, c, h, batch, hidden); break;
                case 128: LstmGates<Wide128, Vector128<float>>(g, p, c, h, batch, hidden); break;
                default: LstmGates<Plain, float>(g, p, c, h, batch, hidden); break;
            }
        }
    }

    /// <summary>One step back.</summary>
    /// <param name="gates">(B, 4H). In: i, f, g, o of the step. Out: the gradients of their sums.</param>
    /// <param name="previousCell">(B, H), c'.</param>
    /// <param name="cell">(B, H), c.</param>
    /// <param name="dState">(B, H), the gradient of h.</param>
    /// <param name="dCell">(B, H). In: the gradient of c from later steps. Out: that of c'.</param>
    /// <param name="hidden">H.</param>
    public static void LstmGatesBackward(
        Span<float> gates, ReadOnlySpan<float> previousCell, ReadOnlySpan<float> cell, ReadOnlySpan<float> dState, Span<float> dCell, int hidden)
    {
        RequireLstm(gates, previousCell, cell, dState, hidden);
        RequireLength(dCell, dState.Length, nameof(dCell));
        fixed (float* g = gates, p = previousCell, c = cell, h = dState, d = dCell)
        {
            var batch = dState.Length / hidden;
            switch (Width)
            {
                case 512: LstmGatesBackward<Wide512, Vector512<float>>(g, p, c, h, d, batch, hidden); break;
                case 256: LstmGatesBackward<Wide256, Vector256<float>>(g, p, c, h, d, batch, hidden); break;
                case 128: LstmGatesBackward<Wide128, Vector128<float>>(g, p, c, h, d, batch, hidden); break;
                default: LstmGatesBackward<Plain, float>(g, p, c, h, d, batch, hidden); break;
            }
        }
    }

    private static void RequireLstm(ReadOnlySpan<float> gates, ReadOnlySpan<float> previousCell, ReadOnlySpan<float> cell, ReadOnlySpan<float> state, int hidden)
    {
        RequireRows(state, hidden, nameof(state));
        RequireLength(previousCell, state.Length, nameof(previousCell));
        RequireLength(cell, state.Length, nameof(cell));
        RequireLength(gates, 4L * state.Length, nameof(gates));
    }

    private static void LstmGates<TWide, TVector>(float* g, float* p, float* c, float* h, int batch, int hidden)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        for (var b = 0; b < batch; b++, g += 4 * hidden, p += hidden, c += hidden, h += hidden)
        {
            var j = 0;
            for (; j <= hidden - TWide.Count; j += TWide.Count)
            {
                LstmCell<TWide, TVector>(g + j, p + j, c + j, h + j, hidden);
            }

            for (; j < hidden; j++)
            {
                LstmCell<Plain, float>(g + j, p + j, c + j, h + j, hidden);
            }
        }
    }

    private static void LstmCell<TWide, TVector>(float* gates, float* previous, float* cell, float* state, int hidden)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var i = Sigmoid<TWide, TVector>(TWide.Load(gates));
        var f = Sigmoid<TWide, TVector>(TWide.Load(gates + hidden));
        var g = Tanh<TWide, TVector>(TWide.Load(gates + (2 * hidden)));
        var o = Sigmoid<TWide, TVector>(TWide.Load(gates + (3 * hidden)));
        var c = TWide.MultiplyAdd(f, TWide.Load(previous), TWide.Multiply(i, g));
        TWide.Store(i, gates);
        TWide.Store(f, gates + hidden);
        TWide.Store(g, gates + (2 * hidden));
        TWide.Store(o, gates + (3 * hidden));
        TWide.Store(c, cell);
        TWide.Store(TWide.Multiply(o, Tanh<TWide, TVector>(c)), state);
    }

    private static void LstmGatesBackward<TWide, TVector>(float* g, float* p, float* c, float* h, float* d, int batch, int hidden)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        for (var b = 0; b < batch; b++, g += 4 * hidden, p += hidden, c += hidden, h += hidden, d += hidden)
        {
            var j = 0;
            for (; j <= hidden - TWide.Count; j += TWide.Count)
            {
                LstmCellBackward<TWide, TVector>(g + j, p + j, c + j, h + j, d + j, hidden);
            }

            for (; j < hidden; j++)
            {
                LstmCellBackward<Plain, float>(g + j, p + j, c + j, h + j, d + j, hidden);
            }
        }
    }

    private static void LstmCellBackward<TWide, TVector>(float* gates, float* previous, float* cell, float* dState, float* dCell, int hidden)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var one = TWide.Create(1f);
        TVector i = TWide.Load(gates), f = TWide.Load(gates + hidden), g = TWide.Load(gates + (2 * hidden)), o = TWide.Load(gates + (3 * hidden));
        var t = Tanh<TWide, TVector>(TWide.Load(cell));
        var dh = TWide.Load(dState);
        var dc = TWide.MultiplyAdd(TWide.Multiply(dh, o), TWide.Subtract(one, TWide.Multiply(t, t)), TWide.Load(dCell));
        TWide.Store(TWide.Multiply(TWide.Multiply(dc, g), TWide.Multiply(i, TWide.Subtract(one, i))), gates);
        TWide.Store(TWide.Multiply(TWide.Multiply(dc, TWide.Load(previous)), TWide.Multiply(f, TWide.Subtract(one, f))), gates + hidden);
        TWide.Store(TWide.Multiply(TWide.Multiply(dc, i), TWide.Subtract(one, TWide.Multiply(g, g))), gates + (2 * hidden));
        TWide.Store(TWide.Multiply(TWide.Multiply(dh, t), TWide.Multiply(o, TWide.Subtract(one, o))), gates + (3 * hidden));
        TWide.Store(TWide.Multiply(dc, f), dCell);
    }
}
