using System.Runtime.Intrinsics;

namespace ChatAgent.Neural;

/// <remarks>The gates of one GRU step over a batch, in one pass over memory. Symbols as in <see cref="GruLayer"/>.</remarks>
public static unsafe partial class Kernels
{
    /// <summary>Cells below which waking another thread costs more than it saves.</summary>
    private const int ParallelCellsFrom = 6_000;

    /// <summary>One step forward: the gates' sums in, the gates and the new state out.</summary>
    /// <param name="gates">(B, 3H). In: W x + b in the order r, z, n. Out: r, z, n.</param>
    /// <param name="recurrent">(B, 3H). U h' + c in the same order; the last third is what backward needs.</param>
    /// <param name="previous">(B, H), h'.</param>
    /// <param name="state">(B, H), h; may be <paramref name="previous"/>.</param>
    /// <param name="hidden">H.</param>
    public static void GruGates(Span<float> gates, ReadOnlySpan<float> recurrent, ReadOnlySpan<float> previous, Span<float> state, int hidden, WorkerPool? pool = null)
    {
        RequireGru(gates, recurrent, previous, state, hidden);
        fixed (float* g = gates, u = recurrent, p = previous, h = state)
        {
            var job = new GruJob { Gates = g, Recurrent = u, Previous = p, State = h, Batch = state.Length / hidden, Hidden = hidden };
            PoolFor(state.Length, ParallelCellsFrom, pool).Run(&GruGatesPart, &job);
        }
    }

    /// <summary>One step back.</summary>
    /// <param name="gates">(B, 3H). In: r, z, n of the step. Out: the gradients of W x + b.</param>
    /// <param name="recurrent">(B, 3H). In: U h' + c (only its last third is read). Out: the gradients of U h' + c.</param>
    /// <param name="previous">(B, H), h'.</param>
    /// <param name="dState">(B, H). In: the gradient of h. Out: the part of the gradient of h' that does not go through U.</param>
    /// <param name="hidden">H.</param>
    public static void GruGatesBackward(Span<float> gates, Span<float> recurrent, ReadOnlySpan<float> previous, Span<float> dState, int hidden, WorkerPool? pool = null)
    {
        RequireGru(gates, recurrent, previous, dState, hidden);
        fixed (float* g = gates, u = recurrent, p = previous, d = dState)
        {
            var job = new GruJob { Gates = g, Recurrent = u, Previous = p, State = d, Batch = dState.Length / hidden, Hidden = hidden };
            PoolFor(dState.Length, ParallelCellsFrom, pool).Run(&GruGatesBackwardPart, &job);
        }
    }

    private static void RequireGru(ReadOnlySpan<float> gates, ReadOnlySpan<float> recurrent, ReadOnlySpan<float> previous, ReadOnlySpan<float> state, int hidden)
    {
        RequireRows(state, hidden, nameof(state));
        RequireLength(previous, state.Length, nameof(previous));
        RequireLength(gates, 3L * state.Length, nameof(gates));
        RequireLength(recurrent, 3L * state.Length, nameof(recurrent));
    }

    private static void GruGatesPart(void* context, int part, int parts)
    {
        ref var job = ref *(GruJob*)context;
        var (first, end) = Share(job.Batch, part, parts);
        var (row, wide) = (first * job.Hidden, 3 * first * job.Hidden);
        float* g = job.Gates + wide, u = job.Recurrent + wide, p = job.Previous + row, h = job.State + row;
        switch (Width)
        {
            case 512: GruGates<Wide512, Vector512<float>>(g, u, p, h, end - first, job.Hidden); break;
            case 256: GruGates<Wide256, Vector256<float>>(g, u, p, h, end - first, job.Hidden); break;
            case 128: GruGates<Wide128, Vector128<float>>(g, u, p, h, end - first, job.Hidden); break;
            default: GruGates<Plain, float>(g, u, p, h, end - first, job.Hidden); break;
        }
    }

    private static void GruGatesBackwardPart(void* context, int part, int parts)
    {
        ref var job = ref *(GruJob*)context;
        var (first, end) = Share(job.Batch, part, parts);
        var (row, wide) = (first * job.Hidden, 3 * first * job.Hidden);
        float* g = job.Gates + wide, u = job.Recurrent + wide, p = job.Previous + row, d = job.State + row;
        switch (Width)
        {
            case 512: GruGatesBackward<Wide512, Vector512<float>>(g, u, p, d, end - first, job.Hidden); break;
            case 256: GruGatesBackward<Wide256, Vector256<float>>(g, u, p, d, end - first, job.Hidden); break;
            case 128: GruGatesBackward<Wide128, Vector128<float>>(g, u, p, d, end - first, job.Hidden); break;
            default: GruGatesBackward<Plain, float>(g, u, p, d, end - first, job.Hidden); break;
        }
    }

    private static void GruGates<TWide, TVector>(float* g, float* u, float* p, float* h, int batch, int hidden)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        for (var b = 0; b < batch; b++, g += 3 * hidden, u += 3 * hidden, p += hidden, h += hidden)
        {
            var i = 0;
            for (; i <= hidden - TWide.Count; i += TWide.Count)
            {
                GruCell<TWide, TVector>(g + i, u + i, p + i, h + i, hidden);
            }

            for (; i < hidden; i++)
            {
                GruCell<Plain, float>(g + i, u + i, p + i, h + i, hidden);
            }
        }
    }

    private static void GruCell<TWide, TVector>(float* g, float* u, float* p, float* h, int hidden)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var r = Sigmoid<TWide, TVector>(TWide.Add(TWide.Load(g), TWide.Load(u)));
        var z = Sigmoid<TWide, TVector>(TWide.Add(TWide.Load(g + hidden), TWide.Load(u + hidden)));
        var n = Tanh<TWide, TVector>(TWide.MultiplyAdd(r, TWide.Load(u + (2 * hidden)), TWide.Load(g + (2 * hidden))));
        TWide.Store(r, g);
        TWide.Store(z, g + hidden);
        TWide.Store(n, g + (2 * hidden));
        TWide.Store(TWide.MultiplyAdd(z, TWide.Subtract(TWide.Load(p), n), n), h);
    }

    private static void GruGatesBackward<TWide, TVector>(float* g, float* u, float* p, float* d, int batch, int hidden)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        for (var b = 0; b < batch; b++, g += 3 * hidden, u += 3 * hidden, p += hidden, d += hidden)
        {
            var i = 0;
            for (; i <= hidden - TWide.Count; i += TWide.Count)
            {
                GruCellBackward<TWide, TVector>(g + i, u + i, p + i, d + i, hidden);
            }

            for (; i < hidden; i++)
            {
                GruCellBackward<Plain, float>(g + i, u + i, p + i, d + i, hidden);
            }
        }
    }

    private static void GruCellBackward<TWide, TVector>(float* g, float* u, float* p, float* d, int hidden)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var one = TWide.Create(1f);
        TVector r = TWide.Load(g), z = TWide.Load(g + hidden), n = TWide.Load(g + (2 * hidden)), un = TWide.Load(u + (2 * hidden));
        var dh = TWide.Load(d);
        var dn = TWide.Multiply(TWide.Multiply(dh, TWide.Subtract(one, z)), TWide.Subtract(one, TWide.Multiply(n, n)));
        var dz = TWide.Multiply(TWide.Multiply(dh, TWide.Subtract(TWide.Load(p), n)), TWide.Multiply(z, TWide.Subtract(one, z)));
        var dr = TWide.Multiply(TWide.Multiply(dn, un), TWide.Multiply(r, TWide.Subtract(one, r)));
        TWide.Store(dr, g);
        TWide.Store(dz, g + hidden);
        TWide.Store(dn, g + (2 * hidden));
        TWide.Store(dr, u);
        TWide.Store(dz, u + hidden);
        TWide.Store(TWide.Multiply(dn, r), u + (2 * hidden));
        TWide.Store(TWide.Multiply(dh, z), d);
    }

    private struct GruJob
    {
        public float* Gates;
        public float* Recurrent;
        public float* Previous;
        public float* State;
        public int Batch;
        public int Hidden;
    }
}
