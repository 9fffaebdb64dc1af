using ChatAgent.Neural;

namespace ChatAgent.Nlg;

/// <summary>The state of a batch of hypotheses of one meaning. Not thread-safe.</summary>
public sealed class ReplyState
{
    internal ReplyState(TokenState tokens) => Tokens = tokens;

    /// <summary>B, hypotheses.</summary>
    public int Rows => Tokens.Rows;

    internal TokenState Tokens { get; }
}
