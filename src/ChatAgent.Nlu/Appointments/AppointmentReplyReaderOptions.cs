namespace ChatAgent.Nlu.Appointments;

/// <summary>How careful the reader is.</summary>
public sealed record AppointmentReplyReaderOptions
{
    /// <summary>
    /// Largest share, 0.001 to 0.2, of those who did not say yes that may be recorded as coming; the same for no. It is held on folds of the training rows, on which
    /// the rules were written too: strangers' replies err about twice as often, so the default asks for half of the one in a hundred that is wanted.
    /// </summary>
    public double Risk { get; init; } = 0.005;

    /// <summary>Probability below which any other reading is handed over, 0 to 1.</summary>
    public double LeastConfidence { get; init; } = 0.5;
}
