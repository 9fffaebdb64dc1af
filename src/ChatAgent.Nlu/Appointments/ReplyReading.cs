using System.Collections.Frozen;
using ChatAgent.Nlu.Times;
using ChatAgent.Text;
using NodaTime;

namespace ChatAgent.Nlu.Appointments;

/// <summary>All that rules find in one reply; what the rules' verdict and the learned classifier look at.</summary>
internal sealed class ReplyReading
{
    /// <summary>Words that carry no stance of their own: articles, prepositions, forms of address, the appointment's own words.</summary>
    private static readonly FrozenSet<string> _small = ("el la los las lo un una unos unas de del al en con por para a y o e que es son mi mis su sus me le les se nos te yo usted ustedes ud uds ella "
        + "este esta ese esa eso esto ahi alla aqui aca muy mas ya tambien entonces pues po poh porfa favor porfavor senorita senor senora don dona mijita mijito doctor doctora doc dra dr hora horita cita control consulta "
        + "atencion asistencia dia fecha medico medica reserva agendada agendado programada estimada estimado estimados todo todos bien hasta manana desde centro clinica sesion saludos gracias alma soy "
        + "the an and or of to in at on for with my your his her it is am are be this that there here please sir madam doctor appointment time day i we he she you me us so as will from by").Split(' ').ToFrozenSet(StringComparer.Ordinal);

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
        var options = TimeParseOptions.At(sentAt, language: language) with { Anchor = appointment.Start };
        var times = TimeExpressionParser.Parse(written.Length > 4000 ? written[..4000] : written, options);
        return new ReplyReading(written, words, cues, times, Relate(times, appointment.Start, options.Reference));
    }

    /// <summary>Words that no cue, no expression of time and no small word explains: a yes among many of them is less sure.</summary>
    public int Unexplained
    {
        get
        {
            var explained = new bool[Words.Tokens.Length];
            foreach (var cue in Cues)
            {
                if (cue.Cue != Cue.Fragment)
                {
                    Array.Fill(explained, true, cue.From, cue.To - cue.From);
                }
            }

            var count = 0;
            for (var i = 0; i < explained.Length; i++)
            {
                var token = Words.Tokens[i];
                if (!explained[i] && token.IsWord && token.Folded.Length > 1 && !_small.Contains(token.Folded) && !Times.Any(t => t.Span.Overlaps(token.Span)))
                {
                    count++;
                }
            }

            return count;
        }
    }

    /// <summary>Whether a cue stands in a sentence with a question mark.</summary>
    public bool IsAsked(FoundCue cue) => Words.Questions[Words.Sentences[cue.From]];

    /// <summary>The stretch of the text that gave a cue.</summary>
    public TextSpan SpanOf(FoundCue cue)
    {
        var start = Words.Tokens[cue.From].Span.Start;
        return new TextSpan(start, Words.Tokens[cue.To - 1].Span.End - start);
    }

    private static SlotRelation Relate(IReadOnlyList<TimeExpression> times, LocalDateTime start, LocalDateTime sentAt)
    {
        var relation = SlotRelation.None;
        foreach (var time in times)
        {
            // What is past ("les dije ayer") and the very moment ("ahora") are no slots.
            if (time.Kind is TimeKind.Duration or TimeKind.Number or TimeKind.Recurrence || time.To < sentAt.Date || (time.From == sentAt.Date && time.Start == sentAt.TimeOfDay))
            {
                continue;
            }

            if (time.IsAnchored && time.Start is not null && (time.From is not null || time.End is not null))
            {
                relation |= SlotRelation.Differs;
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
