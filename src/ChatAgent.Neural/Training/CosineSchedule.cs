namespace ChatAgent.Neural;

/// <summary>From full rate down to a share of it along half a cosine (Loshchilov and Hutter 2017, arXiv:1608.03983, without restarts).</summary>
public sealed class CosineSchedule : LearningRateSchedule
{
    private readonly double _epochs;
    private readonly double _least;

    /// <param name="epochs">Epochs of the whole way, above 0.</param>
    /// <param name="least">Share of the rate at the end, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public CosineSchedule(double epochs, double least = 0.02)
    {
        if (!(epochs > 0.0) || !(least is >= 0.0 and <= 1.0))
        {
            throw new ArgumentOutOfRangeException(nameof(epochs), epochs, "epochs above 0, the last share 0 to 1");
        }

        (_epochs, _least) = (epochs, least);
    }

    /// <inheritdoc/>
    public override float Factor(long step, double epoch) =>
        (float)(_least + ((1.0 - _least) * 0.5 * (1.0 + Math.Cos(Math.PI * Math.Min(1.0, epoch / _epochs)))));
}
