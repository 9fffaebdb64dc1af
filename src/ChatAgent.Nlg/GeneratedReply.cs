namespace ChatAgent.Nlg;

/// <summary>A worded reply with its provenance.</summary>
/// <param name="Text">What to send; empty for silence.</param>
/// <param name="Acts">One for each act of the request, in its order.</param>
public sealed record GeneratedReply(string Text, IReadOnlyList<GeneratedAct> Acts)
{
    /// <summary>Silence.</summary>
    public static GeneratedReply Silence { get; } = new(string.Empty, []);
}
