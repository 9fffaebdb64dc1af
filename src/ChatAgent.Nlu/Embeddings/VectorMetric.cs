namespace ChatAgent.Nlu.Embeddings;

/// <summary>How near two vectors are.</summary>
public enum VectorMetric
{
    /// <summary>The cosine of the angle; larger is nearer.</summary>
    Cosine,

    /// <summary>The length of the difference; smaller is nearer.</summary>
    Euclidean,
}
