namespace ChatAgent.Nlu;

/// <summary>Why a message is read as it is.</summary>
/// <param name="Intent">The best intent, in scope or not.</param>
/// <param name="Score">Its calibrated probability, 0 to 1.</param>
/// <param name="RunnerUp">The next intent; null when the model knows one only.</param>
/// <param name="IsExact">Whether a training example is the same but for case, accents and punctuation, which decides by itself.</param>
/// <param name="Evidence">The words that carried the decision, in the order of the text; at most five, and at most half of the words of a message that has several.</param>
/// <param name="Change">What would have changed the decision, or null when no few words would.</param>
/// <param name="Nearest">Nearest training examples, best first; empty without the dense path.</param>
public sealed record IntentExplanation(
    string Intent, double Score, IntentScore? RunnerUp, bool IsExact, IReadOnlyList<IntentEvidence> Evidence, IntentChange? Change, IReadOnlyList<NearestExample> Nearest)
{
    /// <summary>How far the best intent stands above the next, 0 to 1.</summary>
    public double Margin => Score - (RunnerUp?.Score ?? 0);
}
