using ChatAgent.Nlu;
using ChatAgent.Nlu.Appointments;

namespace ChatAgent.Training;

/// <summary>How the parts of a bundle are trained.</summary>
public sealed record WorkshopOptions
{
    /// <summary>Intents and entities.</summary>
    public NluTrainingOptions Understanding { get; init; } = new();

    /// <summary>The classifier beside the rules that read appointment replies.</summary>
    public AppointmentReplyTrainingOptions Replies { get; init; } = new();
}
