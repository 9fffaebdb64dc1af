namespace ChatAgent.Neural;

/// <summary>A named tensor of 32-bit floats in a model file.</summary>
/// <param name="Name">As in the file's header.</param>
/// <param name="Shape">Sizes, the last index fastest; empty for a single number.</param>
/// <param name="Values">As many as the product of the sizes.</param>
public sealed record ModelTensor(string Name, IReadOnlyList<int> Shape, ReadOnlyMemory<float> Values);
