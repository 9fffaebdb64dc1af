using ChatAgent.Nlg;

namespace ChatAgent.Dialogs;

/// <summary>What a <see cref="TurnRecord"/> keeps of an act that was worded.</summary>
/// <param name="Name">Of the act.</param>
/// <param name="Slots">Its values.</param>
/// <param name="Source">Whether the model worded it.</param>
/// <param name="Refused">Codes of the checks that refused hypotheses before, best hypothesis first.</param>
public sealed record ActRecord(string Name, IReadOnlyDictionary<string, string> Slots, WordingSource Source, IReadOnlyList<string> Refused)
{
    internal static ActRecord Of(GeneratedAct act) => new(act.Act.Name, act.Act.Slots, act.Source, [.. act.Refused.Take(4).Select(refused => refused.Check)]);
}
