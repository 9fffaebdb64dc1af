using ChatAgent.Nlg;
using ChatAgent.Nlu;

namespace ChatAgent.Dialogs;

/// <summary>A turn that is on disk.</summary>
/// <param name="ConversationId">Whose.</param>
/// <param name="Sequence">Of the turn's last row, its record.</param>
/// <param name="Meaning">What was understood.</param>
/// <param name="Step">What was decided.</param>
/// <param name="Reply">What was said.</param>
/// <param name="Latency">How long each stage took.</param>
/// <param name="Runs">1, or more when others came first.</param>
public sealed record TurnOutcome(string ConversationId, long Sequence, Meaning Meaning, DialogStep Step, GeneratedReply Reply, TurnLatency Latency, int Runs);
