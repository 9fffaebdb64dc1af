using ChatAgent.Text;
using NodaTime;

namespace ChatAgent.Nlu.Appointments;

/// <summary>Reads the answer to "will you attend?": intent, slots proposed instead, whether a person must see it, and why, by the label guide.</summary>
/// <remarks>
/// Rules that can be read (ReplyRules.es.txt, ReplyRules.en.txt) find cues; <see cref="RuleVerdict"/> reads them in the guide's order; a linear model over cues, words and letters, trained
/// on the owner's labelled replies, decides where rules alone would not. It abstains where a yes or a no would pass the risk that the owner chose, and where rules and model disagree
/// about one. Without a model the rules decide alone. Never throws on any text; a very long one is read from its beginning. Immutable and thread-safe.
/// </remarks>
public sealed class AppointmentReplyReader
{
    private readonly AppointmentReplyModel? _model;
    private readonly AppointmentReplyReaderOptions _options;

    /// <param name="model">The learned half, or null for the rules alone.</param>
    /// <param name="options">How careful to be.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option lies outside its range.</exception>
    public AppointmentReplyReader(AppointmentReplyModel? model = null, AppointmentReplyReaderOptions? options = null)
    {
        _model = model;
        _options = options ?? new AppointmentReplyReaderOptions();
        if (_options.Risk is < 0.001 or > 0.2)
        {
            throw new ArgumentOutOfRangeException(nameof(options), _options.Risk, "Risk is 0.001 to 0.2.");
        }
    }

    /// <summary>Reads one labelled row.</summary>
    public AppointmentReply Read(LabelledReply row) => Read(row.Text, row.SentAt, row.Appointment, row.Others, row.KnownFacts, row.Language);

    /// <summary>Reads one reply about one appointment.</summary>
    /// <param name="text">The body; quoted originals, signatures and disclaimers do not count where they are still in it.</param>
    /// <param name="sentAt">When it was sent; relative dates count from here, on the clocks of Santiago.</param>
    /// <param name="appointment">The appointment asked about.</param>
    /// <param name="others">Further appointments of the same patient.</param>
    /// <param name="facts">What the agent can answer by itself.</param>
    /// <param name="language">The language of the reply.</param>
    public AppointmentReply Read(string text, DateTimeOffset sentAt, AppointmentContext appointment, IReadOnlyList<AppointmentContext> others, KnownFacts facts, Language language)
    {
        var reading = ReplyReading.Of(text, sentAt, appointment, language);
        var verdict = RuleVerdict.Of(reading, others.Count > 0);
        var (intent, confidence, human, abstains) = _model is null ? ByRules(verdict) : ByModel(_model, reading, verdict, others.Count > 0);
        var topics = TopicsOf(reading, language, intent);
        human = WithFacts(human, topics, verdict, facts);
        human |= intent == AppointmentIntent.WrongPerson || reading.Cues.Any(static c => c.Cue is Cue.Emergency or Cue.Crisis);
        IReadOnlyList<ProposedSlot> proposed = intent == AppointmentIntent.Reschedule
            ? SlotProposer.Propose(reading, appointment.Start, Instant.FromDateTimeOffset(sentAt).InZone(DateTimeZoneProviders.Tzdb["America/Santiago"]).LocalDateTime)
            : [];
        return new AppointmentReply
        {
            Intent = intent,
            Confidence = confidence,
            Abstains = abstains,
            NeedsHuman = human,
            Proposed = proposed,
            Evidence = EvidenceOf(reading, verdict, text),
            Topics = topics,
        };
    }

    /// <summary>What the writer added: the body without the quoted original; signature and disclaimer stay.</summary>
    public static string WithoutQuote(string text) => WrittenPart.Of(text, keepSignature: true).Trim();

    private (AppointmentIntent Intent, double Confidence, bool Human, bool Abstains) ByRules(RuleVerdict verdict) =>
        (verdict.Intent, verdict.Certainty, verdict.NeedsHuman, verdict.Certainty < Math.Max(_options.LeastConfidence, 0.55));

    private (AppointmentIntent Intent, double Confidence, bool Human, bool Abstains) ByModel(AppointmentReplyModel model, ReplyReading reading, RuleVerdict verdict, bool hasOthers)
    {
        var (intent, confidence, person) = model.Read(reading, verdict, hasOthers);
        var least = intent is AppointmentIntent.Confirm or AppointmentIntent.Decline ? Math.Max(model.LeastOf(intent, _options.Risk), _options.LeastConfidence) : _options.LeastConfidence;
        // A yes is recorded only when the rules, read by themselves, say the same: two different eyes.
        var disagrees = intent == AppointmentIntent.Confirm && verdict.Intent != intent;
        if (intent == AppointmentIntent.AutoReply)
        {
            // A machine's words are full of what would matter in a person's ("urgencias", "licencia"); only a message that did not arrive needs one.
            return (intent, confidence, person >= 0.6 || reading.Cues.Any(static c => c.Cue == Cue.Undelivered), confidence < least);
        }

        return (intent, confidence, person >= model.PersonThreshold || (verdict.NeedsHuman && person >= 0.3 * model.PersonThreshold), confidence < least || disagrees);
    }

    /// <summary>Topics asked about: what is mentioned in sentences with a question mark, or anywhere in a reply that only asks.</summary>
    private static string[] TopicsOf(ReplyReading reading, Language language, AppointmentIntent intent)
    {
        var topics = new List<string>();
        foreach (var (topic, at) in ReplyRules.For(language).FindTopics(reading.Words.Tokens))
        {
            if ((intent == AppointmentIntent.Question || reading.Words.Questions[reading.Words.Sentences[at]]) && !topics.Contains(topic))
            {
                topics.Add(topic);
            }
        }

        return intent == AppointmentIntent.Question && topics.Count == 0 ? [FactTopics.Other] : [.. topics];
    }

    /// <summary>The model learned with the guide's facts; where the owner's facts differ from those, what is asked decides again.</summary>
    private static bool WithFacts(bool human, string[] topics, RuleVerdict verdict, KnownFacts facts)
    {
        if (facts.Topics.SetEquals(KnownFacts.Default.Topics) || topics.Length == 0)
        {
            return human;
        }

        if (topics.Any(t => t != FactTopics.Other && !facts.Topics.Contains(t)))
        {
            return true;
        }

        // All that is asked can be answered now; only another reason keeps the person.
        var nowKnown = topics.Any(static t => !KnownFacts.Default.Topics.Contains(t) && t != FactTopics.Other);
        return human && !(nowKnown && verdict.Deciding.All(static d => d.Cue.Cue is < Cue.Delay));
    }

    private static Evidence[] EvidenceOf(ReplyReading reading, RuleVerdict verdict, string text) =>
        [.. verdict.Deciding.Select(d => (Span: reading.SpanOf(d.Cue), d.Why)).Distinct().Select(d => new Evidence(d.Span, d.Span.In(text), d.Why))];
}
