using ChatAgent.Nlg;

namespace ChatAgent.Dialogs;

/// <content>Gives every slot of an act its value.</content>
internal sealed partial class PolicyTurn
{
    /// <summary>Branches that an answer is given for one after the other when none is known; with more, the branch is asked for.</summary>
    private const int MaxBranchesInOneAnswer = 3;

    private void Say(string act) => Say(act, MentionedScope());

    private void Say(string act, FactScope scope)
    {
        var definition = _bot.Domain.Acts[act];
        var branches = scope.Branch is null ? BranchesThatMatter(definition) : [];
        if (branches.Count > 0 && definition.Slots.Contains("branch", StringComparer.Ordinal) && branches.Count <= MaxBranchesInOneAnswer)
        {
            foreach (var branch in branches)
            {
                Say(act, scope with { Branch = branch });
            }

            return;
        }

        var slots = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var slot in definition.Slots)
        {
            if (FindValue(act, slot, scope) is { } value)
            {
                slots[slot] = value;
            }
            else if (branches.Count > 0 && AskBranch(act))
            {
                return;
            }
            else
            {
                throw new InvalidOperationException($"act \"{act}\" is said where slot \"{slot}\" has no value; walked: {string.Join(' ', _path)}");
            }
        }

        if (!_acts.Exists(said => said.Name == act && said.Slots.Count == slots.Count && !said.Slots.Except(slots).Any()))
        {
            _acts.Add(new DialogAct(act, slots));
        }
    }

    private bool CanSay(string act) => _bot.Domain.Acts[act].Slots.All(slot => FindValue(act, slot, AppointmentScope()) is not null);

    /// <summary>Where the appointment is; without one, the place that is talked about. What belongs to the appointment is said for its own branch.</summary>
    private FactScope AppointmentScope() => _appointment is { } appointment ? new FactScope(appointment.Branch, appointment.Specialty) : MentionedScope();

    /// <summary>The place that a question is about: named in the message, of the appointment, or talked about last.</summary>
    private FactScope MentionedScope()
    {
        var appointment = _appointment;
        var branch = _meaning.Entities.FirstOrDefault(entity => entity.Name == "branch")?.Value ?? appointment?.Branch ?? _state.Branch;
        var specialty = _meaning.Entities.FirstOrDefault(entity => entity.Name == "specialty")?.Value ?? appointment?.Specialty;
        return new FactScope(branch, specialty);
    }

    private List<string> BranchesThatMatter(ActDefinition act) =>
        [.. act.Slots.SelectMany(_bot.Facts.BranchesOf).Distinct(StringComparer.Ordinal)];

    /// <summary>Asks which branch is meant and remembers the act. False when no flow collects a branch.</summary>
    private bool AskBranch(string act)
    {
        foreach (var flow in _bot.Flows.Values)
        {
            if (flow.Steps.OfType<CollectStep>().FirstOrDefault(step => step.Slot == "branch") is { } step)
            {
                _state = _state with { AwaitingBranch = [.. _state.AwaitingBranch, act], Question = new OpenQuestion(flow.Name, step.Id, step.Ask) };
                Say(step.Ask);
                return true;
            }
        }

        return false;
    }

    /// <summary>Facts that the answer also asked for, each said once.</summary>
    private void AddTopics()
    {
        foreach (var topic in _meaning.Reply?.Topics ?? [])
        {
            if (_bot.Facts.ForTopic(topic) is { } fact
                && _bot.Answers.Values.Where(answer => answer.Kind == AnswerKind.Fact).SelectMany(answer => answer.Acts).FirstOrDefault(act => _bot.Domain.Acts[act].Slots.Contains(fact, StringComparer.Ordinal)) is { } act
                && !_acts.Exists(said => said.Name == act))
            {
                Say(act, AppointmentScope());
            }
        }
    }

    private string? FindValue(string act, string slot, FactScope scope)
    {
        var language = _state.Language;
        var moment = act == Acts.TellTime ? _context.LocalNow : _appointment?.Start;
        return slot switch
        {
            "bot" => _bot.Domain.Bot,
            "patient" => _state.Person?.FirstName,
            "date" => moment is { } start ? SlotWording.Date(start.Date, language) : null,
            "time" => moment is { } start ? SlotWording.Time(start.TimeOfDay) : null,
            "doctor" => NameOf("doctor", _appointment?.Doctor),
            "specialty" => NameOf("specialty", _appointment?.Specialty),
            "branch" => NameOf("branch", scope.Branch ?? _appointment?.Branch),
            "branches" => SlotWording.Or([.. _bot.Domain.Entities["branch"].Values.Values.Select(branch => branch.NameIn(language))], language),
            "options" => _state.Offered.Count > 0 ? SlotWording.Options(_state.Offered.Select(offer => offer.Start), language) : null,
            _ => _bot.Facts.Find(slot, scope, language),
        };
    }

    private string? NameOf(string entity, string? canonical) => canonical is not null
        && _bot.Domain.Entities.TryGetValue(entity, out var definition)
        && definition.Values.TryGetValue(canonical, out var value)
            ? value.NameIn(_state.Language)
            : canonical;
}
