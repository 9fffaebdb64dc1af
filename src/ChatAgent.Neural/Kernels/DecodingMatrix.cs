using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ChatAgent.Neural;

/// <summary>A layer's weight, N×K, laid out for products with a few rows, in the width that is wanted.</summary>
/// <remarks>
/// [panel of two vectors of outputs][pair of terms][words as in <see cref="IStoredWeights{TWide, TVector}"/> and <see cref="IWideBytes{TVector}"/>], missing outputs and a missing last term zero. One step reads it from
/// end to end once, whatever the number of rows, so its size is the step's time: 4, 2 or 1 byte a weight. Immutable and thread-safe.
/// </remarks>
public sealed class DecodingMatrix
{
    private const int LineBytes = 64;

    private readonly uint[] _words;
    private readonly int _offset;

    /// <summary>Lays out a copy.</summary>
    /// <param name="source">N×K row-major: a row holds the K weights of one output.</param>
    /// <param name="k">Terms of each sum, 1 or more.</param>
    /// <param name="n">Outputs, 1 or more.</param>
    /// <param name="format">How wide each weight is kept. A row with a weight that is not finite gives NaN in <see cref="WeightFormat.Int8"/>.</param>
    /// <exception cref="ModelTooLargeException">It does not fit the memory.</exception>
    public unsafe DecodingMatrix(ReadOnlySpan<float> source, int k, int n, WeightFormat format)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        if (!Enum.IsDefined(format))
        {
            throw new ArgumentOutOfRangeException(nameof(format), format, "not a weight format");
        }

        Kernels.RequireLength(source, (long)k * n, nameof(source));
        (K, N, Format, Width) = (k, n, format, Kernels.Width);
        var columns = PanelColumns;
        Panels = (n + columns - 1) / columns;
        PanelWords = (long)((k + 1) / 2) * columns * 2 * BytesPerWeight / sizeof(uint);
        ModelTooLargeException.ThrowIfTooLarge("a matrix laid out for decoding", 1, Panels, PanelWords);
        var size = checked((int)((Panels * PanelWords) + (LineBytes / sizeof(uint))));
        _words = GC.AllocateArray<uint>(size, pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_words));
        _offset = (int)((LineBytes - (address % LineBytes)) % LineBytes / sizeof(uint));
        Scales = format == WeightFormat.Int8 ? new float[Panels * columns] : null;
        var words = _words.AsSpan(_offset);
        for (var output = 0; output < n; output++)
        {
            var panel = words.Slice(checked((int)(output / columns * PanelWords)), (int)PanelWords);
            Write(source.Slice(output * k, k), panel, output % columns, output);
        }
    }

    /// <summary>Terms of each sum.</summary>
    public int K { get; }

    /// <summary>Outputs.</summary>
    public int N { get; }

    /// <summary>How wide each weight is kept.</summary>
    public WeightFormat Format { get; }

    /// <summary>Bytes that one product reads.</summary>
    public long Bytes => (Panels * PanelWords * sizeof(uint)) + ((Scales?.Length ?? 0) * sizeof(float));

    /// <summary>Vector width in bits for which the panels were cut.</summary>
    internal int Width { get; }

    internal int Panels { get; }

    internal long PanelWords { get; }

    internal ReadOnlySpan<uint> Words => _words.AsSpan(_offset);

    /// <summary>Of each output; null but for <see cref="WeightFormat.Int8"/>.</summary>
    internal float[]? Scales { get; }

    private int PanelColumns => Width == 0 ? 2 : Width / 16;

    private int BytesPerWeight => Format switch { WeightFormat.Float32 => 4, WeightFormat.BFloat16 => 2, _ => 1 };

    private void Write(ReadOnlySpan<float> weights, Span<uint> panel, int column, int output)
    {
        var (vector, columns) = (PanelColumns / 2, PanelColumns);
        var (lane, second) = (column % vector, column / vector);
        switch (Format)
        {
            case WeightFormat.Float32:
                for (var p = 0; p < weights.Length; p++)
                {
                    panel[(p * columns) + column] = BitConverter.SingleToUInt32Bits(weights[p]);
                }

                break;
            case WeightFormat.BFloat16:
                for (var p = 0; p < weights.Length; p++)
                {
                    panel[(p * vector) + lane] |= (uint)ToBFloat16(weights[p]) << (16 * second);
                }

                break;
            default:
                var largest = 0f;
                foreach (var weight in weights)
                {
                    largest = MathF.Max(largest, MathF.Abs(weight));
                }

                Scales![output] = float.IsFinite(largest) ? largest / 127f : float.NaN;
                var inverse = float.IsFinite(largest) && largest > 0f ? 127f / largest : 0f;
                for (var p = 0; p < weights.Length; p++)
                {
                    var whole = inverse == 0f ? 0 : (int)Math.Clamp(MathF.Round(weights[p] * inverse), -127f, 127f);
                    panel[(p / 2 * vector) + lane] |= (uint)(byte)(sbyte)whole << (8 * ((2 * (p % 2)) + second));
                }

                break;
        }
    }

    /// <summary>Rounds to nearest, of two equally near to the even one; a NaN stays one.</summary>
    private static ushort ToBFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
