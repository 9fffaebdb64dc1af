namespace ChatAgent.Dialogs;

/// <summary>How long each stage of a turn took.</summary>
/// <param name="Claim">Reading the conversation and the visitor's appointments.</param>
/// <param name="Parse">Text to meaning.</param>
/// <param name="Decide">Meaning to acts, the agenda's reads included.</param>
/// <param name="Generate">Acts to text.</param>
/// <param name="Commit">Until the bytes were on disk.</param>
public sealed record TurnLatency(TimeSpan Claim, TimeSpan Parse, TimeSpan Decide, TimeSpan Generate, TimeSpan Commit)
{
    public TimeSpan Total => Claim + Parse + Decide + Generate + Commit;
}
