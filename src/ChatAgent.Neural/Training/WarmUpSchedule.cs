namespace ChatAgent.Neural;

/// <summary>Evenly up from nothing over the first steps, then as another schedule says (Goyal et al. 2017, arXiv:1706.02677, section 2.2).</summary>
public sealed class WarmUpSchedule : LearningRateSchedule
{
    private readonly long _steps;
    private readonly LearningRateSchedule? _then;

    /// <param name="steps">Optimiser steps of the way up, 1 or more.</param>
    /// <param name="then">Multiplied in from the first step on; null stays at full rate.</param>
    public WarmUpSchedule(long steps, LearningRateSchedule? then = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        (_steps, _then) = (steps, then);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<double> State => _then?.State ?? [];

    /// <inheritdoc/>
    public override float Factor(long step, double epoch) => Math.Min(1f, (step + 1f) / _steps) * (_then?.Factor(step, epoch) ?? 1f);

    /// <inheritdoc/>
    public override void Validated(double loss) => _then?.Validated(loss);

    /// <inheritdoc/>
    public override void Resume(IReadOnlyList<double> state) => _then?.Resume(state);
}
