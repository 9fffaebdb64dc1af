using ChatAgent.Nlg;
using ChatAgent.Nlu;

namespace ChatAgent.Dialogs;

/// <summary>What a turn would be: nothing of it was written and nothing left.</summary>
/// <param name="Meaning">What was understood.</param>
/// <param name="Step">What the policy would do.</param>
/// <param name="Reply">What it would say.</param>
public sealed record Rehearsal(Meaning Meaning, DialogStep Step, GeneratedReply Reply);
