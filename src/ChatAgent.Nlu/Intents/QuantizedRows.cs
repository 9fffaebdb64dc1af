namespace ChatAgent.Nlu.Intents;

/// <summary>A matrix in signed bytes with one scale a row: what stands in model files.</summary>
/// <remarks>w ≈ scale·q, q in −127..127, scale = max|w|/127 of the row: the error of an entry is at most half a scale, 0.4 % of the row's largest entry.</remarks>
internal sealed record QuantizedRows(int Rows, int Columns, float[] Scales, sbyte[] Values)
{
    public static QuantizedRows From(ReadOnlySpan<float> matrix, int rows, int columns)
    {
        var scales = new float[rows];
        var values = new sbyte[rows * columns];
        for (var row = 0; row < rows; row++)
        {
            var from = matrix.Slice(row * columns, columns);
            var largest = 0f;
            foreach (var value in from)
            {
                largest = MathF.Max(largest, MathF.Abs(value));
            }

            scales[row] = largest / 127f;
            if (largest > 0f)
            {
                for (var column = 0; column < columns; column++)
                {
                    values[(row * columns) + column] = (sbyte)MathF.Round(from[column] / scales[row]);
                }
            }
        }

        return new QuantizedRows(rows, columns, scales, values);
    }

    /// <summary>The matrix in floats, rows set apart by <paramref name="stride"/> (columns or more; what is between stays 0).</summary>
    public float[] ToFloats(int stride)
    {
        var matrix = new float[Rows * stride];
        for (var row = 0; row < Rows; row++)
        {
            for (var column = 0; column < Columns; column++)
            {
                matrix[(row * stride) + column] = Scales[row] * Values[(row * Columns) + column];
            }
        }

        return matrix;
    }
}
