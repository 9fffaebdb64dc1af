namespace ChatAgent.Neural;

/// <summary>What a <see cref="TrainingLoop"/> trains: a network, its data, and the buffers between them.</summary>
public interface ITrainingTask
{
    /// <summary>What is trained.</summary>
    ParameterSet Parameters { get; }

    /// <summary>What is counted a second: "tokens/s".</summary>
    string SpeedUnit { get; }

    /// <summary>The loss is a mean per predicted token, so that its exponential is a perplexity.</summary>
    bool IsPerToken { get; }

    /// <summary>Lays the data out for an epoch; the same epoch gives the same, whatever came before.</summary>
    /// <returns>Its batches.</returns>
    int BeginEpoch(int epoch);

    /// <summary>One batch forward and back: adds the gradient of its mean loss to the parameters'.</summary>
    /// <param name="batch">Of the epoch, from 0, in order.</param>
    /// <param name="step">Optimiser steps taken, for the message when numbers break.</param>
    /// <returns>Mean loss and over how many units.</returns>
    /// <exception cref="TrainingDivergedException">The loss is not finite.</exception>
    (double Loss, int Units) ForwardBackward(int batch, long step);

    /// <summary>What the validation data cost, lower being better; null where there are none.</summary>
    double? Validate();

    /// <summary>Buffers that live from batch to batch, such as carried states: a checkpoint keeps them.</summary>
    IReadOnlyList<(string Name, float[] Values)> Carried { get; }

    /// <summary>Where chance enters: a checkpoint keeps their states.</summary>
    IReadOnlyList<Dropout> Chance { get; }
}
