namespace ChatAgent.Dialogs;

/// <summary>Kinds of rows in a conversation's log.</summary>
public static class ConversationEvents
{
    public const string Message = "message";

    /// <summary>The person opened the conversation; the bot greets. An input.</summary>
    public const string Started = "conversation.started";

    /// <summary>A <see cref="TurnRecord"/>.</summary>
    public const string Turn = "turn";

    /// <summary>A person was called; payload <see cref="HandoverEvent"/>.</summary>
    public const string HandoverRequested = "handover.requested";

    /// <summary>A person should look at the conversation when they have time; the bot goes on. Payload <see cref="HandoverEvent"/>.</summary>
    public const string AttentionRequested = "attention.requested";

    /// <summary>An operator has it now; payload <see cref="OperatorEvent"/>. An input, on which the bot sets its return.</summary>
    public const string OperatorJoined = "operator.joined";

    /// <summary>The bot has it again; payload <see cref="OperatorEvent"/>.</summary>
    public const string OperatorLeft = "operator.left";

    /// <summary>The visitor came by a signed link; payload <see cref="IdentifiedPerson"/>. An input.</summary>
    public const string PersonIdentified = "person.identified";

    /// <summary>The person answered without writing: a button of a mail, a calendar's reply. Payload <see cref="ChosenAnswer"/>; the text is what they wrote beside it. An input.</summary>
    public const string AnswerChosen = "answer.chosen";

    /// <summary>The question is to be asked once more: nobody has answered. An input; flows start on it.</summary>
    public const string ReminderDue = "reminder.due";

    /// <summary>The appointment is near: who comes is told the place and the papers. An input; flows start on it.</summary>
    public const string InstructionsDue = "instructions.due";

    /// <summary>An earlier hour became free and is offered to who waits for one. Payload <see cref="HourFreedEvent"/>. An input; flows start on it.</summary>
    public const string HourFreed = "hour.freed";

    /// <summary>An appointment changed; payload <see cref="AppointmentEvent"/>.</summary>
    public const string AppointmentChanged = "appointment.changed";

    /// <summary>A deadline: the offered hours lapse.</summary>
    public const string OfferLapses = "offer.lapses";

    /// <summary>A deadline: nobody came, or the operator has been quiet for long; the bot takes the conversation again.</summary>
    public const string ReturnToBot = "return.to.bot";
}
