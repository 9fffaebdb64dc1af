namespace ChatAgent.Nlu.Appointments;

/// <summary>How the reply model is trained.</summary>
public sealed record AppointmentReplyTrainingOptions
{
    /// <summary>Passes over the rows, 1 to 200.</summary>
    public int Epochs { get; init; } = 15;

    /// <summary>First step of AdaGrad, 0.001 to 1.</summary>
    public float LearningRate { get; init; } = 0.12f;

    /// <summary>L2 penalty on every weight, 0 to 0.01.</summary>
    public float Decay { get; init; } = 1e-4f;

    /// <summary>Folds in which calibration and risk are measured on rows that were not learned from, 2 to 20.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>The same seed and rows give the same model, bit for bit.</summary>
    public int Seed { get; init; } = 1;
}
