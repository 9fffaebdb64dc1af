using ChatAgent.Text;

namespace ChatAgent.Nlg;

/// <summary>A meaning to be worded.</summary>
public sealed record GenerationRequest
{
    /// <summary>What to say, in this order; empty asks for silence.</summary>
    public required IReadOnlyList<DialogAct> Acts { get; init; }

    public Language Language { get; init; } = Language.Spanish;

    public ReplyStyle Style { get; init; }

    /// <summary>Chooses among equally good wordings; the same request with the same seed gives the same text.</summary>
    public ulong Seed { get; init; }

    /// <summary>The agent's last replies in this conversation, newest first: a wording among them is avoided.</summary>
    public IReadOnlyList<string> SaidBefore { get; init; } = [];
}
