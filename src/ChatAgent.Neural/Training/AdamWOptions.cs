namespace ChatAgent.Neural;

/// <summary>Settings of <see cref="AdamW"/>.</summary>
public sealed record AdamWOptions
{
    /// <summary>Memory of the mean gradient, 0 to below 1.</summary>
    public float Beta1 { get; init; } = 0.9f;

    /// <summary>Memory of the mean squared gradient, 0 to below 1.</summary>
    public float Beta2 { get; init; } = 0.999f;

    /// <summary>Keeps the divisor from zero; above 0.</summary>
    public float Epsilon { get; init; } = 1e-8f;

    /// <summary>λ, the decay of the values themselves, 0 or more.</summary>
    public float WeightDecay { get; init; }
}
