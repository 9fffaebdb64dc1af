namespace ChatAgent.Nlg;

/// <summary>The state of a batch of texts in a <see cref="LanguageModel"/>. Not thread-safe.</summary>
public abstract class LanguageState
{
    /// <summary>B.</summary>
    public abstract int Rows { get; }
}
