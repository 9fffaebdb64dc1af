namespace ChatAgent.Neural;

/// <summary>Keeps one wild batch from throwing the parameters away (Pascanu, Mikolov and Bengio 2013, arXiv:1211.5063).</summary>
public static class GradientClipping
{
    /// <summary>Scales all gradients down together so that their Euclidean norm is at most <paramref name="maximum"/>.</summary>
    /// <param name="parameters">Their gradients are scaled in place.</param>
    /// <param name="maximum">Above 0; <see cref="float.PositiveInfinity"/> only measures.</param>
    /// <returns>The norm before; NaN or infinite when a gradient is, and then nothing is scaled.</returns>
    public static double ByNorm(ParameterSet parameters, float maximum)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximum);
        var norm = Kernels.Norm(parameters.Gradients, parameters.Pool);
        if (double.IsFinite(norm) && norm > maximum)
        {
            Kernels.Scale((float)(maximum / norm), parameters.Gradients, parameters.Pool);
        }

        return norm;
    }
}
