using ChatAgent.Nlg;
using ChatAgent.Nlu;

namespace ChatAgent.Dialogs;

/// <summary>Why a turn went as it did: its record, and understanding and wording computed again.</summary>
/// <param name="Record">What was kept.</param>
/// <param name="Texts">The messages that were answered.</param>
/// <param name="Meaning">Understood again; null when the bundle of the turn is no longer in use.</param>
/// <param name="Reply">Worded again with all beams; null when the bundle of the turn is no longer in use, or slots were left out of the record.</param>
/// <param name="IsEqual">Whether both came out as they were recorded; null when they could not be computed.</param>
public sealed record TurnExplanation(TurnRecord Record, IReadOnlyList<string> Texts, Meaning? Meaning, GeneratedReply? Reply, bool? IsEqual);
