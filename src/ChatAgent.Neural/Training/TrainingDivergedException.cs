using System.Globalization;

namespace ChatAgent.Neural;

/// <summary>A number became infinite or NaN while training; the run stopped before the parameters were touched.</summary>
public sealed class TrainingDivergedException : Exception
{
    /// <param name="layer">Where it was seen first: a layer's output on the way forward, a parameter's gradient on the way back.</param>
    /// <param name="step">Optimiser steps taken before.</param>
    /// <param name="checkpoint">File of the last good state, or null.</param>
    /// <param name="inner">Where it was thrown first, or null.</param>
    public TrainingDivergedException(string layer, long step, string? checkpoint = null, Exception? inner = null)
        : base(string.Create(
            CultureInfo.InvariantCulture, $"training diverged: {layer} is not finite at step {step}. Lower the learning rate, clip gradients at a smaller norm, or look for broken input.{(checkpoint is null ? "" : $" The last good state is in {checkpoint}.")}"), inner)
    {
        (Layer, Step, Checkpoint) = (layer, step, checkpoint);
    }

    /// <summary>Where it was seen first.</summary>
    public string Layer { get; }

    /// <summary>Optimiser steps taken before.</summary>
    public long Step { get; }

    /// <summary>File of the last good state, or null.</summary>
    public string? Checkpoint { get; }

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
