using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ChatAgent.Neural;

/// <remarks>
/// The matrix product after Goto and van de Geijn 2008 (doi:10.1145/1356052.1356053): the right operand in panels of two vectors
/// (<see cref="PackedMatrix"/>), the left one in panels of 12 rows and blocks that stay in the second-level cache, tiles of 12 rows by two
/// vectors in registers. A block of rows stays while the terms go by, so that a product with many terms is written once to memory. Work is split over columns or rows of the product, never over the sum.
/// </remarks>
public static unsafe partial class Kernels
{
    private const int TileRows = 12;

    /// <summary>Rows of the left operand packed at a time at most: 288 rows of 256 terms are 295 kB.</summary>
    private const int BlockRows = 24 * TileRows;

    /// <summary>Multiply-adds below which waking another thread costs more than it saves.</summary>
    private const long ParallelFrom = 400_000;

    [ThreadStatic]
    private static float[]? t_left;

    [ThreadStatic]
    private static float[]? t_panel;

    [ThreadStatic]
    private static PackedMatrix? t_right;

    /// <summary>C = op(A)·op(B), or C += op(A)·op(B).</summary>
    /// <param name="a">M×K row-major, or K×M when <paramref name="transposeA"/>.</param>
    /// <param name="b">K×N row-major, or N×K when <paramref name="transposeB"/>.</param>
    /// <param name="c">M×N row-major.</param>
    /// <param name="bias">(N), added to every row of a product that does not accumulate; or empty.</param>
    public static void MatMul(
        ReadOnlySpan<float> a, bool transposeA, ReadOnlySpan<float> b, bool transposeB, Span<float> c, int m, int n, int k, bool accumulate = false, WorkerPool? pool = null, ReadOnlySpan<float> bias = default)
    {
        if (m <= BlockRows && k > 0)
        {
            // Each panel serves one block of rows only: packed where it is used, it never leaves the first-level cache.
            RequireLength(b, (long)k * n, nameof(b));
            var width = Width;
            var columns = PackedMatrix.ColumnsOf(width);
            fixed (float* pb = b)
            {
                var job = new Product
                {
                    Source = new Packing { From = pb, K = k, N = n, Columns = columns, Transposed = transposeB }, M = m, N = n, K = k,
                    Panels = (n + columns - 1) / columns, BlockTerms = PackedMatrix.BlockTermsOf(k), TransposeA = transposeA, Accumulate = accumulate,
                };
                Run(ref job, a, c, bias, width, pool);
            }

            return;
        }

        var packed = t_right ??= new PackedMatrix();
        packed.Pack(b, k, n, transposeB, (long)m * n * k < ParallelFrom ? null : pool);
        MatMul(a, transposeA, packed, c, m, accumulate, pool, bias);
    }

    /// <summary>C = op(A)·B, or C += op(A)·B, with B packed beforehand.</summary>
    /// <param name="a">M×K row-major, or K×M when <paramref name="transposeA"/>.</param>
    /// <param name="b">K×N.</param>
    /// <param name="c">M×N row-major.</param>
    /// <param name="bias">(N), added to every row of a product that does not accumulate; or empty.</param>
    public static void MatMul(
        ReadOnlySpan<float> a, bool transposeA, PackedMatrix b, Span<float> c, int m, bool accumulate = false, WorkerPool? pool = null, ReadOnlySpan<float> bias = default)
    {
        fixed (float* pb = b.Data)
        {
            var job = new Product { B = pb, M = m, N = b.N, K = b.K, Panels = b.Panels, BlockTerms = b.BlockTerms, TransposeA = transposeA, Accumulate = accumulate };
            Run(ref job, a, c, bias, b.Width, pool);
        }
    }

    /// <summary>y = W·x, or y += W·x, of a row-major M×K matrix and one vector, read once from where it lies.</summary>
    public static void MatVec(ReadOnlySpan<float> w, ReadOnlySpan<float> x, Span<float> y, bool accumulate = false)
    {
        RequireLength(w, (long)x.Length * y.Length, nameof(w));
        for (var row = 0; row < y.Length; row++)
        {
            var sum = Dot(w.Slice(row * x.Length, x.Length), x);
            y[row] = accumulate ? y[row] + sum : sum;
        }
    }

    /// <summary>Fills the panels of <paramref name="target"/>, whose sizes are set.</summary>
    internal static void PackRight(ReadOnlySpan<float> source, PackedMatrix target, bool transposed, WorkerPool pool)
    {
        fixed (float* from = source, to = target.Data)
        {
            var job = new Packing
            {
                From = from, To = to, K = target.K, N = target.N, Panels = target.Panels, Columns = target.PanelColumns, BlockTerms = target.BlockTerms, Transposed = transposed,
            };
            if ((long)target.K * target.N < ParallelFrom)
            {
                PackRightPart(&job, 0, 1);
            }
            else
            {
                pool.Run(&PackRightPart, &job);
            }
        }
    }

    private static void Run(ref Product job, ReadOnlySpan<float> a, Span<float> c, ReadOnlySpan<float> bias, int width, WorkerPool? pool)
    {
        RequireLength(a, (long)job.M * job.K, nameof(a));
        RequireLength(c, (long)job.M * job.N, nameof(c));
        if (!bias.IsEmpty)
        {
            RequireLength(bias, job.N, nameof(bias));
            if (job.Accumulate)
            {
                throw new ArgumentException("a product that accumulates takes no bias", nameof(bias));
            }
        }

        if (job.K == 0 || job.M == 0 || job.N == 0)
        {
            if (!job.Accumulate)
            {
                c.Clear();
                if (!bias.IsEmpty && !c.IsEmpty)
                {
                    AddBias(c, bias);
                }
            }

            return;
        }

        fixed (float* pa = a, pc = c, pbias = bias)
        fixed (Product* pinned = &job)
        {
            job.A = pa;
            job.C = pc;
            job.Bias = pbias;
            if (pool is null || pool.Threads == 1 || (long)job.M * job.N * job.K < ParallelFrom)
            {
                PartOf(width)(pinned, 0, 1);
            }
            else
            {
                pool.Run(PartOf(width), pinned);
            }
        }
    }

    private static delegate*<void*, int, int, void> PartOf(int width) => width switch
    {
        512 => &MatMulPart<Wide512, Vector512<float>>,
        256 => &MatMulPart<Wide256, Vector256<float>>,
        128 => &MatMulPart<Wide128, Vector128<float>>,
        _ => &MatMulPart<Plain, float>,
    };

    private static void MatMulPart<TWide, TVector>(void* context, int part, int parts)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        var job = *(Product*)context;
        int firstPanel = 0, endPanel = job.Panels, firstRow = 0, endRow = job.M;
        if (job.Panels >= job.M / TileRows)
        {
            (firstPanel, endPanel) = Share(job.Panels, part, parts);
        }
        else
        {
            var (first, end) = Share((job.M + TileRows - 1) / TileRows, part, parts);
            (firstRow, endRow) = (first * TileRows, Math.Min(job.M, end * TileRows));
        }

        if (firstPanel == endPanel)
        {
            return;
        }

        // Blocks of rows evenly cut, so that none is a sliver.
        var columns = 2 * TWide.Count;
        var blocks = (endRow - firstRow + BlockRows - 1) / BlockRows;
        var blockRows = ((endRow - firstRow + (blocks * TileRows) - 1) / (blocks * TileRows)) * TileRows;
        var packed = t_left ??= GC.AllocateUninitializedArray<float>(BlockRows * PackedMatrix.MaxBlock, pinned: true);
        var own = job.B == null ? t_panel ??= GC.AllocateUninitializedArray<float>(PackedMatrix.MaxBlock * 2 * 16, pinned: true) : null;
        var tile = stackalloc float[TileRows * columns];
        fixed (float* left = packed, ownPanel = own)
        {
            for (var m0 = firstRow; m0 < endRow; m0 += blockRows)
            {
                var rows = Math.Min(blockRows, endRow - m0);
                for (var k0 = 0; k0 < job.K; k0 += job.BlockTerms)
                {
                    var terms = Math.Min(job.BlockTerms, job.K - k0);
                    var block = job.B + ((long)k0 * job.Panels * columns);
                    var accumulate = job.Accumulate || k0 > 0;
                    PackLeft(job, m0, rows, k0, terms, left);
                    for (var panel = firstPanel; panel < endPanel; panel++)
                    {
                        var right = block + ((long)panel * terms * columns);
                        if (job.B == null)
                        {
                            PackPanel(job.Source, k0, terms, panel, right = ownPanel);
                        }

                        var n0 = panel * columns;
                        var used = Math.Min(columns, job.N - n0);
                        for (var i = 0; i < rows; i += TileRows)
                        {
                            var height = Math.Min(TileRows, rows - i);
                            var c = job.C + ((long)(m0 + i) * job.N) + n0;
                            var add = accumulate ? c : job.Bias == null ? null : job.Bias + n0;
                            var addStride = accumulate ? job.N : 0;
                            var a = left + (i * terms);
                            if (used == columns && height == PackedHeight(height))
                            {
                                Tile<TWide, TVector>(a, right, terms, c, job.N, add, addStride, height);
                                continue;
                            }

                            Tile<TWide, TVector>(a, right, terms, tile, columns, null, 0, height);
                            for (var row = 0; row < height; row++)
                            {
                                var to = c + ((long)row * job.N);
                                var from = tile + (row * columns);
                                for (var j = 0; j < used; j++)
                                {
                                    to[j] = add == null ? from[j] : from[j] + add[((long)row * addStride) + j];
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile<TWide, TVector>(float* a, float* b, int k, float* c, int stride, float* add, int addStride, int height)
        where TWide : IWide<TVector>
        where TVector : struct
    {
        if (Sse.IsSupported)
        {
            // The tile of C is wanted only after all terms: by then it is here.
            for (var row = 0; row < height; row++)
            {
                Sse.Prefetch0(c + ((long)row * stride));
                Sse.Prefetch0(c + ((long)row * stride) + (2 * TWide.Count) - 1);
            }
        }

        switch (PackedHeight(height))
        {
            case 12: Tile12<TWide, TVector>(a, b, k, c, stride, add, addStride); break;
            case 8: Tile8<TWide, TVector>(a, b, k, c, stride, add, addStride); break;
            case 6: Tile6<TWide, TVector>(a, b, k, c, stride, add, addStride); break;
            case 4: Tile4<TWide, TVector>(a, b, k, c, stride, add, addStride); break;
            default: Tile1<TWide, TVector>(a, b, k, c, stride, add, addStride); break;
        }
    }

    /// <summary>Rows of the tile that takes <paramref name="rows"/> rows; the missing ones are packed as zeros.</summary>
    private static int PackedHeight(int rows) => rows > 8 ? 12 : rows > 6 ? 8 : rows > 4 ? 6 : rows > 1 ? 4 : 1;

    private static void PackLeft(in Product job, int m0, int rows, int k0, int terms, float* to)
    {
        if (job.TransposeA)
        {
            // A stored row holds one term of many rows: read it once, from end to end, into all panels.
            for (var p = 0; p < terms; p++)
            {
                var from = job.A + ((long)(k0 + p) * job.M) + m0;
                var panel = to;
                var i = 0;
                for (; i <= rows - TileRows; i += TileRows, from += TileRows, panel += (long)terms * TileRows)
                {
                    var at = panel + (p * TileRows);
                    Vector128.Store(Vector128.Load(from), at);
                    Vector128.Store(Vector128.Load(from + 4), at + 4);
                    Vector128.Store(Vector128.Load(from + 8), at + 8);
                }

                if (i < rows)
                {
                    var height = PackedHeight(rows - i);
                    for (var row = 0; row < height; row++)
                    {
                        panel[(p * height) + row] = i + row < rows ? from[row] : 0f;
                    }
                }
            }

            return;
        }

        for (var i = 0; i < rows; i += TileRows)
        {
            var used = Math.Min(TileRows, rows - i);
            var height = PackedHeight(used);
            Interleave(job.A + ((long)(m0 + i) * job.K) + k0, job.K, used, terms, to, height);
            to += (long)terms * height;
        }
    }

    /// <summary>Writes <paramref name="rows"/> stored rows as columns: to[p·height + row] = from[row·stride + p], zeros up to <paramref name="height"/>.</summary>
    private static void Interleave(float* from, long stride, int rows, int terms, float* to, int height)
    {
        var row = 0;
        for (; row <= rows - 4; row += 4)
        {
            float* a = from + (row * stride), b = a + stride, c = b + stride, d = c + stride;
            var at = to + row;
            var p = 0;
            if (Sse.IsSupported)
            {
                for (; p <= terms - 4; p += 4, at += 4 * height)
                {
                    Vector128<float> va = Vector128.Load(a + p), vb = Vector128.Load(b + p), vc = Vector128.Load(c + p), vd = Vector128.Load(d + p);
                    Vector128<float> ab = Sse.UnpackLow(va, vb), cd = Sse.UnpackLow(vc, vd), abHigh = Sse.UnpackHigh(va, vb), cdHigh = Sse.UnpackHigh(vc, vd);
                    Sse.MoveLowToHigh(ab, cd).Store(at);
                    Sse.MoveHighToLow(cd, ab).Store(at + height);
                    Sse.MoveLowToHigh(abHigh, cdHigh).Store(at + (2 * height));
                    Sse.MoveHighToLow(cdHigh, abHigh).Store(at + (3 * height));
                }
            }

            for (; p < terms; p++, at += height)
            {
                (at[0], at[1], at[2], at[3]) = (a[p], b[p], c[p], d[p]);
            }
        }

        for (; row < height; row++)
        {
            var line = from + (row * stride);
            var at = to + row;
            for (var p = 0; p < terms; p++, at += height)
            {
                *at = row < rows ? line[p] : 0f;
            }
        }
    }

    private static void PackRightPart(void* context, int part, int parts)
    {
        var job = *(Packing*)context;
        var (first, end) = Share(job.Panels, part, parts);
        for (var k0 = 0; k0 < job.K; k0 += job.BlockTerms)
        {
            var terms = Math.Min(job.BlockTerms, job.K - k0);
            var to = job.To + ((long)k0 * job.Panels * job.Columns);
            var panel = first;
            if (!job.Transposed && job.Columns == 32)
            {
                // Four panels at a time, so that a stored row is read half a kilobyte and not a line or two at each visit.
                for (; panel + 4 <= end && (panel + 4) * 32 <= job.N; panel += 4)
                {
                    PackFourPanels(job.From + ((long)k0 * job.N) + (panel * 32), job.N, terms, to + ((long)panel * terms * 32));
                }
            }

            for (; panel < end; panel++)
            {
                PackPanel(job, k0, terms, panel, to + ((long)panel * terms * job.Columns));
            }
        }
    }

    /// <summary>Writes the terms from <paramref name="k0"/> on of one panel: [term][column], zeros beyond the last column.</summary>
    private static void PackPanel(in Packing job, int k0, int terms, int panel, float* to)
    {
        var (columns, n0) = (job.Columns, panel * job.Columns);
        var used = Math.Min(columns, job.N - n0);
        if (job.Transposed)
        {
            Interleave(job.From + ((long)n0 * job.K) + k0, job.K, used, terms, to, columns);
            return;
        }

        var from = job.From + ((long)k0 * job.N) + n0;
        for (var p = 0; p < terms; p++, from += job.N, to += columns)
        {
            if (used == 32)
            {
                Vector512.Store(Vector512.Load(from), to);
                Vector512.Store(Vector512.Load(from + 16), to + 16);
                continue;
            }

            new ReadOnlySpan<float>(from, used).CopyTo(new Span<float>(to, columns));
            new Span<float>(to + used, columns - used).Clear();
        }
    }

    private static void PackFourPanels(float* from, int stride, int terms, float* to)
    {
        for (var p = 0; p < terms; p++, from += stride, to += 32)
        {
            for (var panel = 0; panel < 4; panel++)
            {
                var at = to + (panel * terms * 32);
                Vector512.Store(Vector512.Load(from + (32 * panel)), at);
                Vector512.Store(Vector512.Load(from + (32 * panel) + 16), at + 16);
            }
        }
    }

    /// <summary>The half-open range of <paramref name="count"/> things that belongs to one part of several.</summary>
    private static (int First, int End) Share(int count, int part, int parts) => ((int)((long)count * part / parts), (int)((long)count * (part + 1) / parts));

    private struct Product
    {
        public float* A;
        public float* B;
        public float* C;
        public float* Bias;
        public Packing Source;
        public int M;
        public int N;
        public int K;
        public int Panels;
        public int BlockTerms;
        public bool TransposeA;
        public bool Accumulate;
    }

    private struct Packing
    {
        public float* From;
        public float* To;
        public int K;
        public int N;
        public int Panels;
        public int Columns;
        public int BlockTerms;
        public bool Transposed;
    }
}
