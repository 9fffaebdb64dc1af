namespace ChatAgent.Neural;

/// <summary>Dropout on a layer's recurrent weights: one mask for all steps of a pass.</summary>
/// <remarks>
/// U ⊙ m stands in U's place during Forward and during Backward, and dU is masked as well. Source: Merity, Keskar and Socher 2018,
/// arXiv:1708.02182, section 2 (after DropConnect, Wan et al. 2013). Works with any layer, since it changes what lies in U. Not thread-safe.
/// </remarks>
internal sealed class WeightDropout(Parameter weight, Dropout dropout)
{
    private readonly float[] _kept = dropout.Probability > 0f ? new float[weight.Length] : [];
    private readonly float[] _masked = dropout.Probability > 0f ? new float[weight.Length] : [];

    /// <summary>Runs the layer's Forward with a new mask.</summary>
    public void Forward(IRecurrentLayer layer, ReadOnlySpan<float> x, Span<float> state, RecurrentTape tape, int steps)
    {
        if (dropout.Probability == 0f)
        {
            layer.Forward(x, state, tape, steps);
            return;
        }

        dropout.Forward(weight.Values, _masked);
        weight.Values.CopyTo(_kept);
        _masked.CopyTo(weight.Values);
        layer.Forward(x, state, tape, steps);
        _kept.CopyTo(weight.Values);
    }

    /// <summary>Runs the layer's Backward with the mask of the last Forward.</summary>
    public void Backward(IRecurrentLayer layer, ReadOnlySpan<float> x, ReadOnlySpan<float> dOutputs, Span<float> dx, RecurrentTape tape, int steps)
    {
        if (dropout.Probability == 0f)
        {
            layer.Backward(x, dOutputs, dx, tape, steps);
            return;
        }

        // What earlier passes left in the gradient is set aside: it had another mask.
        var before = _kept.AsSpan();
        var values = weight.Values;
        var gradients = weight.Gradients;
        for (var i = 0; i < values.Length; i++)
        {
            (values[i], _masked[i]) = (_masked[i], values[i]);
        }

        gradients.CopyTo(before);
        gradients.Clear();
        layer.Backward(x, dOutputs, dx, tape, steps);
        dropout.Backward(gradients, gradients);
        Kernels.Add(before, gradients);
        for (var i = 0; i < values.Length; i++)
        {
            (values[i], _masked[i]) = (_masked[i], values[i]);
        }
    }
}
