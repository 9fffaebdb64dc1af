using System.Globalization;

namespace ChatAgent.Neural;

/// <summary>A number became infinite or NaN while training; the run stopped before the parameters were touched.</summary>
public sealed class TrainingDivergedException : Exception
{
    /// <param name="layer">Where it was seen first: a layer's output on the way forward, a parameter's gradient on the way back.</param>
    /// <param name="step">Optimiser steps taken before.</param>
    public TrainingDivergedException(string layer, long step)
        : base(string.Create(
            CultureInfo.InvariantCulture, $"training diverged: {layer} is not finite at step {step}. Lower the learning rate, clip gradients at a smaller norm, or look for broken input."))
    {
        (Layer, Step) = (layer, step);
    }

    /// <summary>Where it was seen first.</summary>
    public string Layer { get; }

    /// <summary>Optimiser steps taken before.</summary>
    public long Step { get; }

    /// <summary>Throws for the first parameter whose gradient is not finite.</summary>
    /// <exception cref="TrainingDivergedException">There is one.</exception>
    public static void ThrowIfGradientsBroken(ParameterSet parameters, long step)
    {
        foreach (var parameter in parameters.Parameters)
        {
            if (!Kernels.AllFinite(parameter.Gradients))
            {
                throw new TrainingDivergedException($"gradient of {parameter.Name}", step);
            }
        }
    }
}
