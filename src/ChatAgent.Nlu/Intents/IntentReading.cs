namespace ChatAgent.Nlu.Intents;

/// <summary>What the intent model says of one utterance.</summary>
/// <param name="Scores">Of every intent, in the order of its labels.</param>
/// <param name="Best">Number of the best one.</param>
/// <param name="IsInScope">Whether its score reaches the threshold.</param>
/// <param name="IsExact">Whether a training example is the same but for case, accents and punctuation.</param>
/// <param name="Vector">The encoder's unit vector; empty without the dense path.</param>
internal sealed record IntentReading(float[] Scores, int Best, bool IsInScope, bool IsExact, float[] Vector);
