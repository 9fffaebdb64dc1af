namespace ChatAgent.Nlu;

/// <summary>Which of the two ways to an intent are trained.</summary>
public enum IntentPaths
{
    /// <summary>Both, mixed with weights chosen on rows held out.</summary>
    Mixed,

    /// <summary>Support vector machines over n-grams.</summary>
    Linear,

    /// <summary>The utterance encoder and its prototypes.</summary>
    Dense,
}
