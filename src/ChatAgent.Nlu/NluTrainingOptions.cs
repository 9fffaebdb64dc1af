namespace ChatAgent.Nlu;

/// <summary>How understanding is trained. The defaults were chosen on the development rows of the clinic's corpus and three public sets.</summary>
public sealed record NluTrainingOptions
{
    /// <summary>Of every draw; the same seed and rows give the same model, bit for bit, on one machine.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Which paths to an intent are trained.</summary>
    public IntentPaths Paths { get; init; } = IntentPaths.Mixed;

    /// <summary>Share of the validation's own rows that the out-of-scope threshold refuses, 0 to 0.5; not used when out-of-scope rows are given.</summary>
    public double RejectShare { get; init; } = 0.02;

    /// <summary>Passes of the encoder over the rows, 1 to 200.</summary>
    public int Epochs { get; init; } = 12;

    /// <summary>Passes of the linear path, 1 to 200; its dual has converged to the third digit by 12.</summary>
    public int LinearEpochs { get; init; } = 12;

    /// <summary>What a training row on the wrong side costs the linear path, above 0. Larger fits the rows more closely.</summary>
    public float LinearCost { get; init; } = 2f;

    /// <summary>Whether, after calibration, both paths are trained once more on training and validation rows together.</summary>
    public bool TrainOnValidation { get; init; }

    /// <summary>Whether every setting is in its range.</summary>
    public bool IsValid =>
        this is { RejectShare: >= 0 and <= 0.5, Epochs: >= 1 and <= 200, LinearEpochs: >= 1 and <= 200, LinearCost: > 0f } && float.IsFinite(LinearCost);
}
