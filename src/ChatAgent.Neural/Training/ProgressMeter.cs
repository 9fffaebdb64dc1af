namespace ChatAgent.Neural;

/// <summary>Turns counts into <see cref="TrainingProgress"/> reports, at most a few a second.</summary>
/// <remarks>Time only enters what is reported, never what is trained. Not thread-safe.</remarks>
public sealed class ProgressMeter
{
    private readonly IProgress<TrainingProgress>? _progress;
    private readonly TimeProvider _time;
    private readonly string _unit;
    private readonly TimeSpan _interval;
    private readonly long _begin;
    private long _last;
    private double _unitsAtLast;

    /// <param name="progress">Receives the reports; null drops them.</param>
    /// <param name="unit">What is counted a second: "tokens/s".</param>
    /// <param name="time">The clock.</param>
    /// <param name="interval">Shortest time between two reports; 0.2 s unless told.</param>
    public ProgressMeter(IProgress<TrainingProgress>? progress, string unit, TimeProvider time, TimeSpan? interval = null)
    {
        (_progress, _unit, _time, _interval) = (progress, unit, time, interval ?? TimeSpan.FromSeconds(0.2));
        _begin = _last = time.GetTimestamp();
    }

    /// <summary>Units per second since the beginning.</summary>
    public double MeanSpeed => _unitsAtLast / Math.Max(1e-9, _time.GetElapsedTime(_begin).TotalSeconds);

    /// <summary>The next report would go out.</summary>
    public bool IsDue => _progress is not null && _time.GetElapsedTime(_last) >= _interval;

    /// <summary>Since the beginning.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_begin);

    /// <summary>Reports if the last report is long enough ago, and always at the end (fraction 1).</summary>
    /// <param name="stage">See <see cref="TrainingProgress"/>.</param>
    /// <param name="fraction">Share done, 0 to 1.</param>
    /// <param name="units">Counted since the beginning.</param>
    /// <param name="loss">See <see cref="TrainingProgress"/>.</param>
    /// <param name="perToken">The loss is a mean per predicted token: its exponential is the perplexity.</param>
    /// <param name="gradients">Looked at lately, or null.</param>
    public void Report(string stage, double fraction, double units, double? loss, bool perToken = false, GradientReport? gradients = null)
    {
        var now = _time.GetTimestamp();
        var sinceLast = _time.GetElapsedTime(_last, now);
        if (fraction < 1.0 && sinceLast < _interval)
        {
            return;
        }

        var elapsed = _time.GetElapsedTime(_begin, now);
        var speed = sinceLast >= _interval
            ? (units - _unitsAtLast) / sinceLast.TotalSeconds
            : units / Math.Max(1e-9, elapsed.TotalSeconds);
        TimeSpan? left = fraction > 0.0 ? elapsed * ((1.0 - Math.Min(1.0, fraction)) / fraction) : null;
        (_last, _unitsAtLast) = (now, units);
        _progress?.Report(new TrainingProgress(stage, Math.Clamp(fraction, 0.0, 1.0), speed, _unit, loss, left)
        {
            Perplexity = perToken && loss is { } mean ? Math.Exp(mean) : null, Gradients = gradients?.Layers ?? [], Diagnosis = gradients?.Diagnosis,
        });
    }
}
