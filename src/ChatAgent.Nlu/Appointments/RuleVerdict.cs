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
        RuleVerdict Verdict(AppointmentIntent intent, double certainty, FoundCue? behind, string why, bool needsHuman)
        {
            if (behind is { } cue)
            {
                deciding.Insert(0, (cue, why));
            }

            return new RuleVerdict(intent, certainty, needsHuman, deciding);
        }

        var stance = Stance(reading, hasOtherAppointments);
        FoundCue? Has(params Cue[] some) => First(stance, some);
        var asks = reading.Words.Questions.Any(static q => q);
        var topic = First(cues, Cue.KnownTopic, Cue.UnknownTopic, Cue.HowToChange, Cue.WhoWrites);
        var names = reading.Slot.HasFlag(SlotRelation.Differs);

        // "Rechazado: Hora médica" is a calendar program's refusal, and no person's.
        if (First(cues, Cue.AutoReply, Cue.Undelivered) is { } automatic && First(stance.Where(c => c.From >= automatic.To || c.To <= automatic.From), Cue.Doubt, Cue.PutOff, Cue.NotAttend, Cue.Cancel) is null)
        {
            return Verdict(AppointmentIntent.AutoReply, 0.8, automatic, "no person wrote this", First(cues, Cue.Undelivered) is not null);
        }

        if (First(cues, Cue.WrongPerson) is { } wrong && First(cues, Cue.AnswersForPatient) is null && Has(Cue.Yes, Cue.Attend) is null)
        {
            return Verdict(AppointmentIntent.WrongPerson, 0.8, wrong, "not the patient", true);
        }

        if (Has(Cue.Sarcasm) is { } sarcasm)
        {
            return Verdict(AppointmentIntent.Conditional, 0.6, sarcasm, "sarcasm", true);
        }

        var yes = Has(Cue.Attend, Cue.KeepIt, Cue.Yes, Cue.ConfirmedElsewhere);
        var no = Has(Cue.NotAttend, Cue.Cancel, Cue.DoneElsewhere);
        if (First(cues, Cue.HowToChange) is { } how && yes is null && Has(Cue.NotAttend, Cue.Hedge, Cue.Doubt, Cue.No) is null)
        {
            return Verdict(AppointmentIntent.Question, 0.8, how, "asks how to change", human);
        }

        // What the writer asks for now comes before everything that is said about the old slot.
        var move = Has(Cue.Move);
        var wish = Has(Cue.Wish);
        var asksForSlot = move is not null || (wish is not null && (names || yes is null)) || (names && (no ?? Has(Cue.No)) is not null && (asks || yes is not null));
        if (asksForSlot && Has(Cue.LaterMyself) is null && First(cues, Cue.HowToChange) is null && !(Has(Cue.DoneElsewhere) is not null && wish is null))
        {
            return Verdict(AppointmentIntent.Reschedule, names ? 0.85 : 0.65, move ?? wish ?? no, "asks for another slot", human);
        }

        var open = Has(Cue.Condition, Cue.HedgedNo, Cue.Doubt, Cue.PutOff, Cue.Hedge);
        if (open is { } hangs && (no is null || hangs.Cue != Cue.Hedge))
        {
            return Verdict(AppointmentIntent.Conditional, 0.75, hangs, hangs.Cue == Cue.Condition ? "a condition" : hangs.Cue == Cue.PutOff ? "the answer is put off" : "hedged", human);
        }

        // "Cancelo mi hora, confirmo asistencia"; a "confirmo" that governs the cancelling ("confirmo que cancelo", "confirmo: anule") is a plain refusal.
        var confirms = Has(Cue.Yes) is { } said && reading.Words.Tokens[said.From].Folded.StartsWith("confirm", StringComparison.Ordinal) ? said : (FoundCue?)null;
        var contradicts = no is { Cue: Cue.Cancel } cancelled && confirms is { } confirmed && !SameClause(reading, confirmed, cancelled) && !(cancelled.From > confirmed.To && reading.Words.Tokens[confirmed.To].Folded is ":" or "que" or "that");
        if (no is { } denied && (Has(Cue.Attend, Cue.KeepIt) ?? (contradicts ? confirms : null)) is { } promised)
        {
            return Verdict(AppointmentIntent.Conditional, 0.4, promised, denied.From < promised.From ? "contradiction: a no, then a yes" : "contradiction: a yes, then a no", true);
        }

        if ((no ?? (yes is null ? Has(Cue.No) : null)) is { } refusal && !(reading.IsAsked(refusal) && refusal.Cue == Cue.Cancel && topic is not null))
        {
            return Verdict(AppointmentIntent.Decline, yes is null ? 0.85 : 0.6, refusal, refusal.Cue == Cue.DoneElsewhere ? "done some other way" : "will not attend", human);
        }

        if (yes is { } promise && !(reading.IsAsked(promise) && promise.Cue != Cue.Yes && topic is not null))
        {
            return names
                ? Verdict(AppointmentIntent.Reschedule, 0.4, promise, "a yes to another slot", human)
                : Verdict(AppointmentIntent.Confirm, Has(Cue.No) is null ? 0.85 : 0.55, promise, "will attend", human);
        }

        if (Has(Cue.LaterMyself) is { } later)
        {
            return Verdict(AppointmentIntent.Decline, 0.6, later, "will book again later", human);
        }

        if (names && First(cues, Cue.KnownTopic, Cue.HowToChange) is null && First(cues, Cue.Complaint, Cue.Delay, Cue.NewBusiness) is null && reading.Words.Tokens.Length < 30 && reading.Unexplained <= 2)
        {
            return Verdict(AppointmentIntent.Reschedule, 0.6, null, string.Empty, human);
        }

        // "Dirección porfa", "no me acuerdo con quién era" ask without a mark.
        var bare = topic?.Cue == Cue.KnownTopic && stance.Count == 0 && reading.Words.Tokens.Length < 12 && First(cues, Cue.Complaint, Cue.RecordError, Cue.ContactChange) is null;
        if (topic is { } asked && (asks || bare || First(cues, Cue.AskWord) is not null))
        {
            return Verdict(AppointmentIntent.Question, 0.75, asked, "only asks", human);
        }

        return asks
            ? Verdict(AppointmentIntent.Question, 0.5, null, string.Empty, true)
            : Verdict(AppointmentIntent.Unrelated, 0.5, null, string.Empty, human);
    }

    /// <summary>The stance cues that count: after the last correction when something stands there, and not what is said about data, delays or another appointment.</summary>
    private static List<FoundCue> Stance(ReplyReading reading, bool hasOtherAppointments)
    {
        var stance = reading.Cues.Where(static c => c.Cue is >= Cue.Yes and <= Cue.LaterMyself).ToList();
        foreach (var other in reading.Cues)
        {
            if (other.Cue is Cue.ContactChange or Cue.RecordError or Cue.StopWriting or Cue.CallMe or Cue.Crisis)
            {
                var takesRefusals = other.Cue is Cue.StopWriting or Cue.Crisis;
                stance.RemoveAll(c => c.From < other.To && other.From < c.To && (takesRefusals || c.Cue is not (Cue.Cancel or Cue.NotAttend)));
            }

            if (other.Cue == Cue.OtherAppointment && hasOtherAppointments)
            {
                stance.RemoveAll(c => SameClause(reading, c, other));
            }
        }

        var correction = stance.FindLastIndex(static c => c.Cue == Cue.Correction);
        if (correction >= 0 && stance.Skip(correction + 1).Any(static c => c.Cue is <= Cue.PutOff and not Cue.Correction))
        {
            stance.RemoveRange(0, correction + 1);
        }

        return stance;
    }

    /// <summary>Whether nothing that parts clauses (a stop, a comma, "pero", "y") stands between two cues.</summary>
    private static bool SameClause(ReplyReading reading, FoundCue a, FoundCue b)
    {
        if (reading.Words.Sentences[a.From] != reading.Words.Sentences[b.From])
        {
            return false;
        }

        var (from, to) = a.From < b.From ? (a.To, b.From) : (b.To, a.From);
        for (var i = from; i < to; i++)
        {
            if (reading.Words.Tokens[i].Folded is "," or ";" or ":" or "pero" or "y" or "but" or "and" or "-")
            {
                return false;
            }
        }

        return true;
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

    private static FoundCue? First(IEnumerable<FoundCue> cues, params Cue[] some)
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
