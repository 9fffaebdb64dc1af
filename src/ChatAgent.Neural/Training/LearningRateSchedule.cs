namespace ChatAgent.Neural;

/// <summary>What the learning rate is multiplied with as training goes on.</summary>
public abstract class LearningRateSchedule
{
    /// <summary>The factor of the next optimiser step.</summary>
    /// <param name="step">Optimiser steps taken.</param>
    /// <param name="epoch">Epochs done, with the share of the one at hand.</param>
    public abstract float Factor(long step, double epoch);

    /// <summary>Told after each validation.</summary>
    /// <param name="loss">What it cost, lower being better.</param>
    public virtual void Validated(double loss)
    {
    }

    /// <summary>What a checkpoint must keep.</summary>
    public virtual IReadOnlyList<double> State => [];

    /// <summary>Goes on from what <see cref="State"/> gave.</summary>
    public virtual void Resume(IReadOnlyList<double> state)
    {
    }
}
