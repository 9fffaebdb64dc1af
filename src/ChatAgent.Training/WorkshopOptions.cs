using ChatAgent.Nlg;
using ChatAgent.Nlu;
using ChatAgent.Nlu.Appointments;

namespace ChatAgent.Training;

/// <summary>How the parts of a bundle are trained.</summary>
public sealed record WorkshopOptions
{
    /// <summary>Intents and entities; the development rows calibrate first and are then learnt too.</summary>
    public NluTrainingOptions Understanding { get; init; } = new() { TrainOnValidation = true };

    /// <summary>The classifier beside the rules that read appointment replies.</summary>
    public AppointmentReplyTrainingOptions Replies { get; init; } = new();

    /// <summary>The language model of replies.</summary>
    public ReplyModelOptions Speech { get; init; } = new();
}
