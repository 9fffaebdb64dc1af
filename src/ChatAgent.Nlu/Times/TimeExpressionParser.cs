using ChatAgent.Text;

namespace ChatAgent.Nlu.Times;

/// <summary>Finds dates, hours, periods, durations, recurrences and numbers in Spanish and English and reads them as Chile does.</summary>
/// <remarks>
/// The text is cut into folded tokens (<see cref="TimeLexer"/>), a grammar of short rules for each language says what stands where (<see cref="SpanishTimeGrammar"/>,
/// <see cref="EnglishTimeGrammar"/>), neighbours are joined ("el jueves" + "en la tarde" + "tipo 4") and <see cref="ChileanReading"/> holds the result against the calendar. Thread-safe; never throws on
/// any text; time is linear in the length.
/// </remarks>
public static class TimeExpressionParser
{
    private static readonly Lazy<Compiled> _spanish = new(static () => new Compiled(SpanishTimeGrammar.Create()));
    private static readonly Lazy<Compiled> _english = new(static () => new Compiled(EnglishTimeGrammar.Create()));

    /// <summary>The expressions of a text in their order; they never overlap.</summary>
    /// <param name="text">As typed; spans count in it.</param>
    /// <param name="options">When it was written, which appointment it speaks of, in which language.</param>
    public static IReadOnlyList<TimeExpression> Parse(string text, TimeParseOptions options)
    {
        var tokens = TimeLexer.Lex(text);
        var grammar = (options.Language == Language.English ? _english : _spanish).Value;
        var reading = grammar.Rules.Read(tokens);
        var resolver = new ChileanReading(options);
        var found = new List<TimeExpression>();
        for (var at = 0; at < tokens.Length;)
        {
            var (end, form) = grammar.Longest(reading, at, options.Numbers);
            if (form is not null && resolver.Resolve(form) is { } expression)
            {
                var start = Compiled.SkipArticle(tokens, at, end);
                var span = new TextSpan(tokens[start].Span.Start, tokens[end - 1].Span.End - tokens[start].Span.Start);
                found.Add(expression with { Span = span, Text = span.In(text) });
                at = end;
            }
            else
            {
                at++;
            }
        }

        return found;
    }

    private sealed class Compiled(RuleGrammar rules)
    {
        private readonly int _day = rules.Id("day");
        private readonly int _part = rules.Id("part");
        private readonly int _clock = rules.Id("clock");
        private readonly int _whole = rules.Id("whole");
        private readonly int _joint = rules.Id("joint");
        private readonly int _number = rules.Id("number");

        public RuleGrammar Rules => rules;

        /// <summary>The longest expression that begins at a token; (-1, null) when none does.</summary>
        public (int End, TimeForm? Form) Longest(RuleGrammar.Reading reading, int at, bool numbers)
        {
            var (end, form) = Element(reading, at, new TimeForm());
            var wholeEnd = reading.Match(_whole, at, out var whole);
            if (wholeEnd > end)
            {
                return (wholeEnd, (TimeForm)whole!);
            }

            if (form is null)
            {
                return numbers && reading.Match(_number, at, out var number) is > 0 and var numberEnd ? (numberEnd, new TimeForm(Number: (long)number!)) : (-1, null);
            }

            while (true)
            {
                var (next, joined) = Element(reading, end, form);
                for (var gap = end; joined is null && gap < reading.Tokens.Length && reading.Match(_joint, gap, out _) is > 0 and var after;)
                {
                    (next, joined) = Element(reading, after, form);
                    gap = reading.Tokens.Length;
                }

                if (joined is null)
                {
                    return (end, form);
                }

                (end, form) = (next, joined);
            }
        }

        /// <summary>An expression's span begins with its content: leading prepositions and articles are grammar, not time.</summary>
        public static int SkipArticle(RuleToken[] tokens, int at, int end)
        {
            var start = at;
            while (start < end - 1 && (tokens[start].Folded is "," or "/" or "para" or "pa" or "pal" or "el" or "del" or "de" or "d" or "la" or "las" or "los" or "the" or "on" or "at" or "for" or "of"
                || (tokens[start].Folded is "a" or "en" or "por" or "in" && tokens[start + 1].Folded is "la" or "las" or "el" or "the" && tokens[start + 2].Folded is not "misma" and not "mismo")))
            {
                start++;
            }

            return start;
        }

        /// <summary>Adds the longest day, part or clock that begins at a token and whose place in the form is still free.</summary>
        private (int End, TimeForm? Form) Element(RuleGrammar.Reading reading, int at, TimeForm form)
        {
            (int End, TimeForm? Form) best = (-1, null);
            if (at >= reading.Tokens.Length)
            {
                return best;
            }

            if (form.Day is null && reading.Match(_day, at, out var day) is > 0 and var dayEnd)
            {
                best = (dayEnd, form with { Day = (DayForm)day! });
            }

            if (form.Clock is null && reading.Match(_clock, at, out var clock) is > 0 and var clockEnd && clockEnd > best.End)
            {
                best = (clockEnd, form with { Clock = (ClockForm)clock! });
            }

            if (form.Part is null && reading.Match(_part, at, out var part) is > 0 and var partEnd && partEnd > best.End)
            {
                best = (partEnd, form with { Part = (DayPart)part! });
            }

            // "esta tarde", "this morning", "anoche": a day and a part in the same words.
            if (best.Form is { Day: DayForm.Offset, Part: null } && PartIn(reading.Tokens, at, best.End) is { } inside && form.Day is null)
            {
                best = (best.End, best.Form with { Part = inside });
            }

            return best;
        }

        private static DayPart? PartIn(RuleToken[] tokens, int at, int end)
        {
            if (end - at == 2 && tokens[at].Folded is "esta" or "this")
            {
                return tokens[end - 1].Folded switch
                {
                    "manana" or "morning" => DayPart.Morning,
                    "tarde" or "afternoon" => DayPart.Afternoon,
                    "evening" => DayPart.Evening,
                    "noche" => DayPart.Night,
                    _ => null,
                };
            }

            return tokens[end - 1].Folded is "anoche" or "tonight" ? DayPart.Night : null;
        }
    }
}
