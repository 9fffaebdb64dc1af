using System.Text.Json;
using ChatAgent.Nlg;
using ChatAgent.Nlu;
using ChatAgent.Nlu.Appointments;
using ChatAgent.Store;
using ChatAgent.Text;

namespace ChatAgent.Dialogs;

/// <summary>One turn of <see cref="DialogPolicy"/> in the making: each rule returns what it decided, or null to let the next one try.</summary>
internal sealed partial class PolicyTurn
{
    private readonly BotDefinition _bot;
    private readonly DialogPolicyOptions _options;
    private readonly TurnContext _context;
    private readonly Meaning _meaning;
    private readonly IAgendaTools _tools;

    private readonly List<DialogAct> _acts = [];
    private readonly List<NewEntry> _events = [];
    private readonly List<DocumentWrite> _documents = [];
    private readonly List<NewDue> _due = [];
    private readonly List<string> _cancelDue = [];
    private readonly List<string> _path = [];

    private ConversationState _state;
    private IReadOnlyList<AgendaAppointment> _appointments;
    private AgendaAppointment? _appointment;
    private CodeMessage? _code;
    private string? _callPersonBesides;
    private bool _isWrittenBeforeQuestion;

    public PolicyTurn(BotDefinition bot, DialogPolicyOptions options, TurnContext context, Meaning meaning, IAgendaTools tools)
    {
        (_bot, _options, _context, _meaning, _tools) = (bot, options, context, meaning, tools);
        _appointments = context.Appointments;
        _appointment = context.Appointment;
        _isWrittenBeforeQuestion = context.IsWrittenBeforeReply;
        _state = context.State with { Language = context.Utterances.Count > 0 ? meaning.Language : context.State.Language, Style = bot.Domain.Style };
    }

    public bool IsHeldByOperator => _state.Holder == Holder.Operator;

    private bool IsUrgent => IsCrisis || _meaning.Urgency == Urgency.Emergency || _meaning.Intent == Intents.Emergency;

    private bool IsCrisis => _meaning.Urgency == Urgency.Crisis || _meaning.Intent == Intents.Crisis;

    private CollectStep? OpenStep => _state.Question is { } question && _bot.Flows.TryGetValue(question.Flow, out var flow)
        ? flow.Find(question.Step) as CollectStep
        : null;

    private bool IsAttendanceAsked => OpenStep?.Slot == AttendanceReading.Slot;

    private bool IsFact(string intent) => _bot.Answers.TryGetValue(intent, out var answer) && answer.Kind == AnswerKind.Fact;

    /// <summary>An operator has it: no word, only the date of the bot's return is kept up. The numbers of an emergency are said even then: the operator may be away.</summary>
    public DialogStep StaySilent()
    {
        if (_context.Utterances.Count > 0 && IsUrgent)
        {
            Say(IsCrisis ? Acts.Crisis : Acts.Emergency);
            _events.Add(HandoverEntry(IsCrisis ? Intents.Crisis : Intents.Emergency));
            return Finish("urgent_while_held");
        }

        var quietSince = _state.OperatorActiveAt ?? _context.Now;
        var returns = quietSince + _options.ReturnToBotAfter;
        if (_context.Happened(ConversationEvents.ReturnToBot) && returns <= _context.Now)
        {
            _events.Add(EventEntry(ConversationEvents.OperatorLeft, JsonSerializer.Serialize(new OperatorEvent(null), DialogJson.Compact.OperatorEvent)));
            return Finish("operator_was_quiet");
        }

        if (_context.Happened(ConversationEvents.ReturnToBot) || _context.Happened(ConversationEvents.OperatorJoined))
        {
            _due.Add(new NewDue(ConversationEvents.ReturnToBot, returns > _context.Now ? returns : _context.Now + _options.ReturnToBotAfter));
        }

        return Finish("held_by_operator");
    }

    /// <summary>Greets, goes on with who came by a link, lets offers lapse, comes back when nobody came.</summary>
    public async Task ReactToEventsAsync(CancellationToken cancellationToken)
    {
        if (_context.Happened(ConversationEvents.OfferLapses))
        {
            _state = _state with { Offered = [] };
        }

        if (_context.Happened(ConversationEvents.ReturnToBot) && _state.Holder == Holder.WaitingForOperator)
        {
            _events.Add(EventEntry(ConversationEvents.OperatorLeft, JsonSerializer.Serialize(new OperatorEvent(null), DialogJson.Compact.OperatorEvent)));
            Say(Acts.HandoverWaiting);
        }

        var hasArrived = _context.Happened(ConversationEvents.Started) || (_context.Happened(ConversationEvents.PersonIdentified) && _context.Utterances.Count == 0);
        if (hasArrived && !_state.Greeted)
        {
            // Whoever comes by a link is asked about their hour at once; "how can I help you?" before it would be a second question.
            _state = _state with { Greeted = true };
            Say(_state.Person is null ? Acts.Greet : Acts.GreetByLink);
        }

        foreach (var flow in _bot.Flows.Values.Where(flow => flow.StartsOn.Any(Starts)))
        {
            await WalkAsync(flow, flow.Steps[0].Id, cancellationToken);
        }

        _isWrittenBeforeQuestion |= _state.Question != _context.State.Question;
    }

    /// <summary>Who has just written is not reminded in the same breath; and while a person is awaited the bot begins nothing.</summary>
    private bool Starts(string kind) => _context.Happened(kind)
        && (kind == ConversationEvents.PersonIdentified || (_context.Utterances.Count == 0 && _context.Chosen is null && _state.Holder == Holder.Bot));

    /// <summary>
    /// An answer that was chosen by a button or in a calendar: recorded as it stands, unless what was written beside it says something else, which a person has to
    /// look at. An answer to an hour that is no longer the appointment's is asked anew.
    /// </summary>
    public async Task<string?> TakeChosenAsync(CancellationToken cancellationToken)
    {
        if (_context.Chosen is not { } chosen)
        {
            return null;
        }

        if (CallForHelp() is { } urgent)
        {
            return urgent;
        }

        if (_appointment is null || _appointment.Id != chosen.AppointmentId || _appointment.Start != chosen.Start)
        {
            return await AskAnewAsync(cancellationToken);
        }

        if (_context.Utterances.Count > 0 && AttendanceReading.Read(_meaning, ConversationEvents.AnswerChosen, IsFact) is var written
            && written != chosen.Attendance && written != AttendanceReading.NotSaid)
        {
            HandOver("answer_contradicts_itself");
            return "chosen_contradicted";
        }

        _slots[AttendanceReading.Slot] = chosen.Attendance;
        _state = _state with { Question = null, Unsure = 0 };
        var flow = FlowOfIdentified();
        await WalkAsync(flow, flow.Steps[0].Id, cancellationToken);
        AddTopics();
        return $"chosen by {chosen.How}";
    }

    /// <summary>An emergency or a crisis: the numbers at once, then a person.</summary>
    public string? CallForHelp()
    {
        if (!IsUrgent)
        {
            return null;
        }

        // Nothing else may stand before the numbers.
        _acts.Clear();
        Say(IsCrisis ? Acts.Crisis : Acts.Emergency);
        HandOver(IsCrisis ? Intents.Crisis : Intents.Emergency);
        return IsCrisis ? Intents.Crisis : Intents.Emergency;
    }

    public string? SwitchLanguage()
    {
        if (_meaning.Intent != Intents.SwitchLanguage)
        {
            return null;
        }

        _state = _state with { Language = AskedLanguage(), Unsure = 0 };
        Say(Acts.LanguageSwitched);
        AskAgain();
        return Intents.SwitchLanguage;
    }

    /// <summary>A person was asked for. A clear answer in the same message is recorded first, so that it is not lost.</summary>
    public string? CallPerson()
    {
        if (_meaning.Intent != Intents.AskHuman)
        {
            return null;
        }

        if (IsAttendanceAsked && ReadAttendance() is AttendanceReading.Attends or AttendanceReading.Declines)
        {
            _callPersonBesides = "asked_for_a_person";
            return null;
        }

        HandOver("asked_for_a_person");
        return Intents.AskHuman;
    }

    /// <summary>The message as an answer to the open question.</summary>
    public async Task<string?> TakeAnswerAsync(CancellationToken cancellationToken)
    {
        if (_state.Question is not { } question || OpenStep is not { } step)
        {
            return null;
        }

        if (ReadCollected(step) is not { } value)
        {
            if (step.Invalid is { } invalid && LooksLikeRut())
            {
                Say(invalid);
                return "invalid_answer";
            }

            return TakeEarlierAnswer(_bot.Flows[question.Flow], step) is { } earlier
                ? await GoOnAsync(question.Flow, earlier, cancellationToken)
                : null;
        }

        if (IsAboutAppointment(step) && !IsCurrent(question))
        {
            return await AskAnewAsync(cancellationToken);
        }

        if (IsAboutAppointment(step) && _isWrittenBeforeQuestion && value != AttendanceReading.OtherTime)
        {
            return AskUnseenAgain(question);
        }

        if (value == AttendanceReading.Unclear)
        {
            return AdmitNotUnderstanding();
        }

        _slots[step.Slot] = value;
        if (NeedsPersonFirst(value))
        {
            return HandOverInstead();
        }

        CallPersonBesides(value);
        return await GoOnAsync(question.Flow, step.Next, cancellationToken);
    }

    /// <summary>A flow that the intent starts.</summary>
    public async Task<string?> StartFlowAsync(CancellationToken cancellationToken)
    {
        if (_meaning.Intent is not { } intent || _bot.Flows.Values.FirstOrDefault(flow => flow.StartsWith.Contains(intent, StringComparer.Ordinal)) is not { } flow)
        {
            return null;
        }

        var attendance = ReadAttendance();
        _slots[AttendanceReading.Slot] = attendance == AttendanceReading.Unclear ? AttendanceReading.NotSaid : attendance;
        if (NeedsPersonFirst(attendance))
        {
            return HandOverInstead();
        }

        var open = _state.Question;
        _state = _state with { Unsure = 0 };
        if (attendance != AttendanceReading.NotSaid)
        {
            CallPersonBesides(attendance);
        }

        await WalkAsync(flow, flow.Steps[0].Id, cancellationToken);
        AddTopics();
        if (_state.Question == open)
        {
            AskAgain();
        }

        return "flow";
    }

    /// <summary>A question that the owner's facts answer, or one that they do not and a person must.</summary>
    public string? AnswerFact()
    {
        if (_meaning.Intent is { } intent && IsFact(intent))
        {
            Give(_bot.Answers[intent]);
            AddTopics();
            AskAgain();
            return $"fact {intent}";
        }

        if (_meaning.Intent is null && (_meaning.Reply is { NeedsHuman: false, Intent: AppointmentIntent.Question } or { NeedsHuman: false, Abstains: true, Intent: not AppointmentIntent.Reschedule }))
        {
            // The classifier does not know the message, the reader of replies knows what it asks about, though perhaps not what it says on attending.
            var said = _acts.Count;
            AddTopics();
            if (_acts.Count > said)
            {
                AskAgain();
                return "fact by topic";
            }
        }

        if (_meaning.Reply is { Abstains: false, NeedsHuman: true, Intent: AppointmentIntent.Question } && _meaning.Intent is null)
        {
            HandOver("question_outside_the_facts");
            return "question_outside_the_facts";
        }

        return null;
    }

    public string? MakeSmallTalk()
    {
        if (_meaning.Intent is not { } intent || !_bot.Answers.TryGetValue(intent, out var answer) || (_state.Question is not null && intent is Intents.Affirm or Intents.Deny))
        {
            return null;
        }

        if (_state.Holder == Holder.WaitingForOperator)
        {
            return TellToWait();
        }

        if (intent == Intents.AskRepeat && _state.Question is not null)
        {
            AskAgain();
            return "repeat";
        }

        Give(answer);
        AskAgain();
        return $"small_talk {intent}";
    }

    /// <summary>Asks again once; the second time in a row a person is called.</summary>
    public string AdmitNotUnderstanding()
    {
        if (_state.Holder == Holder.WaitingForOperator)
        {
            return TellToWait();
        }

        _state = _state with { Unsure = _state.Unsure + 1 };
        if (_state.Unsure >= _options.UnsureBeforeHandover)
        {
            HandOver("not_understood");
            return "not_understood again";
        }

        if (OpenStep is { Again: null } or null)
        {
            Say(_meaning.Intents.Count > 0 && !_meaning.IsInScope && OpenStep is null ? Acts.OutOfScope : Acts.NotUnderstood);
        }

        AskAgain();
        return "not_understood";
    }

    /// <summary>The turn failed again and again: a person is called.</summary>
    public DialogStep GiveUp()
    {
        HandOver("turn_failed");
        return Finish("turn_failed");
    }

    /// <summary>The step, with everything that the rules have put together.</summary>
    public DialogStep Finish(string rule)
    {
        if (_callPersonBesides is { } reason)
        {
            HandOver(reason);
        }

        return new DialogStep
        {
            Acts = [.. _acts],
            Next = _state,
            Rule = _path.Count == 0 ? rule : $"{rule}: {string.Join(' ', _path)}",
            Events = _events,
            Documents = _documents,
            Due = _due,
            CancelDue = _cancelDue,
            Suggestions = Suggest(),
            Code = _code,
        };
    }

    /// <summary>Whether the hour that was asked about is still that of the appointment that an answer would change: it may have been moved or have passed.</summary>
    private bool IsCurrent(OpenQuestion question) => _state.AppointmentId == _appointment?.Id && question.Hour == _appointment?.Start;

    /// <summary>Words written before the question was shown answer something else, however much they look like a yes. To name another time needs no question.</summary>
    private string AskUnseenAgain(OpenQuestion question)
    {
        if (!_acts.Exists(said => said.Name == question.Act))
        {
            AskAgain();
        }

        return "written_before_the_question";
    }

    /// <summary>Asks about the appointment as it is now, in the flow that a signed link begins.</summary>
    private async Task<string> AskAnewAsync(CancellationToken cancellationToken)
    {
        _state = _state with { Question = null, Offered = [] };
        _slots[AttendanceReading.Slot] = AttendanceReading.NotSaid;
        _chosen = null;
        var flow = FlowOfIdentified();
        await WalkAsync(flow, flow.Steps[0].Id, cancellationToken);
        return "asked_anew";
    }

    private async Task<string> GoOnAsync(string flow, string? target, CancellationToken cancellationToken)
    {
        _state = _state with { Question = null, Unsure = 0 };
        await WalkAsync(_bot.Flows[flow], target, cancellationToken);
        AddTopics();
        AddService();
        return "open_question";
    }

    /// <summary>
    /// Another time that is also another professional or branch is for a person: the hours of this one would be no answer. Where the reader only suspects that a
    /// person is needed, and no words say why, the hours are offered (nothing changes before one is chosen) and the operators are told.
    /// </summary>
    private bool NeedsPersonFirst(string value)
    {
        if (_meaning.Reply is not { Abstains: false, NeedsHuman: true } reply || value is not (AttendanceReading.OtherTime or SlotChoice.OtherTime))
        {
            return false;
        }

        return reply.Evidence.Count > 1 || _meaning.Entities.Any(entity => entity.Name switch
        {
            "doctor" => entity.Value != _appointment?.Doctor,
            "branch" => entity.Value != _appointment?.Branch,
            "specialty" => entity.Value != _appointment?.Specialty,
            _ => false,
        });
    }

    /// <summary>A yes, a no and a wrong person are safe to record, and a person is called besides; what is asked back or offered is left with a note.</summary>
    private void CallPersonBesides(string value)
    {
        if (_meaning.Reply is not { Abstains: false, NeedsHuman: true })
        {
            return;
        }

        if (value is AttendanceReading.Attends or AttendanceReading.Declines or SlotChoice.Keeps)
        {
            _callPersonBesides ??= "needs_a_person";
        }
        else
        {
            _events.Add(EventEntry(ConversationEvents.AttentionRequested, JsonSerializer.Serialize(new HandoverEvent("needs_a_person"), DialogJson.Compact.HandoverEvent)));
        }
    }

    /// <summary>Short answers to the question that this reply ends with: the hours on offer, or what the owner's files suggest.</summary>
    private IReadOnlyList<string> Suggest() =>
        _state.Question is null || _acts.Count == 0 ? []
        : _state.Question.Act == Acts.OfferSlots && _state.Offered.Count > 0 ? [.. _state.Offered.Select(offer => SlotWording.Button(offer.Start, _state.Language))]
        : _bot.Suggestions.GetValueOrDefault((_state.Language, _acts[^1].Name), []);

    private string HandOverInstead()
    {
        HandOver("needs_a_person");
        return "needs_a_person";
    }

    private string TellToWait()
    {
        if (!_state.ToldToWait)
        {
            Say(Acts.HandoverWaiting);
            _state = _state with { ToldToWait = true };
        }

        return "waiting_for_operator";
    }

    /// <summary>A yes that is also a delay, a complaint or the like is acknowledged as that too, and passed on.</summary>
    private void AddService()
    {
        if (_slots.GetValueOrDefault(AttendanceReading.Slot) == AttendanceReading.Attends
            && _state.Question is null
            && _meaning.Intent is { } intent && _bot.Answers.TryGetValue(intent, out var answer) && answer.HandOver is { } reason)
        {
            foreach (var act in answer.Acts)
            {
                Say(act);
            }

            _callPersonBesides ??= reason;
        }
    }

    private void HandOver(string reason)
    {
        // What was asked before is no longer the last thing said: a bare "ok" after this must not count as its answer.
        _state = _state with { Question = null, Offered = [], Unsure = 0, Hedges = 0 };
        Say(_state.Holder == Holder.Bot ? Acts.Handover : Acts.HandoverWaiting);
        _events.Add(HandoverEntry(reason));
        _due.Add(new NewDue(ConversationEvents.ReturnToBot, _context.Now + _options.ReturnToBotAfter));
        _callPersonBesides = null;
    }

    private void Give(Answer answer)
    {
        _state = _state with { Unsure = 0 };
        foreach (var act in answer.Acts)
        {
            Say(act == Acts.Greet && _state.Person is not null ? Acts.GreetKnown : act);
        }

        if (answer.HandOver is { } reason)
        {
            HandOver(reason);
        }
    }

    /// <summary>After something else was said, the open question is the last word again.</summary>
    private void AskAgain()
    {
        if (OpenStep is not { } step)
        {
            return;
        }

        if (CanSay(step.Again ?? step.Ask) && (!IsAboutAppointment(step) || IsCurrent(_state.Question!)))
        {
            Say(step.Again ?? step.Ask);
            _state = _state with { Question = _state.Question! with { Act = step.Again ?? step.Ask } };
        }
        else
        {
            // The hour that was asked about has passed or was moved, or the offers have lapsed.
            _state = _state with { Question = null };
        }
    }

    /// <summary>Digits like those of a RUT that understanding did not take for one: the check digit is wrong.</summary>
    private bool LooksLikeRut() => Tokenizer.Tokenize(_meaning.Text).Any(token => token.Text.Count(char.IsAsciiDigit) is >= 7 and <= 9);

    private Language AskedLanguage()
    {
        var words = Tokenizer.Tokenize(_meaning.Text).Select(token => token.Folded).ToList();
        return words.Exists(word => word.StartsWith("ingl", StringComparison.Ordinal) || word.StartsWith("engl", StringComparison.Ordinal)) ? Language.English
            : words.Exists(word => word.StartsWith("espan", StringComparison.Ordinal) || word.StartsWith("castell", StringComparison.Ordinal) || word == "spanish") ? Language.Spanish
            : _meaning.Language;
    }

    private static NewEntry HandoverEntry(string reason) =>
        EventEntry(ConversationEvents.HandoverRequested, JsonSerializer.Serialize(new HandoverEvent(reason), DialogJson.Compact.HandoverEvent));

    private static NewEntry EventEntry(string kind, string payload) => new()
    {
        Audience = Audience.Operator,
        Author = Author.Bot,
        Kind = kind,
        Payload = payload,
    };
}
