namespace ChatAgent.Nlu.Appointments;

/// <summary>How careful the reader is.</summary>
public sealed record AppointmentReplyReaderOptions
{
    /// <summary>
    /// Largest share, 0.001 to 0.2, of those who did not say yes that may be recorded as coming; the same for no. Half of it is what held-out rows are allowed, for
    /// the replies of strangers err about twice as often.
    /// </summary>
    public double Risk { get; init; } = 0.01;

    /// <summary>Probability below which any other reading is handed over, 0 to 1.</summary>
    public double LeastConfidence { get; init; } = 0.5;
}
