namespace ChatAgent.Neural.Tests;

/// <summary>Random inputs and comparisons for numeric tests.</summary>
internal static class Numbers
{
    /// <summary>Evenly from [−scale, scale), exactly representable as floats.</summary>
    public static float[] Random(Random random, int length, float scale = 1f) =>
        [.. Enumerable.Range(0, length).Select(_ => ((2f * random.NextSingle()) - 1f) * scale)];

    public static double[] ToDouble(ReadOnlySpan<float> values)
    {
        var result = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            result[i] = values[i];
        }

        return result;
    }

    /// <summary>Largest |a − e| / max(|a|, |e|, m/100) where m is the largest |e|: small numbers are measured against the tensor's size.</summary>
    public static double WorstRelativeError(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var largest = 0.0;
        foreach (var e in expected)
        {
            largest = Math.Max(largest, Math.Abs(e));
        }

        var worst = 0.0;
        for (var i = 0; i < expected.Length; i++)
        {
            var scale = Math.Max(Math.Max(Math.Abs(expected[i]), Math.Abs(actual[i])), Math.Max(1e-30, largest / 100));
            var error = Math.Abs(expected[i] - actual[i]) / scale;
            worst = double.IsNaN(error) ? double.NaN : Math.Max(worst, error);
        }

        return worst;
    }

    public static double WorstRelativeError(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual) => WorstRelativeError(expected, ToDouble(actual));

    /// <summary>dL/dx by central differences in double, step 1e-5.</summary>
    public static double[] CentralDifferences(double[] x, Func<double> loss)
    {
        const double step = 1e-5;
        var gradient = new double[x.Length];
        for (var i = 0; i < x.Length; i++)
        {
            var kept = x[i];
            x[i] = kept + step;
            var above = loss();
            x[i] = kept - step;
            var below = loss();
            x[i] = kept;
            gradient[i] = (above - below) / (2 * step);
        }

        return gradient;
    }

    public static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
