using ChatAgent.Nlu;
using ChatAgent.Nlu.Appointments;

namespace ChatAgent.Dialogs;

/// <summary>Turns what was understood into the slot <c>attendance</c>. The one place where a yes becomes a yes.</summary>
internal static class AttendanceReading
{
    public const string Slot = "attendance";

    public const string Attends = "attends";
    public const string Declines = "declines";
    public const string OtherTime = "other_time";
    public const string Hedges = "hedges";
    public const string WrongPerson = "wrong_person";
    public const string Unclear = "unclear";
    public const string NotSaid = "not_said";

    /// <summary>What a flow can meet; <see cref="Unclear"/> is asked again before any flow sees it.</summary>
    public static IReadOnlyList<string> FlowValues { get; } = [Attends, Declines, OtherTime, Hedges, WrongPerson, NotSaid];

    /// <summary>Scores from which the intent classifier's disagreement counts as a contradiction, 0 to 1.</summary>
    private const double ContradictionScore = 0.9;

    /// <summary>What the message says about attending; <see cref="NotSaid"/> when it says nothing of it.</summary>
    /// <param name="meaning">The message.</param>
    /// <param name="isAsked">Whether attending is the open question. A bare "sí" means it only then.</param>
    /// <param name="isFact">Whether an intent is a question that the facts answer.</param>
    public static string Read(Meaning meaning, bool isAsked, Func<string, bool> isFact)
    {
        if (meaning.Reply is not { } reply || reply.Intent is AppointmentIntent.Question or AppointmentIntent.Unrelated or AppointmentIntent.AutoReply)
        {
            return NotSaid;
        }

        if (reply.Abstains)
        {
            var asksForAFact = meaning.Intent is { } intent && isFact(intent);
            return (isAsked && !asksForAFact) || IsAboutAttending(meaning.Intent) ? Unclear : NotSaid;
        }

        if (!isAsked && !IsAboutAttending(meaning.Intent))
        {
            return NotSaid;
        }

        return reply.Intent switch
        {
            AppointmentIntent.Confirm => IsContradicted(meaning) ? Unclear : Attends,
            AppointmentIntent.Decline => Declines,
            AppointmentIntent.Reschedule => OtherTime,
            AppointmentIntent.Conditional => Hedges,
            _ => WrongPerson,
        };
    }

    private static bool IsAboutAttending(string? intent) =>
        intent is Intents.ConfirmAttendance or Intents.DeclineAttendance or Intents.Reschedule or Intents.ConditionalAttendance or Intents.WrongPerson;

    /// <summary>The reader says yes and the classifier is all but certain that it is something else about attending.</summary>
    private static bool IsContradicted(Meaning meaning) =>
        meaning.Confidence >= ContradictionScore && IsAboutAttending(meaning.Intent) && meaning.Intent != Intents.ConfirmAttendance;
}
