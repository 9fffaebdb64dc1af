using ChatAgent.Nlu;

namespace ChatAgent.Training;

/// <summary>How the parts of a bundle are trained.</summary>
public sealed record WorkshopOptions
{
    /// <summary>Intents and entities.</summary>
    public NluTrainingOptions Understanding { get; init; } = new();
}
