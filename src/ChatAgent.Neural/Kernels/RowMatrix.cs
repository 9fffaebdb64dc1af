using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ChatAgent.Neural;

/// <summary>Rows of floats, each at the beginning of a cache line and padded with zeros to whole ones.</summary>
/// <remarks>
/// Row i is at i·Stride, Stride the number of columns rounded up to 16. The padding stays zero under <see cref="Kernels"/> that map zeros to zeros, so loops may run over whole rows.
/// The memory does not move. Not synchronised: threads that write the same row (Hogwild) may lose each other's updates.
/// </remarks>
public sealed class RowMatrix
{
    private const int Line = 16;
    private readonly float[] _values;
    private readonly int _offset;

    /// <summary>All zero.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the whole is beyond what an array holds.</exception>
    public unsafe RowMatrix(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        (Rows, Columns, Stride) = (rows, columns, (columns + Line - 1) / Line * Line);
        var size = ((long)rows * Stride) + Line;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Array.MaxLength, nameof(rows));
        _values = GC.AllocateArray<float>((int)size, pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_values));
        _offset = (int)(((64 - (address % 64)) % 64) / sizeof(float));
    }

    /// <summary>Rows.</summary>
    public int Rows { get; }

    /// <summary>Floats in a row, without the padding.</summary>
    public int Columns { get; }

    /// <summary>Floats from one row to the next.</summary>
    public int Stride { get; }

    /// <summary>All rows with their padding.</summary>
    public Span<float> Values => _values.AsSpan(_offset, Rows * Stride);

    /// <summary>One row without its padding.</summary>
    public Span<float> this[int row] => Values.Slice(row * Stride, Columns);

    /// <summary>One row with its padding.</summary>
    public Span<float> Whole(int row) => Values.Slice(row * Stride, Stride);
}
