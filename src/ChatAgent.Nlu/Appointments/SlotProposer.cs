using ChatAgent.Nlu.Times;
using NodaTime;

namespace ChatAgent.Nlu.Appointments;

/// <summary>The slots that a writer asks for instead, from the expressions of time in a reply.</summary>
internal static class SlotProposer
{
    /// <summary>Slots in the writer's order; what is ruled out, past, or the appointment's own slot is not among them.</summary>
    public static IReadOnlyList<ProposedSlot> Propose(ReplyReading reading, LocalDateTime appointment, LocalDateTime sentAt)
    {
        if (reading.Cues.Any(static c => c.Cue is Cue.OtherBranch))
        {
            return [];
        }

        var wanted = new List<Part>();
        var ruledOut = new HashSet<LocalDate>();
        foreach (var time in reading.Times)
        {
            if (time.Kind is TimeKind.Number or TimeKind.Recurrence)
            {
                continue;
            }

            if (IsRuledOut(reading, time))
            {
                if (time is { From: { } day, Start: null } && time.To == day)
                {
                    ruledOut.Add(day);
                }

                continue;
            }

            if (time.Kind == TimeKind.Duration)
            {
                if (Shift(reading, time, appointment) is { } moved)
                {
                    wanted.Add(moved);
                }

                continue;
            }

            if (time.To is { } last && last < sentAt.Date)
            {
                continue;
            }

            wanted.Add(new Part(time.From, time.To, time.Start, time.End, time, time.Span.Start, time.Span.End));
        }

        // "más temprano, a las 9": the hour says what "earlier" means.
        if (wanted.Exists(static p => p is { Start: not null, End: null }) || wanted.Exists(static p => p.Start is not null && !p.Source.IsAnchored))
        {
            wanted.RemoveAll(static p => p.Source.IsAnchored && p is { Start: not null, End: not null });
        }

        Join(reading, wanted);
        Trim(wanted, ruledOut);
        var anyDay = IsOtherDay(reading);
        var slots = new List<ProposedSlot>();
        foreach (var part in wanted)
        {
            if (part.Slot(appointment.Date, anyDay) is { } slot && !IsAppointment(slot, appointment) && !slots.Contains(slot))
            {
                slots.Add(slot);
            }
        }

        return slots;
    }

    /// <summary>Joins what belongs together: a day and its hour, days that share an hour, hours that share a day, weekdays of a named week.</summary>
    private static void Join(ReplyReading reading, List<Part> parts)
    {
        // "la próxima semana, jueves o viernes": the weekdays of that week, and the week itself goes.
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i] is { IsRange: true, Start: null } week && week.From is { } from && week.To is { } to && Period.DaysBetween(from, to) == 6)
            {
                var inside = false;
                for (var j = 0; j < parts.Count; j++)
                {
                    if (j != i && parts[j] is { IsRange: false, From: { } day } && !parts[j].Source.Text.Any(char.IsAsciiDigit) | (day >= from && day <= to))
                    {
                        while (day < from && parts[j].IsBareWeekday)
                        {
                            day = day.PlusWeeks(1);
                        }

                        if (day >= from && day <= to)
                        {
                            parts[j] = parts[j] with { From = day, To = day };
                            inside = true;
                        }
                    }
                }

                if (inside)
                {
                    parts.RemoveAt(i--);
                }
            }
        }

        for (var i = 0; i + 1 < parts.Count; i++)
        {
            var (a, b) = (parts[i], parts[i + 1]);
            if (b is { From: { } since, To: null, Start: null } && (a is { From: not null, To: null, Start: null } || IsMonth(a)))
            {
                // "para agosto, desde el 3"; "después del 20, o sea desde el lunes 21".
                var day = IsMonth(a) && since < a.From ? a.From!.Value.PlusDays(since.Day - 1) : since;
                parts[i + 1] = b with { From = day };
                parts.RemoveAt(i--);
            }
            else if (a is { IsRange: false, From: { } first } && b is { IsRange: false, From: { } second } && b.IsBareWeekday && second < first && NamesWeek(a) && Gap(reading, a, b) is Link.Or)
            {
                // "el lunes de la próxima semana o el miércoles": the same week.
                var moved = first.PlusDays((int)second.DayOfWeek - (int)first.DayOfWeek);
                parts[i + 1] = b with { From = moved, To = moved };
            }
        }

        // A day that waits for its hour: "el jueves ... a las 4"; "martes o jueves en la tarde".
        for (var i = 0; i + 1 < parts.Count; i++)
        {
            var (a, b) = (parts[i], parts[i + 1]);
            var gap = Gap(reading, a, b);
            if (a is { IsRange: false, From: not null, Start: null } && b is { From: null, Start: not null } && gap is not Link.Far)
            {
                parts[i] = a with { Start = b.Start, End = b.End, Until = b.Until };
                parts.RemoveAt(i + 1);
                i = Math.Max(-1, i - 2);
            }
            else if (a is { From: null, Start: not null } && b is { IsRange: false, From: not null, Start: null } && gap is Link.Near)
            {
                parts[i] = b with { Start = a.Start, End = a.End, At = a.At };
                parts.RemoveAt(i + 1);
            }
            else if (a is { IsRange: false, From: not null, Start: null } && b is { IsRange: false, From: not null, Start: not null } && gap is Link.Or)
            {
                parts[i] = a with { Start = b.Start, End = b.End };
                i = Math.Max(-1, i - 2);
            }
            else if (a is { IsRange: false, From: not null, Start: not null } && b is { From: null, Start: not null } && gap is not Link.Far)
            {
                // "en la tarde, tipo 5" says it more closely; "a las 4 o a las 5" offers both.
                parts[i + 1] = b with { From = a.From, To = a.To };
                if (a.End is not null && !HasOr(reading, a, b))
                {
                    parts.RemoveAt(i--);
                }
            }
            else if (a is { IsRange: true, Start: null } && b is { From: null, Start: not null } && gap is not Link.Far)
            {
                // The notation has no window over several days: the range stands.
                parts.RemoveAt(i + 1);
                i--;
            }
        }
    }

    /// <summary>"La próxima semana, pero no el lunes": a ruled-out day at the edge of a range shortens it.</summary>
    private static void Trim(List<Part> parts, HashSet<LocalDate> ruledOut)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i] is { IsRange: true, From: { } from, To: { } to })
            {
                // A bare weekday is read as the first one to come; inside a later week the same weekday is meant.
                bool IsOut(LocalDate day) => ruledOut.Any(o => o == day || (o < from && o.DayOfWeek == day.DayOfWeek));
                while (from < to && IsOut(from))
                {
                    from = from.PlusDays(1);
                }

                while (to > from && IsOut(to))
                {
                    to = to.PlusDays(-1);
                }

                parts[i] = parts[i] with { From = from, To = to };
            }
        }
    }

    private static bool IsMonth(Part part) => part is { From: { } from, To: { } to, Start: null } && from.Day == 1 && to == from.With(DateAdjusters.EndOfMonth);

    private static bool NamesWeek(Part part) => part.Source.Text.Contains("semana", StringComparison.OrdinalIgnoreCase) || part.Source.Text.Contains("week", StringComparison.OrdinalIgnoreCase);

    private static bool HasOr(ReplyReading reading, Part a, Part b) =>
        b.At > a.Until && reading.Written[a.Until..b.At].ToLowerInvariant().Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Any(static w => w is "o" or "u" or "or" or "y" or "and");

    private enum Link
    {
        /// <summary>Nothing or a comma between them.</summary>
        Near,

        /// <summary>"o", "y", "or": alternatives.</summary>
        Or,

        /// <summary>A few words in the same sentence.</summary>
        SameSentence,

        /// <summary>Another sentence.</summary>
        Far,
    }

    private static Link Gap(ReplyReading reading, Part a, Part b)
    {
        var from = a.Until;
        var to = b.At;
        if (to < from)
        {
            return Link.Near;
        }

        var between = reading.Written[from..to];
        if (between.AsSpan().IndexOfAny('.', '?', '\n') >= 0)
        {
            return Link.Far;
        }

        var words = between.ToLowerInvariant().Split([' ', ',', ';'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
        {
            return between.Contains(',', StringComparison.Ordinal) ? Link.Or : Link.Near;
        }

        return words.Any(static w => w is "o" or "u" or "y" or "or" or "and" or "ó") && words.Length <= 4 ? Link.Or : words.Length <= 6 ? Link.SameSentence : Link.Far;
    }

    private static bool IsAppointment(ProposedSlot slot, LocalDateTime appointment) =>
        slot.From == appointment.Date && slot.To == appointment.Date && slot.End is null && (slot.Start is null || slot.Start == appointment.TimeOfDay);

    /// <summary>Whether another day is asked for without saying which: then an hour belongs to no particular day.</summary>
    private static bool IsOtherDay(ReplyReading reading)
    {
        var tokens = reading.Words.Tokens;
        for (var i = 0; i + 1 < tokens.Length; i++)
        {
            if ((tokens[i].Folded, tokens[i + 1].Folded) is ("otro" or "cualquier" or "otros" or "igual", "dia" or "dias" or "el") or ("otra" or "cualquier" or "otras", "fecha" or "fechas" or "semana") or ("another" or "different" or "any" or "other", "day" or "date" or "days"))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>"atrasarla una hora", "adelantar media hora", "push it back an hour": a length counts from the appointment when the sentence moves it.</summary>
    private static Part? Shift(ReplyReading reading, TimeExpression time, LocalDateTime appointment)
    {
        var sentence = SentenceOf(reading, time);
        var sign = 0;
        for (var i = 0; i < reading.Words.Tokens.Length; i++)
        {
            if (reading.Words.Sentences[i] != sentence)
            {
                continue;
            }

            var word = reading.Words.Tokens[i].Folded;
            if (word.StartsWith("adelant", StringComparison.Ordinal) || word is "antes" or "earlier" or "forward" or "sooner")
            {
                sign = -1;
            }
            else if (sign == 0 && (word.StartsWith("atras", StringComparison.Ordinal) && !word.StartsWith("atrasad", StringComparison.Ordinal)
                || word.StartsWith("corr", StringComparison.Ordinal) || word.StartsWith("posterg", StringComparison.Ordinal) || word.StartsWith("aplaz", StringComparison.Ordinal) || word.StartsWith("retras", StringComparison.Ordinal) || word is "push" or "mover" or "moverla" or "postpone" or "delay"))
            {
                sign = 1;
            }
        }

        if (sign == 0 || time.Length is not { } length || !reading.Cues.Any(static c => c.Cue is Cue.Move or Cue.Wish))
        {
            return null;
        }

        var moved = sign > 0 ? appointment.Plus(length) : appointment.Minus(length);
        return length.HasTimeComponent
            ? new Part(moved.Date, moved.Date, moved.TimeOfDay, null, time, time.Span.Start, time.Span.End)
            : new Part(moved.Date, moved.Date, null, null, time, time.Span.Start, time.Span.End);
    }

    private static int SentenceOf(ReplyReading reading, TimeExpression time)
    {
        var tokens = reading.Words.Tokens;
        for (var i = 0; i < tokens.Length; i++)
        {
            if (tokens[i].Span.End > time.Span.Start)
            {
                return reading.Words.Sentences[i];
            }
        }

        return -1;
    }

    /// <summary>Whether the words right before an expression take it away: "no puedo el martes", "menos el lunes", "no el 5", "porque a las 3".</summary>
    private static bool IsRuledOut(ReplyReading reading, TimeExpression time)
    {
        var tokens = reading.Words.Tokens;
        var end = Array.FindIndex(tokens, t => t.Span.End > time.Span.Start);
        if (end < 0)
        {
            return false;
        }

        var after = end;
        while (after < tokens.Length && tokens[after].Span.Start < time.Span.End)
        {
            after++;
        }

        // Forwards: "el martes no puedo", "lunes y martes no".
        for (var i = after; i < Math.Min(after + 5, tokens.Length) && reading.Words.Sentences[i] == reading.Words.Sentences[end]; i++)
        {
            if (tokens[i].Folded is "no" or "imposible" or "tampoco" or "not" or "can't" && !(i + 1 < tokens.Length && tokens[i + 1].Folded is "mas" or "se" or "hay" && i + 1 == tokens.Length))
            {
                return i == after || tokens[after].Folded is "y" or "ni" or "yo" or "and" or "o" or "obvio" or "claro" or "me" or "i" or "is" or "does" or "do" or "le" or "ella" or "el" or "en" or "a";
            }

            if (tokens[i].Folded is "obvio" or "que" or "claro")
            {
                continue;
            }

            if (tokens[i].Folded is "," or "." or "?" or "pero" or "but" or "si" or "mejor" or "prefiero")
            {
                break;
            }
        }

        // "En la mañana va al colegio", "a las 4 tengo reunión" give a reason.
        if (after < tokens.Length && reading.Words.Sentences[after] == reading.Words.Sentences[end] && tokens[after].Folded is "va" or "tengo" or "tiene" or "trabajo" or "trabaja" or "entro" or "entra" or "salgo" or "estoy")
        {
            return true;
        }

        // Backwards, to the beginning of the clause.
        for (var i = end - 1; i >= 0 && reading.Words.Sentences[i] == reading.Words.Sentences[end]; i--)
        {
            var word = tokens[i].Folded;
            if (word is "," or ";" or ":" or "pero" or "but" or "mejor" or "prefiero" or "sino" or "puede" or "podria" or "cambie" or "cambiar" or "para" or "si" or "hasta" or "que" or "can" or "could" or "rather" or "instead" or "prefer" or "asi")
            {
                return false;
            }

            // "¿No tendrá el viernes?" asks for the Friday.
            if (word == "no" && i + 1 < tokens.Length && tokens[i + 1].Folded is "tendra" or "tendran" or "tiene" or "tienen" or "hay" or "habra" or "habria" or "podria" or "sera" or "seria" or "puede" or "pueden" && reading.Words.Questions[reading.Words.Sentences[i]])
            {
                return false;
            }

            if (word is "sale" or "salen" or "entran" or "empieza" or "empiezan" or "terminan" or "termina" or "termino" or "entra" or "regresa" or "regreso" or "viaja" or "vuelvo" or "finish" or "finishes" or "leave" or "start" or "starts" or "until")
            {
                return true;
            }

            if (word is "no" or "menos" or "excepto" or "salvo" or "ni" or "porque" or "pues" or "not" or "except" or "because" or "nunca" or "tengo" or "salgo" or "entro" or "trabajo" or "tampoco" or "imposible" or "estoy" or "viajo" or "since" or "work" or "debo" or "estare" or "instead of" or "than" or "vez")
            {
                return true;
            }
        }

        return false;
    }

    private sealed record Part(LocalDate? From, LocalDate? To, LocalTime? Start, LocalTime? End, TimeExpression Source, int At, int Until)
    {
        public bool IsRange => From is not null && From != To;

        public bool IsBareWeekday => Source.Kind is TimeKind.Date or TimeKind.Instant or TimeKind.Period && !Source.Text.AsSpan().ContainsAnyInRange('0', '9') | Source.Start is not null;

        public ProposedSlot? Slot(LocalDate appointmentDay, bool anyDay) => (From, To, Start, End) switch
        {
            (null, _, { } start, { } end) => anyDay ? ProposedSlot.AnyDayWindow(start, end) : ProposedSlot.Window(appointmentDay, start, end),
            (null, _, { } start, null) => ProposedSlot.At(appointmentDay, start),
            ({ } day, { } last, { } start, { } end) when day == last => ProposedSlot.Window(day, start, end),
            ({ } day, { } last, { } start, null) when day == last => ProposedSlot.At(day, start),
            ({ } day, { } last, _, _) => day == last ? ProposedSlot.Day(day) : ProposedSlot.Days(day, last),
            ({ } day, null, _, _) => ProposedSlot.FromDayOn(day),
            _ => null,
        };
    }
}
