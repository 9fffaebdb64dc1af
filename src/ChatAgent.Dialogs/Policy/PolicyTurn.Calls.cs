using System.Text.Json;
using ChatAgent.Nlu.Appointments;
using ChatAgent.Store;

namespace ChatAgent.Dialogs;

/// <content>What flows call: <see cref="DialogCalls"/>.</content>
internal sealed partial class PolicyTurn
{
    private Task<string> CallAsync(Flow flow, string call, CancellationToken cancellationToken) => call switch
    {
        DialogCalls.FindAppointment => Task.FromResult(FindAppointment(flow)),
        DialogCalls.NextAppointment => Task.FromResult(NextAppointment()),
        DialogCalls.ConfirmAppointment => ConfirmAsync(cancellationToken),
        DialogCalls.DeclineAppointment => DeclineAsync(cancellationToken),
        DialogCalls.FindSlots => FindSlotsAsync(cancellationToken),
        DialogCalls.MoveAppointment => MoveAsync(cancellationToken),
        DialogCalls.KnownPerson => Task.FromResult(_state.Person is not null && !_meaning.Entities.Any(entity => entity.Name == "rut") ? "known" : "unknown"),
        DialogCalls.SendCode => SendCodeAsync(cancellationToken),
        DialogCalls.CheckCode => CheckCodeAsync(cancellationToken),
        DialogCalls.CountHedges => Task.FromResult(CountHedges()),
        DialogCalls.ForgetPerson => Task.FromResult(ForgetPerson()),
        DialogCalls.OfferFreedHour => OfferFreedHourAsync(cancellationToken),
        DialogCalls.AnswerForBranch => Task.FromResult(AnswerForBranch()),
        _ => throw new InvalidOperationException($"call \"{call}\" is permitted in files and not known here"),
    };

    private string FindAppointment(Flow flow)
    {
        if (_state.Person is null)
        {
            _state = _state with { Wanted = flow.Name };
            return "unidentified";
        }

        if (_appointment is null)
        {
            return "none";
        }

        _state = _state with { AppointmentId = _appointment.Id };
        return _appointment.Status switch
        {
            AppointmentStatus.Confirmed => "confirmed",
            AppointmentStatus.Declined => "declined",
            _ => "booked",
        };
    }

    private string NextAppointment()
    {
        // With a person on the way nothing else is asked: the next words are for them.
        if (_callPersonBesides is not null || _appointments.FirstOrDefault(other => other.Id != _appointment?.Id && other.Status == AppointmentStatus.Booked) is not { } next)
        {
            return "none";
        }

        _appointment = next;
        _state = _state with { AppointmentId = next.Id, Hedges = 0 };
        return "another";
    }

    private async Task<string> ConfirmAsync(CancellationToken cancellationToken) => _appointment is null
        ? "gone"
        : Apply(await _tools.ConfirmAsync(_appointment.Id, _context.ConversationId, cancellationToken));

    private async Task<string> DeclineAsync(CancellationToken cancellationToken) => _appointment is null
        ? "gone"
        : Apply(await _tools.DeclineAsync(_appointment.Id, _context.ConversationId, cancellationToken));

    private async Task<string> MoveAsync(CancellationToken cancellationToken)
    {
        if (_appointment is null || _chosen is null)
        {
            return "gone";
        }

        var outcome = Apply(await _tools.MoveAsync(_appointment.Id, _chosen.Id, _context.ConversationId, cancellationToken));
        _state = _state with { Offered = [] };
        _cancelDue.Add(ConversationEvents.OfferLapses);
        return outcome;
    }

    private string Apply(AgendaChange change)
    {
        _documents.AddRange(change.Documents);
        if (change.Appointment is { } appointment)
        {
            _appointment = appointment;
            _state = _state with { AppointmentId = appointment.Id };
        }

        if (change.Outcome == AgendaOutcome.Done)
        {
            _state = _state with { Hedges = 0 };
            _events.Add(EventEntry(ConversationEvents.AppointmentChanged, JsonSerializer.Serialize(
                new AppointmentEvent(_appointment!.Id, _appointment.Status, _appointment.Start), DialogJson.Compact.AppointmentEvent)));
        }

        return change.Outcome switch
        {
            AgendaOutcome.Done => "done",
            AgendaOutcome.Already => "already",
            AgendaOutcome.Taken => "taken",
            _ => "gone",
        };
    }

    private async Task<string> FindSlotsAsync(CancellationToken cancellationToken)
    {
        if (_appointment is null)
        {
            return "none";
        }

        var proposed = _meaning.Reply?.Proposed ?? [];
        var refused = proposed.Count == 0 ? _state.Offered.Select(slot => slot.Start) : [];
        var slots = await _tools.FindSlotsAsync(
            new SlotSearch
            {
                Doctor = _appointment.Doctor,
                Branch = _appointment.Branch,
                Proposed = proposed,
                Near = _appointment.Start,
                Except = [.. refused, _appointment.Start],
                Count = _options.OffersAtOnce,
            },
            cancellationToken);

        if (_chosen is null && slots.FirstOrDefault(slot => proposed.Any(asked => IsExactly(asked, slot))) is { } exact)
        {
            _chosen = new OfferedSlot(exact.Id, exact.Start);
            return "exact";
        }

        _chosen = null;
        _state = _state with { Offered = [.. slots.OrderBy(slot => slot.Start).Select(slot => new OfferedSlot(slot.Id, slot.Start))] };
        if (slots.Count == 0)
        {
            return "none";
        }

        _due.Add(new NewDue(ConversationEvents.OfferLapses, _context.Now + _options.OfferLapsesAfter));
        return "found";
    }

    private async Task<string> OfferFreedHourAsync(CancellationToken cancellationToken)
    {
        // Only the house's own row counts: a client may name its events as it likes.
        if (_appointment is null
            || _context.Inputs.LastOrDefault(input => input is { Kind: ConversationEvents.HourFreed, Author: Author.System })?.Payload is not { } payload
            || JsonSerializer.Deserialize(payload, DialogJson.Compact.HourFreedEvent) is not { } freed
            || freed.Until <= _context.Now
            || await _tools.FindFreeSlotAsync(freed.SlotId, cancellationToken) is not { } slot
            || slot.Start >= _appointment.Start)
        {
            return "none";
        }

        _chosen = null;
        _state = _state with { Offered = [new OfferedSlot(slot.Id, slot.Start)], AppointmentId = _appointment.Id };
        _due.Add(new NewDue(ConversationEvents.OfferLapses, freed.Until));
        return "offered";
    }

    private static bool IsExactly(ProposedSlot asked, FreeSlot slot) =>
        asked is { From: { } day, Start: { } time, End: null } && slot.Start == day + time;

    private async Task<string> SendCodeAsync(CancellationToken cancellationToken)
    {
        var request = await _tools.RequestCodeAsync(_slots["rut"], _context.ConversationId, cancellationToken);
        _documents.AddRange(request.Documents);
        _code = request.Message;
        return request.TooMany ? "too_many" : "sent";
    }

    private async Task<string> CheckCodeAsync(CancellationToken cancellationToken)
    {
        var check = await _tools.CheckCodeAsync(_slots["code"], _context.ConversationId, cancellationToken);
        _documents.AddRange(check.Documents);
        if (check.Patient is null)
        {
            return check.Exhausted ? "exhausted" : "wrong";
        }

        _state = _state with { Person = new IdentifiedPerson(check.Patient.Id, check.Patient.FirstName, null, "code"), AppointmentId = null };
        _appointments = await _tools.ListAppointmentsAsync(check.Patient.Id, cancellationToken);
        _appointment = _appointments.FirstOrDefault(appointment => appointment.Status != AppointmentStatus.Declined);
        return "right";
    }

    private string CountHedges()
    {
        _state = _state with { Hedges = _state.Hedges + 1 };
        return _state.Hedges == 1 ? "first" : "again";
    }

    private string ForgetPerson()
    {
        _state = _state with { Person = null, AppointmentId = null, Offered = [], Hedges = 0 };
        (_appointments, _appointment) = ([], null);
        return "done";
    }

    private string AnswerForBranch()
    {
        var acts = _state.AwaitingBranch;
        _state = _state with { AwaitingBranch = [], Branch = _slots.GetValueOrDefault("branch") };
        foreach (var act in acts)
        {
            Say(act);
        }

        return "done";
    }
}
