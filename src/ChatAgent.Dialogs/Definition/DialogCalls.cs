namespace ChatAgent.Dialogs;

/// <summary>What a flow can call, with the outcomes that it must go on from. Implemented by <see cref="DialogPolicy"/> over <see cref="IAgendaTools"/>.</summary>
public static class DialogCalls
{
    /// <summary>Chooses the appointment that is talked about (the named one, else the next) and says how far it has come.</summary>
    public const string FindAppointment = "find_appointment";

    /// <summary>Goes on to the patient's next appointment that nobody has asked about yet.</summary>
    public const string NextAppointment = "next_appointment";

    /// <summary>Records that the patient will attend. "taken": it had been given up and another has the hour now.</summary>
    public const string ConfirmAppointment = "confirm_appointment";

    /// <summary>Records that the patient will not attend, and frees the hour.</summary>
    public const string DeclineAppointment = "decline_appointment";

    /// <summary>Looks for free hours near what was asked for; a single free hour that was asked for exactly is "exact".</summary>
    public const string FindSlots = "find_slots";

    /// <summary>Moves the appointment to the chosen hour.</summary>
    public const string MoveAppointment = "move_appointment";

    /// <summary>Whether the visitor is known already and names no other RUT.</summary>
    public const string KnownPerson = "known_person";

    /// <summary>Makes a one-time code for the RUT and has it sent to the address on file, if there is one; nobody can tell from the outcome.</summary>
    public const string SendCode = "send_code";

    /// <summary>Compares the code that was typed.</summary>
    public const string CheckCode = "check_code";

    /// <summary>Counts hedged answers to the same question.</summary>
    public const string CountHedges = "count_hedges";

    /// <summary>Takes back who the visitor is said to be, so that nothing more is disclosed.</summary>
    public const string ForgetPerson = "forget_person";

    /// <summary>Says again what was asked before the branch was known.</summary>
    public const string AnswerForBranch = "answer_for_branch";

    /// <summary>Takes the hour that has become free as the one on offer; "none" when it is gone already.</summary>
    public const string OfferFreedHour = "offer_freed_hour";

    /// <summary>Every call with its outcomes.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Outcomes { get; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
    {
        [FindAppointment] = ["booked", "confirmed", "declined", "none", "unidentified"],
        [NextAppointment] = ["another", "none"],
        [ConfirmAppointment] = ["done", "already", "taken", "gone"],
        [DeclineAppointment] = ["done", "already", "gone"],
        [FindSlots] = ["exact", "found", "none"],
        [MoveAppointment] = ["done", "taken", "gone"],
        [KnownPerson] = ["known", "unknown"],
        [SendCode] = ["sent", "too_many"],
        [CheckCode] = ["right", "wrong", "exhausted"],
        [CountHedges] = ["first", "again"],
        [ForgetPerson] = ["done"],
        [AnswerForBranch] = ["done"],
        [OfferFreedHour] = ["offered", "none"],
    };
}
