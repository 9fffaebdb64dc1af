using ChatAgent.Nlu;
using ChatAgent.Nlu.Appointments;

namespace ChatAgent.Dialogs;

/// <content>Walks the flows of the owner's files, and reads what they collect.</content>
internal sealed partial class PolicyTurn
{
    /// <summary>Steps in one turn; more is a circle in the files.</summary>
    private const int MaxSteps = 64;

    private readonly Dictionary<string, string> _slots = new(StringComparer.Ordinal);
    private readonly HashSet<Entity> _taken = [];
    private OfferedSlot? _chosen;

    private async Task WalkAsync(Flow flow, string? target, CancellationToken cancellationToken)
    {
        for (var steps = 0; target is not null; steps++)
        {
            if (steps == MaxSteps)
            {
                throw new InvalidOperationException($"flow \"{flow.Name}\" went through {MaxSteps} steps without asking or ending; the last ones: {string.Join(' ', _path.TakeLast(8))}");
            }

            if (flow.Find(target) is not { } step)
            {
                flow = target == FlowStep.Wanted ? TakeWanted() : _bot.Flows[target];
                step = flow.Steps[0];
            }

            target = step switch
            {
                CollectStep collect => Collect(flow, collect),
                DecideStep decide => Note(flow, decide.Id, decide.Cases, _slots.GetValueOrDefault(decide.Slot) ?? AttendanceReading.NotSaid),
                SayStep say => SayAll(flow, say),
                CallStep call => Note(flow, call.Id, call.Cases, await CallAsync(flow, call.Call, cancellationToken)),
                HandOverStep handOver => EndByHandingOver(flow, handOver),
                _ => throw new InvalidOperationException($"{flow.Name}/{step.Id}: {step.GetType().Name} is not a kind of step"),
            };
        }
    }

    /// <summary>Goes on with what was wanted; whatever the visitor said before being known is asked again, never taken for an answer.</summary>
    private Flow TakeWanted()
    {
        var wanted = _state.Wanted;
        _state = _state with { Wanted = null };
        _slots[AttendanceReading.Slot] = AttendanceReading.NotSaid;
        return wanted is not null && _bot.Flows.TryGetValue(wanted, out var flow)
            ? flow
            : FlowOfIdentified();
    }

    private Flow FlowOfIdentified() => _bot.Flows.Values.First(candidate => candidate.StartsOn.Contains(ConversationEvents.PersonIdentified, StringComparer.Ordinal));

    private string? Note(Flow flow, string stepId, IReadOnlyDictionary<string, string?> cases, string value)
    {
        _path.Add($"{flow.Name}/{stepId}={value}");
        return cases[value];
    }

    private string? SayAll(Flow flow, SayStep step)
    {
        _path.Add($"{flow.Name}/{step.Id}");
        foreach (var act in step.Acts)
        {
            Say(act, AppointmentScope());
        }

        return step.Next;
    }

    private string? EndByHandingOver(Flow flow, HandOverStep step)
    {
        _path.Add($"{flow.Name}/{step.Id}");
        HandOver(step.Reason);
        return null;
    }

    /// <summary>Asks, unless the message already gives the entity that is collected.</summary>
    private string? Collect(Flow flow, CollectStep step)
    {
        _path.Add($"{flow.Name}/{step.Id}");
        if (_bot.Domain.Slots[step.Slot].Type == SlotType.Entity && TakeEntity(step.Slot) is { } value)
        {
            _slots[step.Slot] = value;
            return step.Next;
        }

        Say(step.Ask, AppointmentScope());
        _state = _state with { Question = new OpenQuestion(flow.Name, step.Id, step.Ask, IsAboutAppointment(step) ? _appointment?.Start : null) };
        return null;
    }

    private static bool IsAboutAppointment(CollectStep step) => step.Slot is AttendanceReading.Slot or SlotChoice.Slot;

    /// <summary>The answer to an open question, or null when the message is about something else.</summary>
    private string? ReadCollected(CollectStep step) => step.Slot switch
    {
        AttendanceReading.Slot => ReadAttendance() is var attendance && attendance == AttendanceReading.NotSaid ? null : attendance,
        SlotChoice.Slot => ReadChoice(),
        _ => TakeEntity(step.Slot),
    };

    /// <summary>A step of the flow before the open one whose entity the message gives instead: another RUT where the code was asked for.</summary>
    private string? TakeEarlierAnswer(Flow flow, CollectStep open)
    {
        foreach (var earlier in flow.Steps.TakeWhile(step => step.Id != open.Id).OfType<CollectStep>().Where(step => _bot.Domain.Slots[step.Slot].Type == SlotType.Entity))
        {
            if (TakeEntity(earlier.Slot) is { } value)
            {
                _slots[earlier.Slot] = value;
                return earlier.Next;
            }
        }

        return null;
    }

    private string ReadAttendance() => AttendanceReading.Read(_meaning, IsAttendanceAsked ? _state.Question?.Act : null, IsFact);

    /// <summary>What the message says to the hours on offer, or to the question for another one.</summary>
    private string? ReadChoice()
    {
        _chosen = SlotChoice.Find(_meaning, _state.Offered, _appointment?.Start.Date);
        if (_chosen is not null)
        {
            return SlotChoice.Chosen;
        }

        // A bare "no" is "none of these"; to give the hour up, or to keep it after all, takes words.
        switch (ReadAttendance())
        {
            case AttendanceReading.Declines when _meaning.Intent == Intents.DeclineAttendance:
                return SlotChoice.Declines;
            case AttendanceReading.Attends when _meaning.Intent == Intents.ConfirmAttendance && _state.Offered.Count != 1:
                return SlotChoice.Keeps;
            case not AttendanceReading.Unclear when _meaning.Reply is { Proposed.Count: > 0 }:
                return SlotChoice.OtherTime;
        }

        return _meaning.Intent switch
        {
            Intents.Deny => SlotChoice.None,
            Intents.Reschedule => SlotChoice.None,
            // "Sí, si me dan permiso" takes the only hour as little as it confirms one.
            Intents.Affirm or Intents.ConfirmAttendance when _state.Offered.Count == 1 =>
                _meaning.Reply is null or { Intent: AppointmentIntent.Confirm or AppointmentIntent.Unrelated } ? ChooseOnly() : AttendanceReading.Unclear,
            Intents.Affirm when _state.Offered.Count > 1 => AttendanceReading.Unclear,
            _ => null,
        };
    }

    private string ChooseOnly()
    {
        _chosen = _state.Offered[0];
        return SlotChoice.Chosen;
    }

    private string? TakeEntity(string name)
    {
        var entity = _meaning.Entities.FirstOrDefault(candidate => string.Equals(candidate.Name, name, StringComparison.Ordinal) && !_taken.Contains(candidate));
        if (entity is not null)
        {
            _taken.Add(entity);
        }

        return entity?.Value;
    }
}
