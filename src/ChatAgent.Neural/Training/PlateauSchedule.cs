namespace ChatAgent.Neural;

/// <summary>Full rate as long as validation gets better; times a factor whenever it has not for some validations.</summary>
public sealed class PlateauSchedule : LearningRateSchedule
{
    private readonly float _decay;
    private readonly int _patience;
    private readonly double _least;
    private double _best = double.PositiveInfinity;
    private int _waited;
    private double _factor = 1.0;

    /// <param name="decay">Factor, above 0 to below 1.</param>
    /// <param name="patience">Validations in a row without a better one before it is applied, 1 or more.</param>
    /// <param name="least">How much better counts, as a share of the best, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public PlateauSchedule(float decay = 0.5f, int patience = 1, double least = 0.0)
    {
        if (!(decay is > 0f and < 1f) || patience < 1 || !(least >= 0.0))
        {
            throw new ArgumentOutOfRangeException(nameof(decay), decay, "above 0 to below 1, patience 1 or more, least 0 or more");
        }

        (_decay, _patience, _least) = (decay, patience, least);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<double> State => [_best, _waited, _factor];

    /// <inheritdoc/>
    public override float Factor(long step, double epoch) => (float)_factor;

    /// <inheritdoc/>
    public override void Validated(double loss)
    {
        if (double.IsInfinity(_best) || loss < _best - (Math.Abs(_best) * _least))
        {
            (_best, _waited) = (loss, 0);
        }
        else if (++_waited >= _patience)
        {
            (_factor, _waited) = (_factor * _decay, 0);
        }
    }

    /// <inheritdoc/>
    public override void Resume(IReadOnlyList<double> state) => (_best, _waited, _factor) = (state[0], (int)state[1], state[2]);
}
