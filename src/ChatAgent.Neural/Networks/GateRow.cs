namespace ChatAgent.Neural;

/// <summary>One gate of one layer over a text.</summary>
/// <param name="Layer">From 0 upwards.</param>
/// <param name="Gate">reset, update, input, forget or output.</param>
/// <param name="Values">At each token the mean over the layer's units, 0 to 1.</param>
public sealed record GateRow(int Layer, string Gate, IReadOnlyList<float> Values);
