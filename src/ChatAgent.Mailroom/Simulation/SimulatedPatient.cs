using ChatAgent.Nlu.Appointments;

namespace ChatAgent.Mailroom;

/// <summary>A patient of a simulation: an appointment, what they answer, and what that means by the hand that wrote it.</summary>
/// <param name="Reply">Appointment, words, label and when they are written.</param>
/// <param name="By">How they answer.</param>
public sealed record SimulatedPatient(LabelledReply Reply, SimulatedWay By = SimulatedWay.Words);

/// <summary>How a simulated patient answers.</summary>
public enum SimulatedWay
{
    /// <summary>In a mail of their own words.</summary>
    Words,

    /// <summary>By their calendar; only a yes and a no.</summary>
    Calendar,

    /// <summary>Their mail program answers for them, with words that look like theirs.</summary>
    Automatic,

    /// <summary>Not at all.</summary>
    Never,
}
