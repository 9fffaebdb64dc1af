namespace ChatAgent.Neural;

/// <summary>The right-hand operand of a product, K×N, laid out in the order in which the inner tile reads it.</summary>
/// <remarks>
/// K is cut into blocks of at most <see cref="MaxBlock"/> terms (a panel of one block stays in the first-level cache), N into panels
/// of two vectors, the last one filled with zeros: [block][panel][term in block][column in panel]. Pack once, multiply many times: the
/// recurrent weights over all steps of a sequence, or all weights while decoding. Reading is thread-safe.
/// </remarks>
public sealed class PackedMatrix
{
    /// <summary>Terms of the sum in one block at most.</summary>
    internal const int MaxBlock = 256;

    private float[] _data = [];

    /// <summary>An empty matrix; <see cref="Pack"/> fills it and may be called again with any size.</summary>
    public PackedMatrix()
    {
    }

    /// <summary>Packs a K×N matrix that is stored row-major, or the transpose of a stored N×K matrix.</summary>
    /// <param name="source">Length K·N.</param>
    /// <param name="k">Rows of the operand: terms of each sum.</param>
    /// <param name="n">Columns of the operand and of the product.</param>
    /// <param name="transposed">The stored matrix is N×K, as layers keep their weights.</param>
    public PackedMatrix(ReadOnlySpan<float> source, int k, int n, bool transposed) => Pack(source, k, n, transposed);

    /// <summary>Rows: terms of each sum.</summary>
    public int K { get; private set; }

    /// <summary>Columns.</summary>
    public int N { get; private set; }

    /// <summary>Vector width in bits for which the panels were cut.</summary>
    internal int Width { get; private set; }

    /// <summary>Columns in one panel.</summary>
    internal int PanelColumns { get; private set; }

    internal int Panels => (N + PanelColumns - 1) / PanelColumns;

    internal int BlockTerms => BlockTermsOf(K);

    internal float[] Data => _data;

    /// <summary>See the constructor; the buffer is reused where it is large enough.</summary>
    public void Pack(ReadOnlySpan<float> source, int k, int n, bool transposed, WorkerPool? pool = null)
    {
        Kernels.RequireLength(source, (long)k * n, nameof(source));
        Reshape(k, n);
        Kernels.PackRight(source, this, transposed, pool ?? WorkerPool.Inline);
    }

    /// <summary>Columns of a panel for a vector width in bits: two vectors, of one float each in the plain loop.</summary>
    internal static int ColumnsOf(int width) => width == 0 ? 2 : width / 16;

    /// <summary>Terms in each block but perhaps the last: evenly cut, so that no block is a sliver.</summary>
    internal static int BlockTermsOf(int k)
    {
        var blocks = (k + MaxBlock - 1) / MaxBlock;
        return blocks == 0 ? 0 : (k + blocks - 1) / blocks;
    }

    private void Reshape(int k, int n)
    {
        (K, N, Width) = (k, n, Kernels.Width);
        PanelColumns = ColumnsOf(Width);
        var length = checked(K * Panels * PanelColumns);
        if (_data.Length < length)
        {
            _data = GC.AllocateUninitializedArray<float>(length, pinned: true);
        }
    }
}
