namespace ChatAgent.Nlu.Appointments;

/// <summary>What an answer to "will you attend?" says, in the order in which the label guide tries them.</summary>
public enum AppointmentIntent
{
    AutoReply,
    WrongPerson,
    Reschedule,
    Decline,
    Conditional,
    Confirm,
    Question,
    Unrelated,
}
