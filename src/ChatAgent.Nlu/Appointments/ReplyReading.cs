using ChatAgent.Nlu.Times;
using ChatAgent.Text;
using NodaTime;

namespace ChatAgent.Nlu.Appointments;

/// <summary>All that rules find in one reply; what the rules' verdict and the learned classifier look at.</summary>
internal sealed class ReplyReading
{
    private ReplyReading(string written, ReplyWords words, IReadOnlyList<FoundCue> cues, IReadOnlyList<TimeExpression> times, SlotRelation slot)
    {
        Written = written;
        Words = words;
        Cues = cues;
        Times = times;
        Slot = slot;
    }

    /// <summary>The text with all blanked that the writer did not write.</summary>
    public string Written { get; }

    public ReplyWords Words { get; }

    /// <summary>Cues, family after family, each in the order of the text.</summary>
    public IReadOnlyList<FoundCue> Cues { get; }

    public IReadOnlyList<TimeExpression> Times { get; }

    /// <summary>How the days and hours that are named stand to the appointment.</summary>
    public SlotRelation Slot { get; }

    public static ReplyReading Of(string text, DateTimeOffset sentAt, AppointmentContext appointment, Language language)
    {
        var written = WrittenPart.Of(text);
        var words = ReplyWords.Read(written, language);
        var cues = ReplyRules.For(language).Find(words.Tokens);
        var times = TimeExpressionParser.Parse(
            written.Length > 4000 ? written[..4000] : written,
            TimeParseOptions.At(sentAt, language: language) with { Anchor = appointment.Start });
        return new ReplyReading(written, words, cues, times, Relate(times, appointment.Start));
    }

    /// <summary>Whether a cue stands in a sentence with a question mark.</summary>
    public bool IsAsked(FoundCue cue) => Words.Questions[Words.Sentences[cue.From]];

    /// <summary>The stretch of the text that gave a cue.</summary>
    public TextSpan SpanOf(FoundCue cue)
    {
        var start = Words.Tokens[cue.From].Span.Start;
        return new TextSpan(start, Words.Tokens[cue.To - 1].Span.End - start);
    }

    private static SlotRelation Relate(IReadOnlyList<TimeExpression> times, LocalDateTime start)
    {
        var relation = SlotRelation.None;
        foreach (var time in times)
        {
            if (time.Kind is TimeKind.Duration or TimeKind.Number or TimeKind.Recurrence || time.IsAnchored)
            {
                continue;
            }

            var dayAgrees = time.From is null || (time.From <= start.Date && (time.To ?? start.Date) >= start.Date);
            var hourAgrees = time.Start is null || time.Start == start.TimeOfDay || (time.End is { } end && time.Start <= start.TimeOfDay && end > start.TimeOfDay);

            // "las 8:15" of an evening appointment at 20:15 is the same hour said on a twelve-hour clock.
            hourAgrees |= time is { Start: { } said, End: null } && said.Minute == start.Minute && said.Hour % 12 == start.Hour % 12;
            relation |= dayAgrees && hourAgrees ? SlotRelation.Agrees : SlotRelation.Differs;
        }

        return relation;
    }
}

/// <summary>How what is named stands to the appointment's slot.</summary>
[Flags]
internal enum SlotRelation
{
    None = 0,
    Agrees = 1,
    Differs = 2,
}
