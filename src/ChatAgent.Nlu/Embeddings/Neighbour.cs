namespace ChatAgent.Nlu.Embeddings;

/// <summary>A word near another.</summary>
/// <param name="Word">The word.</param>
/// <param name="Value">Its cosine, Euclidean distance or analogy score, as was asked.</param>
public readonly record struct Neighbour(string Word, double Value);
