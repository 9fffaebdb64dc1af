namespace ChatAgent.Neural;

/// <summary>A named tensor of a <see cref="ParameterSet"/>: a view of its part of the two buffers.</summary>
public sealed class Parameter
{
    private readonly ParameterSet _set;

    internal Parameter(ParameterSet set, string name, int[] shape, int offset, int length) =>
        (_set, Name, Shape, Offset, Length) = (set, name, shape, offset, length);

    /// <summary>Unique in its set.</summary>
    public string Name { get; }

    /// <summary>Sizes, the last index fastest.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Where it begins in the set's buffers.</summary>
    public int Offset { get; }

    /// <summary>Number of floats.</summary>
    public int Length { get; }

    /// <summary>Its values. Take the span anew after the set grew.</summary>
    public Span<float> Values => _set.Values.Slice(Offset, Length);

    /// <summary>Its gradients.</summary>
    public Span<float> Gradients => _set.Gradients.Slice(Offset, Length);

    /// <summary>Draws every value evenly from [−bound, bound).</summary>
    public void FillUniform(Random random, float bound)
    {
        foreach (ref var value in Values)
        {
            value = ((2f * random.NextSingle()) - 1f) * bound;
        }
    }

    /// <summary>Draws every value from a normal distribution around zero (Box and Muller 1958).</summary>
    public void FillNormal(Random random, float deviation)
    {
        foreach (ref var value in Values)
        {
            var radius = Math.Sqrt(-2.0 * Math.Log(1.0 - random.NextDouble()));
            value = (float)(deviation * radius * Math.Cos(2.0 * Math.PI * random.NextDouble()));
        }
    }
}
