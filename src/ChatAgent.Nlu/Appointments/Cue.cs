namespace ChatAgent.Nlu.Appointments;

/// <summary>What a few words of a reply do, as the rules of <see cref="SpanishReplyRules"/> and <see cref="EnglishReplyRules"/> find them.</summary>
internal enum Cue
{
    None,

    // Stance towards attending.
    Yes,
    Attend,
    No,
    NotAttend,
    Cancel,
    KeepIt,
    Move,
    Wish,
    Condition,
    Hedge,
    HedgedNo,
    PutOff,
    Doubt,
    Correction,
    Sarcasm,
    DoneElsewhere,
    ConfirmedElsewhere,
    LaterMyself,

    // Words that decide nothing.
    Thanks,
    Acknowledge,
    Greeting,
    Pious,
    Courtesy,
    Concession,
    YesToOther,
    Fragment,

    // Who or what wrote.
    AutoReply,
    Undelivered,
    WrongPerson,
    AnswersForPatient,

    // Questions.
    KnownTopic,
    UnknownTopic,
    HowToChange,
    AskWord,

    // What a person must see.
    Delay,
    ContactChange,
    RecordError,
    Accessibility,
    Clinical,
    Emergency,
    Crisis,
    OtherProfessional,
    OtherBranch,
    OtherMode,
    OtherPatient,
    OtherAppointment,
    Complaint,
    StopWriting,
    NewBusiness,
    Attachment,
    CallMe,
    WhoWrites,
    Spam,
}
