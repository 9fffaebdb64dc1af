using ChatAgent.Nlu;

namespace ChatAgent.Training;

/// <summary>How the parts of a bundle are trained.</summary>
public sealed record WorkshopOptions
{
    /// <summary>Intents and entities; the development rows calibrate first and are then learnt too.</summary>
    public NluTrainingOptions Understanding { get; init; } = new() { TrainOnValidation = true };
}
