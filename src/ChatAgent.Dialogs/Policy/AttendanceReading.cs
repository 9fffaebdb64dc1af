using ChatAgent.Nlu;
using ChatAgent.Nlu.Appointments;
using ChatAgent.Text;

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

    /// <summary>Score from which the intent classifier is all but certain: its disagreement is a contradiction, its agreement a second opinion. 0 to 1.</summary>
    private const double ContradictionScore = 0.9;

    /// <summary>Score from which an intent counts beside the best one, 0 to 1.</summary>
    private const double SecondaryScore = 0.4;

    /// <summary>Confidence from which a reading without certainty is a leaning, 0 to 1.</summary>
    private const double LeaningConfidence = 0.6;

    /// <summary>What the message says about attending; <see cref="NotSaid"/> when it says nothing of it.</summary>
    /// <param name="meaning">The message.</param>
    /// <param name="question">The act that asked about attending and waits, or null when that is not the open question. A bare "sí" counts only after one that it answers.</param>
    /// <param name="isFact">Whether an intent is a question that the facts answer.</param>
    public static string Read(Meaning meaning, string? question, Func<string, bool> isFact)
    {
        var isAsked = question is not null;
        if (meaning.Reply is not { } reply || reply.Intent is AppointmentIntent.Question or AppointmentIntent.Unrelated or AppointmentIntent.AutoReply)
        {
            return NotSaid;
        }

        if (reply.Abstains && isAsked && question != Acts.AskBackCondition && IsBare(meaning) && AgreesBare(reply.Intent, meaning.Intent))
        {
            return reply.Intent == AppointmentIntent.Confirm ? Attends : Declines;
        }

        if (reply.Abstains && !IsSecondedNo(meaning, reply))
        {
            var asksForAFact = meaning.Intent is { } intent && isFact(intent);
            return (isAsked && !asksForAFact) || IsAboutAttending(meaning.Intent) ? Unclear : NotSaid;
        }

        if (!isAsked && !IsAboutAttending(meaning.Intent))
        {
            return NotSaid;
        }

        if (reply.Intent == AppointmentIntent.Decline && meaning.Intent == Intents.StopMessages)
        {
            // "No me escriban más" is full of noes, and none of them is about the hour.
            return NotSaid;
        }

        return reply.Intent switch
        {
            AppointmentIntent.Conditional => Hedges,
            _ when IsContradicted(meaning, reply.Intent) => Unclear,
            // "Ok, entiendo. ¿Y cómo compro el bono?" gets the voucher, and is asked again.
            AppointmentIntent.Confirm when question == Acts.AskBackCondition && !IsSaidInFull(meaning) => meaning.Intent is { } asked && isFact(asked) ? NotSaid : Unclear,
            AppointmentIntent.Confirm => Attends,
            AppointmentIntent.Decline => Declines,
            AppointmentIntent.Reschedule => OtherTime,
            _ => WrongPerson,
        };
    }

    /// <summary>
    /// After a condition was asked back an "ok" answers nothing; "de todas maneras voy" does, also with a question behind it that the classifier takes for the
    /// matter of the message. So attending has to be among what it heard, before any other word on attending.
    /// </summary>
    private static bool IsSaidInFull(Meaning meaning) =>
        meaning.Intents.FirstOrDefault(intent => IsAboutAttending(intent.Intent)) is { Intent: Intents.ConfirmAttendance, Score: >= SecondaryScore };

    private static bool IsAboutAttending(string? intent) =>
        intent is Intents.ConfirmAttendance or Intents.DeclineAttendance or Intents.Reschedule or Intents.ConditionalAttendance or Intents.WrongPerson;

    /// <summary>"Sí", "ok ya", "no gracias": to the open question a bare word is an answer, however little there is in it for the reader to be sure by.</summary>
    private static bool IsBare(Meaning meaning) =>
        meaning.Confidence >= ContradictionScore && Tokenizer.Tokenize(meaning.Text).Count(token => token.Kind == TokenKind.Word) is > 0 and <= 3;

    private static bool AgreesBare(AppointmentIntent read, string? intent) =>
        (read, intent) is (AppointmentIntent.Confirm, Intents.Affirm) or (AppointmentIntent.Decline, Intents.Deny);

    /// <summary>
    /// The reader leans to a no or another time without being sure, and the classifier, which learned from other examples, is all but certain of the same. That is
    /// enough for what can be taken back; a yes has to be certain by itself.
    /// </summary>
    private static bool IsSecondedNo(Meaning meaning, AppointmentReply reply) =>
        meaning.Confidence >= ContradictionScore && reply.Confidence >= LeaningConfidence
        && (reply.Intent, meaning.Intent) is (AppointmentIntent.Decline, Intents.DeclineAttendance) or (AppointmentIntent.Reschedule, Intents.Reschedule);

    /// <summary>
    /// The reader of replies says one thing about attending and the classifier, all but certain, another. Neither is acted on: asking once more costs a line,
    /// a yes or a no that was not meant costs somebody an hour.
    /// </summary>
    private static bool IsContradicted(Meaning meaning, AppointmentIntent read) =>
        meaning.Confidence >= ContradictionScore && IsAboutAttending(meaning.Intent) && meaning.Intent != (read switch
        {
            AppointmentIntent.Confirm => Intents.ConfirmAttendance,
            AppointmentIntent.Decline => Intents.DeclineAttendance,
            AppointmentIntent.Reschedule => Intents.Reschedule,
            _ => Intents.WrongPerson,
        });
}
