namespace ChatAgent.Nlg;

/// <summary>A target that was written for a source.</summary>
/// <param name="Text">The target.</param>
/// <param name="LogProbability">Of all its units and its end, natural logarithm.</param>
/// <param name="SourceUnits">Units of the source, as they were read.</param>
/// <param name="TargetUnits">Units of the target, then its end as an empty text.</param>
/// <param name="Attention">A row for each of <paramref name="TargetUnits"/>, a weight for each of <paramref name="SourceUnits"/>: where the model looked.</param>
public sealed record Seq2SeqResult(string Text, double LogProbability, IReadOnlyList<string> SourceUnits, IReadOnlyList<string> TargetUnits, IReadOnlyList<float[]> Attention);
