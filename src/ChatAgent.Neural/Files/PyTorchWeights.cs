namespace ChatAgent.Neural;

/// <summary>Exchanges the weights of a <see cref="RecurrentStack"/> with PyTorch's nn.GRU, nn.LSTM and nn.RNN.</summary>
/// <remarks>
/// state_dict                    here
/// weight_ih_l{k}                {stack}.{k}.weight_ih               (gates·H, inputs), gates in the same order
/// weight_hh_l{k}                {stack}.{k}.weight_hh               (gates·H, H)
/// bias_ih_l{k}, bias_hh_l{k}    {stack}.{k}.bias_ih, .bias_hh       (gates·H)
/// the same with _reverse        {stack}.{k}.reverse....             the layers that run backwards
/// Source: https://pytorch.org/docs/1.13/generated/torch.nn.GRU.html, "Variables". The variants that PyTorch lacks are refused.
/// </remarks>
public static class PyTorchWeights
{
    /// <summary>Copies a module's weights into a stack of the same shape.</summary>
    /// <param name="file">A state_dict as safetensors.</param>
    /// <param name="stack">Without residual ways: PyTorch has none.</param>
    /// <param name="prefix">What stands before the names, such as "rnn."; empty where the module was saved alone.</param>
    /// <exception cref="ModelFormatException">A tensor is missing or has another shape.</exception>
    /// <exception cref="ArgumentException">The stack's cell or its residual ways are unknown to PyTorch.</exception>
    public static void Load(ModelFile file, RecurrentStack stack, string prefix = "")
    {
        foreach (var (name, parameter) in Names(stack, prefix))
        {
            file.CopyTo(name, [.. parameter.Shape], parameter.Values);
        }
    }

    /// <summary>A stack's weights under PyTorch's names, for <see cref="ModelFile.Save"/>.</summary>
    /// <param name="stack">As <see cref="Load"/>'s.</param>
    /// <param name="prefix">As <see cref="Load"/>'s.</param>
    /// <exception cref="ArgumentException">As <see cref="Load"/>'s.</exception>
    public static IReadOnlyList<ModelTensor> TensorsOf(RecurrentStack stack, string prefix = "") =>
        [.. Names(stack, prefix).Select(pair => new ModelTensor(pair.Name, pair.Parameter.Shape, pair.Parameter.Values.ToArray()))];

    private static List<(string Name, Parameter Parameter)> Names(RecurrentStack stack, string prefix)
    {
        if (stack.Options.Cell is not (RecurrentCell.Gru or RecurrentCell.Lstm or RecurrentCell.Rnn) || (stack.Options.Residual && stack.Options.Layers > 1))
        {
            throw new ArgumentException($"PyTorch has no {stack.Options.Cell}{(stack.Options.Residual ? " with residual ways" : "")}; it has Gru, Lstm and Rnn without", nameof(stack));
        }

        var names = new List<(string, Parameter)>();
        foreach (var (layers, suffix) in new[] { (stack.Layers, ""), (stack.Backwards, "_reverse") })
        {
            for (var k = 0; k < layers.Count; k++)
            {
                var (layer, end) = (layers[k], $"_l{k}{suffix}");
                names.AddRange([($"{prefix}weight_ih{end}", layer.W), ($"{prefix}weight_hh{end}", layer.U), ($"{prefix}bias_ih{end}", layer.B), ($"{prefix}bias_hh{end}", layer.C)]);
            }
        }

        return names;
    }
}
