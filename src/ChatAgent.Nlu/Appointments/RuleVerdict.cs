namespace ChatAgent.Nlu.Appointments;

/// <summary>What the rules alone make of a reply, with the cues that decided.</summary>
/// <param name="Intent">The reading.</param>
/// <param name="Certainty">0 to 1; below 0.5 the rules found too little or too much.</param>
/// <param name="NeedsHuman">Whether a person must see it, by the rules.</param>
/// <param name="Deciding">The cues behind the intent and behind the need of a person, with their reasons.</param>
internal sealed record RuleVerdict(AppointmentIntent Intent, double Certainty, bool NeedsHuman, IReadOnlyList<(FoundCue Cue, string Why)> Deciding)
{
    private static readonly Dictionary<Cue, string> _reasons = new()
    {
        [Cue.Delay] = "announces a delay",
        [Cue.ContactChange] = "contact data changes",
        [Cue.RecordError] = "the record must be put right",
        [Cue.Accessibility] = "accessibility",
        [Cue.Clinical] = "clinical matter",
        [Cue.Emergency] = "symptoms of an emergency",
        [Cue.Crisis] = "crisis",
        [Cue.OtherProfessional] = "another professional",
        [Cue.OtherBranch] = "another branch",
        [Cue.OtherMode] = "another mode",
        [Cue.OtherPatient] = "another patient",
        [Cue.OtherAppointment] = "another appointment",
        [Cue.Complaint] = "complaint",
        [Cue.StopWriting] = "stop writing or delete data",
        [Cue.NewBusiness] = "new business",
        [Cue.Attachment] = "attachment to read",
        [Cue.CallMe] = "asks to be called",
        [Cue.WhoWrites] = "asks who writes",
        [Cue.UnknownTopic] = "asks what the facts do not hold",
        [Cue.DoneElsewhere] = "done some other way, to be checked",
        [Cue.Undelivered] = "not delivered",
    };

    /// <summary>Reads the cues in the order in which the label guide tries the intents.</summary>
    public static RuleVerdict Of(ReplyReading reading, bool hasOtherAppointments)
    {
        var cues = reading.Cues;
        var deciding = new List<(FoundCue, string)>();
        var human = NeedOfPerson(reading, hasOtherAppointments, deciding);

        if (First(cues, Cue.AutoReply, Cue.Undelivered) is { } automatic && !cues.Any(static c => c.Cue is Cue.Cancel or Cue.NotAttend && false))
        {
            deciding.Add((automatic, "no person wrote this"));
            return new RuleVerdict(AppointmentIntent.AutoReply, 0.8, cues.Any(static c => c.Cue == Cue.Undelivered), deciding);
        }

        if (First(cues, Cue.WrongPerson) is { } wrong && First(cues, Cue.AnswersForPatient) is null)
        {
            deciding.Add((wrong, "not the patient"));
            return new RuleVerdict(AppointmentIntent.WrongPerson, 0.8, true, deciding);
        }

        var stance = Stance(reading);
        var has = stance.Select(static c => c.Cue).ToHashSet();
        bool Any(params Cue[] some) => some.Any(has.Contains);
        FoundCue Of(params Cue[] some) => stance.First(c => some.Contains(c.Cue));
        RuleVerdict Verdict(AppointmentIntent intent, double certainty, string why, params Cue[] behind)
        {
            deciding.Insert(0, (Of(behind), why));
            return new RuleVerdict(intent, certainty, human, deciding);
        }

        var names = reading.Times.Any(static t => t.From is not null || t.Start is not null);
        if (Any(Cue.Sarcasm))
        {
            human = true;
            return Verdict(AppointmentIntent.Conditional, 0.6, "sarcasm", Cue.Sarcasm);
        }

        if (First(cues, Cue.HowToChange) is { } how && !Any(Cue.Yes, Cue.Attend, Cue.NotAttend, Cue.Wish))
        {
            deciding.Insert(0, (how, "asks how to change"));
            return new RuleVerdict(AppointmentIntent.Question, 0.8, human, deciding);
        }

        var moves = Any(Cue.Move) || (Any(Cue.Wish) && names) || (Any(Cue.Wish) && !Any(Cue.Yes, Cue.Attend));
        if (moves && !Any(Cue.LaterMyself) && !(Any(Cue.KeepIt) && !Any(Cue.Wish)))
        {
            return Verdict(AppointmentIntent.Reschedule, names ? 0.85 : 0.7, "asks for another slot", Cue.Move, Cue.Wish);
        }

        if (Any(Cue.HedgedNo, Cue.Condition, Cue.Hedge, Cue.Doubt, Cue.PutOff) && !(Any(Cue.NotAttend, Cue.Cancel) && !Any(Cue.Condition, Cue.Doubt, Cue.PutOff, Cue.HedgedNo)))
        {
            return Verdict(AppointmentIntent.Conditional, 0.75, "hangs on something, hedged or put off", Cue.Condition, Cue.HedgedNo, Cue.Hedge, Cue.Doubt, Cue.PutOff);
        }

        var denies = Any(Cue.NotAttend, Cue.Cancel, Cue.DoneElsewhere) || (Any(Cue.No) && !Any(Cue.Yes, Cue.Attend, Cue.KeepIt));
        if (denies && Any(Cue.Attend, Cue.KeepIt) && !Any(Cue.No))
        {
            human = true;
            return Verdict(AppointmentIntent.Conditional, 0.4, "contradiction", Cue.Attend, Cue.KeepIt);
        }

        if (denies)
        {
            return Verdict(AppointmentIntent.Decline, Any(Cue.Yes) ? 0.6 : 0.85, "will not attend", Cue.NotAttend, Cue.Cancel, Cue.DoneElsewhere, Cue.No);
        }

        if (Any(Cue.Yes, Cue.Attend, Cue.KeepIt, Cue.ConfirmedElsewhere))
        {
            return reading.Slot.HasFlag(SlotRelation.Differs)
                ? Verdict(AppointmentIntent.Reschedule, 0.4, "a yes to another slot", Cue.Yes, Cue.Attend, Cue.KeepIt, Cue.ConfirmedElsewhere)
                : Verdict(AppointmentIntent.Confirm, Any(Cue.LaterMyself) ? 0.5 : 0.85, "will attend", Cue.Attend, Cue.KeepIt, Cue.Yes, Cue.ConfirmedElsewhere);
        }

        if (Any(Cue.LaterMyself))
        {
            return Verdict(AppointmentIntent.Decline, 0.6, "will book again later", Cue.LaterMyself);
        }

        var asks = First(cues, Cue.KnownTopic, Cue.UnknownTopic, Cue.HowToChange, Cue.WhoWrites) is { } topic && (reading.Words.Questions.Any(static q => q) || First(cues, Cue.AskWord) is not null) ? topic : (FoundCue?)null;
        if (asks is { } asked)
        {
            deciding.Insert(0, (asked, "only asks"));
            return new RuleVerdict(AppointmentIntent.Question, 0.75, human, deciding);
        }

        if (names && reading.Slot.HasFlag(SlotRelation.Differs))
        {
            return new RuleVerdict(AppointmentIntent.Reschedule, 0.6, human, deciding);
        }

        return reading.Words.Questions.Any(static q => q)
            ? new RuleVerdict(AppointmentIntent.Question, 0.5, true, deciding)
            : new RuleVerdict(AppointmentIntent.Unrelated, 0.5, human, deciding);
    }

    /// <summary>The stance cues that count: after the last correction when something stands there, and without yes and no inside questions.</summary>
    private static List<FoundCue> Stance(ReplyReading reading)
    {
        var stance = reading.Cues.Where(static c => c.Cue is >= Cue.Yes and <= Cue.YesToOther).ToList();
        var correction = stance.FindLastIndex(static c => c.Cue == Cue.Correction);
        if (correction > 0 && stance.Skip(correction + 1).Any(static c => c.Cue is <= Cue.PutOff and not Cue.Correction))
        {
            stance.RemoveRange(0, correction + 1);
        }

        // In a question only a wish, a move or a condition says something: "¿voy mañana?" is no yes.
        stance.RemoveAll(c => reading.IsAsked(c) && c.Cue is Cue.Attend or Cue.Cancel or Cue.Doubt && reading.IsAsked(c) && !stance.Exists(o => o.Cue is Cue.Yes && !reading.IsAsked(o)) && c.Cue == Cue.Attend);
        return stance;
    }

    private static bool NeedOfPerson(ReplyReading reading, bool hasOtherAppointments, List<(FoundCue, string)> deciding)
    {
        var needs = false;
        foreach (var cue in reading.Cues)
        {
            var counts = cue.Cue switch
            {
                Cue.UnknownTopic => reading.IsAsked(cue),
                Cue.OtherAppointment => hasOtherAppointments,
                _ => _reasons.ContainsKey(cue.Cue),
            };
            if (counts)
            {
                needs = true;
                deciding.Add((cue, _reasons[cue.Cue]));
            }
        }

        return needs;
    }

    private static FoundCue? First(IReadOnlyList<FoundCue> cues, params Cue[] some)
    {
        foreach (var cue in cues)
        {
            if (some.Contains(cue.Cue))
            {
                return cue;
            }
        }

        return null;
    }
}
