using ChatAgent.Nlg;
using ChatAgent.Nlu;

namespace ChatAgent.Dialogs;

/// <summary>All that answers with one voice: understanding, policy, speech and the files they came from. Immutable; a swap is a new bundle.</summary>
/// <param name="Hash">Of everything that went in; a <see cref="TurnRecord"/> names it.</param>
/// <param name="Nlu">Text to meaning.</param>
/// <param name="Policy">Meaning to acts.</param>
/// <param name="Generator">Acts to text.</param>
/// <param name="Definition">The owner's files.</param>
public sealed record Bundle(string Hash, INluEngine Nlu, DialogPolicy Policy, ReplyGenerator Generator, BotDefinition Definition);
