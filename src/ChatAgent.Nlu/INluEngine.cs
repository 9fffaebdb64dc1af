namespace ChatAgent.Nlu;

/// <summary>Text to meaning: what a turn needs of understanding. The trained engine is one, the tests' scripted engine another.</summary>
public interface INluEngine
{
    /// <summary>Reads several messages in a row together. Safe for concurrent callers.</summary>
    /// <param name="utterances">At least one, oldest first.</param>
    /// <param name="context">What is known of the conversation.</param>
    Meaning Parse(IReadOnlyList<Utterance> utterances, ParseContext context);
}
