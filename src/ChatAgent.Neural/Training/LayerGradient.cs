namespace ChatAgent.Neural;

/// <summary>How large the gradients of one layer are.</summary>
/// <param name="Layer">What its parameters' names begin with: "gru.0".</param>
/// <param name="Norm">Euclidean norm of all its gradients, before clipping.</param>
/// <param name="Mean">Root of the mean square: norms of layers of different sizes compared.</param>
public sealed record LayerGradient(string Layer, double Norm, double Mean);
