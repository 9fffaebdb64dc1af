namespace ChatAgent.Neural;

/// <summary>Full rate for some epochs, then times a factor at the end of each (Zaremba et al. 2014, arXiv:1409.2329, section 4.1).</summary>
public sealed class DecaySchedule : LearningRateSchedule
{
    private readonly float _decay;
    private readonly int _after;

    /// <param name="decay">Factor of each epoch, above 0 to 1.</param>
    /// <param name="after">Epochs before the first factor: epoch number after + 1, counted from 1, is the last at full rate.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public DecaySchedule(float decay, int after)
    {
        if (!(decay is > 0f and <= 1f) || after < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(decay), decay, "above 0 to 1, after 0 epochs or more");
        }

        (_decay, _after) = (decay, after);
    }

    /// <inheritdoc/>
    public override float Factor(long step, double epoch)
    {
        var factor = 1f;
        for (var i = _after; i < (int)epoch; i++)
        {
            factor *= _decay;
        }

        return factor;
    }
}
