using ChatAgent.Nlg;

namespace ChatAgent.Dialogs;

/// <content>What an operator could say: values and acts that need nothing done.</content>
internal sealed partial class PolicyTurn
{
    /// <summary>Every slot of the domain that has a value now: of the visitor, of their appointment, of the owner's facts for its branch.</summary>
    public IReadOnlyDictionary<string, string> KnownValues() => _bot.Domain.Slots.Keys
        .Select(slot => (Slot: slot, Value: slot == "bot" ? null : FindValue(string.Empty, slot, AppointmentScope())))
        .Where(known => !string.IsNullOrWhiteSpace(known.Value) && known.Value.Length <= Lexicalizer.MaxValueLength)
        .ToDictionary(known => known.Slot, known => known.Value!, StringComparer.Ordinal);

    /// <summary>The step's acts that a person may say in the bot's place: none on the bot itself, none on a handover, and where the step does something only facts, for what a person says does nothing.</summary>
    public static IReadOnlyList<DialogAct> Sayable(BotDefinition bot, DialogStep step)
    {
        var isDeed = step.Documents.Count > 0 || step.Code is not null || step.Events.Any(entry => entry.Kind == ConversationEvents.AppointmentChanged);
        var facts = bot.Answers.Values.Where(answer => answer.Kind == AnswerKind.Fact).SelectMany(answer => answer.Acts).Append(Acts.InformAppointment).ToHashSet(StringComparer.Ordinal);
        return [.. step.Acts.Where(act => !act.Slots.ContainsKey("bot")
            && act.Name is not (Acts.Handover or Acts.HandoverWaiting or Acts.NotUnderstood or Acts.OutOfScope or Acts.LanguageSwitched)
            && (!isDeed || facts.Contains(act.Name)))];
    }

    /// <summary>Acts that fit at any time: a greeting by name, the visitor's appointment, what else one can do for them.</summary>
    public IReadOnlyList<DialogAct> AnyTime(bool greets)
    {
        string[] acts = greets ? [_state.Person is null ? Acts.Greet : Acts.GreetKnown, Acts.InformAppointment, Acts.AnythingElse] : [Acts.InformAppointment, Acts.AnythingElse];
        foreach (var act in acts.Where(CanSay))
        {
            Say(act);
        }

        return [.. _acts];
    }
}
