namespace ChatAgent.Mailroom;

/// <summary>What the agent would do with a mail; each kind is trusted, or not, by itself.</summary>
public enum ShadowKind
{
    /// <summary>Record that the patient comes.</summary>
    Confirm,

    /// <summary>Record that the patient does not come, and free the hour.</summary>
    Decline,

    /// <summary>Move the appointment to an hour that the mail named.</summary>
    Move,

    /// <summary>Offer other hours; nothing changes.</summary>
    Offer,

    /// <summary>Ask back; nothing changes.</summary>
    AskBack,

    /// <summary>Answer from the clinic's facts; nothing changes.</summary>
    Answer,

    /// <summary>Call a person; nothing changes.</summary>
    Person,
}
