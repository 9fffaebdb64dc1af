using System.Runtime.Intrinsics;

namespace ChatAgent.Neural;

/// <remarks>The gates of one step of a GRU with the reset gate before the product, over a batch. Symbols as in <see cref="GruResetFirstLayer"/>.</remarks>
public static unsafe partial class Kernels
{
    /// <summary>First half of a step forward: r and z, and what r lets through.</summary>
    /// <param name="gates">(B, 3H). In: W x + b in the order r, z, n. Out: r, z; n as it was.</param>
    /// <param name="recurrent">(B, 2H), U h' + c of r and z.</param>
    /// <param name="previous">(B, H), h'.</param>
    /// <param name="reset">(B, H), r ⊙ h'.</param>
    /// <param name="hidden">H.</param>
    public static void ResetFirstGates(Span<float> gates, ReadOnlySpan<float> recurrent, ReadOnlySpan<float> previous, Span<float> reset, int hidden)
    {
        RequireRows(previous, hidden, nameof(previous));
        RequireLength(gates, 3L * previous.Length, nameof(gates));
        RequireLength(recurrent, 2L * previous.Length, nameof(recurrent));
        RequireLength(reset, previous.Length, nameof(reset));
        var batch = previous.Length / hidden;
        fixed (float* g = gates, u = recurrent, p = previous, s = reset)
        {
            switch (Width)
            {
                case 512: ResetFirstGates<Wide512, Vector512<float>>(g, u, p, s, batch, hidden); break;
                case 256: ResetFirstGates<Wide256, Vector256<float>>(g, u, p, s, batch, hidden); break;
                case 128: ResetFirstGates<Wide128, Vector128<float>>(g, u, p, s, batch, hidden); break;
                default: ResetFirstGates<Plain, float>(g, u, p, s, batch, hidden); break;
            }
        }
    }

    /// <summary>Second half of a step forward: n and the new state.</summary>
    /// <param name="gates">(B, 3H). In: r, z, W x + b of n. Out: r, z, n.</param>
    /// <param name="recurrent">(B, H), U (r ⊙ h') + c of n.</param>
    /// <param name="previous">(B, H), h'.</param>
    /// <param name="state">(B, H), h; may be <paramref name="previous"/>.</param>
    /// <param name="hidden">H.</param>
    public static void ResetFirstState(Span<float> gates, ReadOnlySpan<float> recurrent, ReadOnlySpan<float> previous, Span<float> state, int hidden)
    {
        RequireRows(state, hidden, nameof(state));
        RequireLength(gates, 3L * state.Length, nameof(gates));
        RequireLength(recurrent, state.Length, nameof(recurrent));
        RequireLength(previous, state.Length, nameof(previous));
        var batch = state.Length / hidden;
        fixed (float* g = gates, u = recurrent, p = previous, h = state)
        {
            switch (Width)
            {
                case 512: ResetFirstState<Wide512, Vector512<float>>(g, u, p, h, batch, hidden); break;
                case 256: ResetFirstState<Wide256, Vector256<float>>(g, u, p, h, batch, hidden); break;
                case 128: ResetFirstState<Wide128, Vector128<float>>(g, u, p, h, batch, hidden); break;
                default: ResetFirstState<Plain, float>(g, u, p, h, batch, hidden); break;
            }
        }
    }

    /// <summary>First half of a step back: from h to the sums of n and z.</summary>
    /// <param name="gates">(B, 3H). In: r, z, n. Out: r, and the gradients of the sums of z and n.</param>
    /// <param name="previous">(B, H), h'.</param>
    /// <param name="dNew">(B, H), set to the gradient of the sum of n once more, for the product with U.</param>
    /// <param name="dState">(B, H). In: the gradient of h. Out: the part of that of h' that goes through z.</param>
    /// <param name="hidden">H.</param>
    public static void ResetFirstStateBackward(Span<float> gates, ReadOnlySpan<float> previous, Span<float> dNew, Span<float> dState, int hidden)
    {
        RequireRows(dState, hidden, nameof(dState));
        RequireLength(gates, 3L * dState.Length, nameof(gates));
        RequireLength(previous, dState.Length, nameof(previous));
        RequireLength(dNew, dState.Length, nameof(dNew));
        var batch = dState.Length / hidden;
        fixed (float* g = gates, p = previous, n = dNew, d = dState)
        {
            switch (Width)
            {
                case 512: ResetFirstStateBackward<Wide512, Vector512<float>>(g, p, n, d, batch, hidden); break;
                case 256: ResetFirstStateBackward<Wide256, Vector256<float>>(g, p, n, d, batch, hidden); break;
                case 128: ResetFirstStateBackward<Wide128, Vector128<float>>(g, p, n, d, batch, hidden); break;
                default: ResetFirstStateBackward<Plain, float>(g, p, n, d, batch, hidden); break;
            }
        }
    }

    /// <summary>Second half of a step back: from what r let through to the sum of r.</summary>
    /// <param name="gates">(B, 3H). In: r, and the gradients of z and n. Out: the gradients of all three sums.</param>
    /// <param name="previous">(B, H), h'.</param>
    /// <param name="dReset">(B, H), the gradient of r ⊙ h'.</param>
    /// <param name="dRecurrent">(B, 2H), set to the gradients of r and z once more, for the product with U.</param>
    /// <param name="dState">(B, H), added to: the part that goes through r ⊙ h'.</param>
    /// <param name="hidden">H.</param>
    public static void ResetFirstGatesBackward(Span<float> gates, ReadOnlySpan<float> previous, ReadOnlySpan<float> dReset, Span<float> dRecurrent, Span<float> dState, int hidden)
    {
        RequireRows(dState, hidden, nameof(dState));
        RequireLength(gates, 3L * dState.Length, nameof(gates));
        RequireLength(previous, dState.Length, nameof(previous));
        RequireLength(dReset, dState.Length, nameof(dReset));
        RequireLength(dRecurrent, 2L * dState.Length, nameof(dRecurrent));
        var batch = dState.Length / hidden;
        fixed (float* g = gates, p = previous, s = dReset, u = dRecurrent, d = dState)
        {
            switch (Width)
            {
                case 512: ResetFirstGatesBackward<Wide512, Vector512<float>>(g, p, s, u, d, batch, hidden); break;
                case 256: ResetFirstGatesBackward<Wide256, Vector256<float>>(g, p, s, u, d, batch, hidden); break;
                case 128: ResetFirstGatesBackward<Wide128, Vector128<float>>(g, p, s, u, d, batch, hidden); break;
                default: ResetFirstGatesBackward<Plain, float>(g, p, s, u, d, batch, hidden); break;
            }
        }
    }

    private static void ResetFirstGates<TWide, TVector>(float* g, float* u, float* p, float* s, int batch, int hidden)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        for (var b = 0; b < batch; b++, g += 3 * hidden, u += 2 * hidden, p += hidden, s += hidden)
        {
            var j = 0;
            for (; j <= hidden - TWide.Count; j += TWide.Count)
            {
                ResetFirstGatesCell<TWide, TVector>(g + j, u + j, p + j, s + j, hidden);
            }

            for (; j < hidden; j++)
            {
                ResetFirstGatesCell<Plain, float>(g + j, u + j, p + j, s + j, hidden);
            }
        }
    }

    private static void ResetFirstGatesCell<TWide, TVector>(float* g, float* u, float* p, float* s, int hidden)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var r = Sigmoid<TWide, TVector>(TWide.Add(TWide.Load(g), TWide.Load(u)));
        TWide.Store(r, g);
        TWide.Store(Sigmoid<TWide, TVector>(TWide.Add(TWide.Load(g + hidden), TWide.Load(u + hidden))), g + hidden);
        TWide.Store(TWide.Multiply(r, TWide.Load(p)), s);
    }

    private static void ResetFirstState<TWide, TVector>(float* g, float* u, float* p, float* h, int batch, int hidden)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        for (var b = 0; b < batch; b++, g += 3 * hidden, u += hidden, p += hidden, h += hidden)
        {
            var j = 0;
            for (; j <= hidden - TWide.Count; j += TWide.Count)
            {
                ResetFirstStateCell<TWide, TVector>(g + j, u + j, p + j, h + j, hidden);
            }

            for (; j < hidden; j++)
            {
                ResetFirstStateCell<Plain, float>(g + j, u + j, p + j, h + j, hidden);
            }
        }
    }

    private static void ResetFirstStateCell<TWide, TVector>(float* g, float* u, float* p, float* h, int hidden)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var n = Tanh<TWide, TVector>(TWide.Add(TWide.Load(g + (2 * hidden)), TWide.Load(u)));
        TWide.Store(n, g + (2 * hidden));
        TWide.Store(TWide.MultiplyAdd(TWide.Load(g + hidden), TWide.Subtract(TWide.Load(p), n), n), h);
    }

    private static void ResetFirstStateBackward<TWide, TVector>(float* g, float* p, float* n, float* d, int batch, int hidden)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        for (var b = 0; b < batch; b++, g += 3 * hidden, p += hidden, n += hidden, d += hidden)
        {
            var j = 0;
            for (; j <= hidden - TWide.Count; j += TWide.Count)
            {
                ResetFirstStateBackwardCell<TWide, TVector>(g + j, p + j, n + j, d + j, hidden);
            }

            for (; j < hidden; j++)
            {
                ResetFirstStateBackwardCell<Plain, float>(g + j, p + j, n + j, d + j, hidden);
            }
        }
    }

    private static void ResetFirstStateBackwardCell<TWide, TVector>(float* g, float* p, float* n, float* d, int hidden)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var one = TWide.Create(1f);
        TVector z = TWide.Load(g + hidden), c = TWide.Load(g + (2 * hidden)), dh = TWide.Load(d);
        var dn = TWide.Multiply(TWide.Multiply(dh, TWide.Subtract(one, z)), TWide.Subtract(one, TWide.Multiply(c, c)));
        TWide.Store(TWide.Multiply(TWide.Multiply(dh, TWide.Subtract(TWide.Load(p), c)), TWide.Multiply(z, TWide.Subtract(one, z))), g + hidden);
        TWide.Store(dn, g + (2 * hidden));
        TWide.Store(dn, n);
        TWide.Store(TWide.Multiply(dh, z), d);
    }

    private static void ResetFirstGatesBackward<TWide, TVector>(float* g, float* p, float* s, float* u, float* d, int batch, int hidden)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        for (var b = 0; b < batch; b++, g += 3 * hidden, p += hidden, s += hidden, u += 2 * hidden, d += hidden)
        {
            var j = 0;
            for (; j <= hidden - TWide.Count; j += TWide.Count)
            {
                ResetFirstGatesBackwardCell<TWide, TVector>(g + j, p + j, s + j, u + j, d + j, hidden);
            }

            for (; j < hidden; j++)
            {
                ResetFirstGatesBackwardCell<Plain, float>(g + j, p + j, s + j, u + j, d + j, hidden);
            }
        }
    }

    private static void ResetFirstGatesBackwardCell<TWide, TVector>(float* g, float* p, float* s, float* u, float* d, int hidden)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        TVector r = TWide.Load(g), through = TWide.Load(s);
        var dr = TWide.Multiply(TWide.Multiply(through, TWide.Load(p)), TWide.Multiply(r, TWide.Subtract(TWide.Create(1f), r)));
        TWide.Store(dr, g);
        TWide.Store(dr, u);
        TWide.Store(TWide.Load(g + hidden), u + hidden);
        TWide.Store(TWide.MultiplyAdd(through, r, TWide.Load(d)), d);
    }
}
