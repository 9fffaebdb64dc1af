namespace ChatAgent.Nlg;

/// <summary>A wording of one meaning, as a search found it, before any value is put in. Thread-safe.</summary>
/// <param name="model">Whose tokens they are.</param>
/// <param name="meaning">What it words.</param>
/// <param name="hypothesis">Its tokens and scores.</param>
/// <param name="leastScore">Below it the wording is unlikely.</param>
internal sealed class FoundWording(ReplyModel model, ReplyMeaning meaning, BeamHypothesis hypothesis, double leastScore)
{
    private const string None = "";
    private string? _rival;
    private readonly Lazy<double> _likeness = new(() => model.Taught.LikenessTo(model, meaning.Act, hypothesis.Tokens));

    public BeamHypothesis Hypothesis { get; } = hypothesis;

    /// <summary>With placeholders.</summary>
    public string Text { get; } = model.TextOf([.. hypothesis.Tokens]);

    /// <summary>Why it is never said, whatever the values; null when it may be.</summary>
    public string? Problem { get; } = hypothesis.Score < leastScore ? "unlikely" : model.IsOpen ? null : ToneChecker.Check(model.TextOf([.. hypothesis.Tokens]), meaning.Language, meaning.Style);

    /// <summary>How much it has in common with what the act was taught with, 0 to 1; computed when first asked for.</summary>
    public double Likeness => _likeness.Value;

    /// <summary>The act that would rather say these words, or null: the slots alone cannot tell "you are coming" from "you cancelled". Computed when first asked for; where slots combine freely they tell.</summary>
    public string? OtherAct => model.IsOpen ? null : (_rival ??= model.RivalOf(meaning, Hypothesis.Tokens, Hypothesis.LogProbability) ?? None) is { Length: > 0 } other ? other : null;
}
