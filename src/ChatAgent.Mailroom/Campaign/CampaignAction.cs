using ChatAgent.Appointments;
using NodaTime;

namespace ChatAgent.Mailroom;

/// <summary>Something that a campaign does about one appointment.</summary>
/// <param name="Step">What.</param>
/// <param name="Appointment">About which.</param>
/// <param name="Patient">To whom.</param>
/// <param name="At">When it is due, wall time at the clinic; in a plan, when its turn comes at the pace of the rules.</param>
/// <param name="Problem">Why it cannot be done by mail; null when it can.</param>
public sealed record CampaignAction(CampaignStep Step, AppointmentRecord Appointment, PatientRecord Patient, LocalDateTime At, AskOutcome? Problem = null);

/// <summary>The steps of a campaign, in the order in which they come to a patient.</summary>
public enum CampaignStep
{
    /// <summary>The question whether they come.</summary>
    Ask,

    /// <summary>The question once more, to who has not answered.</summary>
    Remind,

    /// <summary>A person is told: nobody has answered, or there is no address to write to.</summary>
    Call,

    /// <summary>Place and papers, to who comes.</summary>
    Instruct,
}
