using ChatAgent.Text;
using NodaTime;
using Captures = ChatAgent.Nlu.Times.RuleGrammar.Captures;

namespace ChatAgent.Nlu.Times;

/// <summary>How English speaks of time; dates in figures are read day before month, as Chile writes them.</summary>
/// <remarks>The symbols are those of <see cref="SpanishTimeGrammar"/>.</remarks>
internal static class EnglishTimeGrammar
{
    public static RuleGrammar Create()
    {
        var g = new RuleGrammar();
        SharedTimeRules.AddTo(g, Language.English, TimeVocabulary.English);
        AddLengths(g);
        AddClocks(g);
        AddParts(g);
        AddDays(g);
        AddWhole(g);
        return g.Checked();
    }

    private static void AddLengths(RuleGrammar g)
    {
        g.Token("unit", static t => t.Folded switch
        {
            "second" or "seconds" or "sec" or "secs" => new TimeLength(0, 0, 1),
            "minute" or "minutes" or "min" or "mins" => new TimeLength(0, 0, 60),
            "hour" or "hours" or "hr" or "hrs" => new TimeLength(0, 0, 3600),
            "day" or "days" => new TimeLength(0, 1, 0),
            "week" or "weeks" or "wk" or "wks" => new TimeLength(0, 7, 0),
            "fortnight" or "fortnights" => new TimeLength(0, 14, 0),
            "month" or "months" => new TimeLength(1, 0, 0),
            "year" or "years" => new TimeLength(12, 0, 0),
            _ => null,
        });
        g.Rule("count", "a couple [of]", static _ => 2L);
        g.Rule("count", "(a|an|one)", static _ => 1L);
        g.Rule("count", "{number:n}", static c => c.Get<long>("n") is >= 0 and <= 10_000 and var n ? n : null);
        g.Rule("length", "{count:n} [-] {unit:u}", static c => c.Get<TimeLength>("u") * (int)c.Get<long>("n"));
        g.Rule("length", "{count:n} {unit:u} and a half", static c => c.Get<TimeLength>("u") is { Seconds: 3600 } u ? (u * (int)c.Get<long>("n")) + new TimeLength(0, 0, 1800) : null);
        g.Rule("length", "{count:n} and a half hours", static c => new TimeLength(0, 0, (3600 * c.Get<long>("n")) + 1800));
        g.Rule("length", "{count:n} (hour|hours|hr|hrs) [and] {number:m} (minutes|mins|min)", static c => new TimeLength(0, 0, (3600 * c.Get<long>("n")) + (60 * c.Get<long>("m"))));
        g.Rule("length", "[a] half [an|a] hour", static _ => new TimeLength(0, 0, 1800));
        g.Rule("length", "[a] quarter of an hour", static _ => new TimeLength(0, 0, 900));
    }

    private static void AddClocks(RuleGrammar g)
    {
        g.Rule("hour", "{hour24:h}", static c => c.Get<int>("h"));
        g.Code("hourWord", static (tokens, at) => at < tokens.Length && !tokens[at].IsDigits && NumberWords.Read(tokens, at, Language.English) is ({ } end, long and >= 1 and <= 12 and var hour) && end == at + 1
            ? (end, (int)hour)
            : (-1, null));
        g.Rule("hour", "{hourWord:h}", static c => c.Get<int>("h"));
        g.Words("hours", "(hours|hrs|h|o ' clock|o ’ clock|oclock)");
        g.Rule("half", "(am|a . m [~ .]|a ~ m)", static _ => Half.Am);
        g.Rule("half", "(pm|p . m [~ .]|p ~ m)", static _ => Half.Pm);
        g.Rule("half", "in the morning", static _ => Half.Am);
        g.Rule("half", "(in the afternoon|in the evening|at night)", static _ => Half.Pm);
        g.Words("clockMark", "({hours}|{half}|: {minute2})");
        g.Rule("time", "{hour24:h} : {minute2:m} [{hours}] [{half:p}]", Clock);
        g.Rule("time", "{hour24:h} ~ (.|h) ~ {minute2:m} [{hours}] [{half:p}]", Clock);
        g.Rule("time", "{clock4:hm} [{hours}] [{half:p}]", Clock);
        g.Rule("time", "{hour:h} [{hours}] [sharp] [{half:p}]", Clock);
        g.Rule("time", "{hourWord:h} {number:n} [{half:p}]", static c => c.Get<long>("n") is >= 10 and < 60 and var n ? Clock(c) is { } at ? at with { Minute = (int)n } : null : null);
        g.Rule("time", "(half [past]) {hour:h} [{half:p}]", static c => Clock(c) is { } at ? at with { Minute = 30 } : null);
        g.Rule("time", "[a] quarter past {hour:h} [{half:p}]", static c => Clock(c) is { } at ? at with { Minute = 15 } : null);
        g.Rule("time", "[a] quarter (to|till|of) {hour:h} [{half:p}]", static c => Before(Clock(c), 15));
        g.Rule("time", "{number:n} past {hour:h} [{half:p}]", static c => Clock(c) is { } at && c.Get<long>("n") is < 60 and var n ? at with { Minute = (int)n } : null);
        g.Rule("time", "{number:n} [minutes] (to|till) {hour:h} [{half:p}]", static c => c.Get<long>("n") is > 0 and < 60 and var n ? Before(Clock(c), (int)n) : null);
        g.Rule("time", "(noon|midday|12 noon|twelve noon)", static _ => new ClockForm.At(12, 0, Half.Pm));
        g.Rule("time", "midnight", static _ => new ClockForm.At(24, 0));
        g.Rule("marked", "{hour24:h} ~ : ~ {minute2:m} [{hours}] [{half:p}]", Clock);
        g.Rule("marked", "{hour24:h} ~ . ~ {minute2:m} {half:p}", Clock);
        g.Rule("marked", "{clock4:hm} ({half:p}|hours|hrs)", Clock);
        g.Rule("marked", "{hour:h} ({hours} [{half:p}]|{half:p}) !(later|earlier|before|after|late|away|drive)", static c => c.Has("hours") && !c.Has("p") && c.Get<int>("h") < 8 ? null : Clock(c));
        g.Rule("marked", "{hour:h} (o ' clock|o ’ clock|oclock) [{half:p}]", Clock);
        g.Rule("marked", "half past {hour:h} [{half:p}]", static c => Clock(c) is { } at ? at with { Minute = 30 } : null);
        g.Rule("marked", "[a] quarter past {hour:h} [{half:p}]", static c => Clock(c) is { } at ? at with { Minute = 15 } : null);
        g.Rule("marked", "[a] quarter (to|till|of) {hour:h} [{half:p}]", static c => Before(Clock(c), 15));
        g.Rule("marked", "(noon|midday|12 noon)", static _ => new ClockForm.At(12, 0, Half.Pm));
        g.Words("notHour", "({unit}|times|people|%|/ {digits}|{monthName}|(st|nd|rd|th))");
        g.Words("about", "(about|around|like|approximately|approx|say|roughly)");
        g.Rule("clock", "(at [{about}]|{about}|for|@) !({number} {notHour}) {time:t}", Pass);
        g.Rule("clock", "{marked:t}", Pass);
        g.Rule("plainTime", "{hour24:h} : {minute2:m} [{half:p}]", Clock);
        g.Rule("plainTime", "{hour:h} [{half:p}]", Clock);
        g.Rule("clock", "(from|between) {plainTime:a} (to|and|-|until|till) {time:b} !({unit}|{month}|of)", Window);
        g.Rule("clock", "(from|between) {time:a} (to|and|-|until|till) {time:b} !({unit}|{month}|of)", Window);
        g.Rule("clock", "{hour:h0} (to|-|until|till) {marked:b}", static c => Between(new ClockForm.At(c.Get<int>("h0"), 0), c.Get<ClockForm.At>("b")));
        g.Rule("clock", "{marked:a} (to|-|until|till|and) {time:b} !({unit}|{month})", Window);
        g.Rule("clock", "[any time|anytime] (after|from|past|later than|any time after) !({number} {notHour}) {time:t} [(onwards|onward|on|or later)]", static c => new ClockForm.Window(c.Get<ClockForm.At>("t"), null));
        g.Rule("clock", "{marked:t} (onwards|onward|or later|or after)", static c => new ClockForm.Window(c.Get<ClockForm.At>("t"), null));
        g.Rule("clock", "[any time|anytime] after (lunch|lunchtime)", static _ => new ClockForm.Window(new ClockForm.At(14, 0), null));
        g.Rule("clock", "[any time|anytime] (before|until|till|no later than|by|earlier than) !({number} {notHour}) {time:t}", static c => new ClockForm.Window(null, c.Get<ClockForm.At>("t")));
        g.Rule("clock", "(before|until) lunch", static _ => new ClockForm.Window(null, new ClockForm.At(12, 0)));
        g.Rule("clock", "[at] (the|that) same time", static _ => new ClockForm.OfAnchor());
        g.Rule("clock", "[at] same time", static _ => new ClockForm.OfAnchor());
        g.Rule("clock", "at that (time|hour)", static _ => new ClockForm.OfAnchor());
        g.Rule("clock", "[a (bit|little)|bit|little|somewhat|any|some time|sometime|slightly] later [on] [(that|in the|the same) day] !(than {time}|next|this|in (the|{month})|date|week|month|that week)", static _ => new ClockForm.Later());
        g.Rule("clock", "[a (bit|little)|bit|little|somewhat|any|some time|slightly] earlier [(that|in the|the same) day] !(than {time}|next|this|date|week|month|that week|today|i )", static _ => new ClockForm.Earlier());
        g.Rule("clock", "(right now|now|right away|immediately|asap)", static _ => new ClockForm.Now());
        g.Rule("clock", "(in|within) {length:l}", static c => Hours(c, 1, Origin.Reference));
        g.Rule("clock", "{length:l} ago", static c => Hours(c, -1, Origin.Reference));
        g.Rule("clock", "{length:l} (later|after)", static c => Hours(c, 1, Origin.Anchor));
        g.Rule("clock", "{length:l} (earlier|before|sooner)", static c => Hours(c, -1, Origin.Anchor));
    }

    private static void AddParts(RuleGrammar g)
    {
        g.Rule("part", "[(in|during|on)] [the|a] (morning|mornings)", static _ => DayPart.Morning);
        g.Rule("part", "[(in|during|on)] [the|an] [early|late] (afternoon|afternoons)", static _ => DayPart.Afternoon);
        g.Rule("part", "[(in|during|on)] [the|an] (evening|evenings)", static _ => DayPart.Evening);
        g.Rule("part", "at night", static _ => DayPart.Night);
        g.Rule("part", "[very|nice and|bright and|really|as] early [in the (morning|day)|morning|on]", static _ => DayPart.Early);
        g.Rule("part", "first thing [in the morning|in the (day|am)]", static _ => DayPart.FirstThing);
        g.Rule("part", "[the] (first|earliest) (slot|appointment) [(of the day|in the morning|of the morning|you have)]", static _ => DayPart.FirstThing);
        g.Rule("part", "last thing [in the (afternoon|day|evening)|of the day|at night]", static _ => DayPart.LastThing);
        g.Rule("part", "[at] [the] (end of the day|last (slot|appointment) of the day)", static _ => DayPart.LastThing);
        g.Rule("part", "<({weekdayName}|tomorrow|{day31}|today) (am|a . m [~ .])", static _ => DayPart.Morning);
        g.Rule("part", "<({weekdayName}|tomorrow|{day31}|today) (pm|p . m [~ .])", static _ => DayPart.Afternoon);
    }

    private static void AddDays(RuleGrammar g)
    {
        g.Words("the", "(the|on|on the|for|for the|this|this coming|coming|on this)");
        g.Rule("day", "[for] [later|earlier] today", static _ => new DayForm.Offset(0));
        g.Rule("day", "(this (morning|afternoon|evening)|tonight)", static _ => new DayForm.Offset(0));
        g.Rule("day", "[for|until] (tomorrow|tomorow|tommorow|tommorrow|tmrw|tmr|2morrow)", static _ => new DayForm.Offset(1));
        g.Rule("day", "[the] day after (tomorrow|tmrw)", static _ => new DayForm.Offset(2));
        g.Rule("day", "[on] yesterday", static _ => new DayForm.Offset(-1));
        g.Rule("day", "[the] day before yesterday", static _ => new DayForm.Offset(-2));
        g.Rule("day", "[on] (the (following|next) day|the day after) !(tomorrow)", static _ => new DayForm.Shifted(new TimeLength(0, 1, 0), Origin.Anchor));
        g.Rule("day", "[on] (the day before|the previous day) !(yesterday)", static _ => new DayForm.Shifted(new TimeLength(0, -1, 0), Origin.Anchor));
        g.Rule("day", "[on|for] [the] same day", static _ => new DayForm.OfAnchor());
        g.Rule("day", "[on|for] that [same] day", static _ => new DayForm.OfAnchor());

        g.Words("domGuard", "(: {digits}|{hours}|{half}|{unit}|%|. {digits}|(/|-) ~ {digits})");
        g.Code("ordinalWord", static (tokens, at) => Ordinal(tokens, at));
        g.Rule("dom", "{day31:d} [~] [(st|nd|rd|th)]", static c => c.Get<int>("d"));
        g.Rule("dom", "{ordinalWord:o}", static c => c.Get<int>("o"));
        g.Rule("ordinalDay", "{day31:d} (st|nd|rd|th)", static c => c.Get<int>("d"));
        g.Rule("ordinalDay", "{ordinalWord:o}", static c => c.Get<int>("o"));
        g.Rule("ofYear", "[,] [of] {year4:y}", static c => c.Get<int>("y"));
        g.Rule("day", "[{the}] [{weekdayAny:w} [,]] [(the|on the)] {dom:d} [of] {month:m} [{ofYear:y}]", Named);
        g.Rule("day", "[{the}] [{weekdayAny:w} [,]] {month:m} [the] {dom:d} !({domGuard}) [{ofYear:y}]", Named);
        g.Rule("day", "[{the}] [{weekdayAny:w} [,]] [the] {numericDate:n}", static c => c.Get<DayForm.Calendar>("n") with { Weekday = c.Maybe<IsoDayOfWeek>("w") });
        g.Rule("day", "[{the}] {weekdayAny:w} [,] {looseNumericDate:n}", static c => c.Get<DayForm.Calendar>("n") with { Weekday = c.Maybe<IsoDayOfWeek>("w") });
        g.Rule("day", "[{the}] {weekdayAny:w} [,] [(the|on the)] {ordinalDay:d}", static c => new DayForm.Calendar(c.Get<int>("d"), null, null, c.Get<IsoDayOfWeek>("w")));
        g.Rule("day", "[{the}] {weekdayAny:w} {dom:d} !({domGuard}|{number}|o ' clock|past)", static c => new DayForm.Calendar(c.Get<int>("d"), null, null, c.Get<IsoDayOfWeek>("w")));
        g.Rule("day", "(the|on the|for the) {ordinalDay:d} !(time|floor|appointment|one|visit|session|option|slot|thing)", static c => new DayForm.Calendar(c.Get<int>("d"), null, null));
        g.Rule("day", "[on|the] {day31:d} (st|nd|rd|th)", static c => new DayForm.Calendar(c.Get<int>("d"), null, null));
        g.Rule("day", "(the|on the|for the) {ordinalDay:d} of this month", static c => new DayForm.DayOfMonthOffset(c.Get<int>("d"), 0));
        g.Rule("day", "(the|on the|for the) {ordinalDay:d} of next month", static c => new DayForm.DayOfMonthOffset(c.Get<int>("d"), 1));

        g.Rule("weekday", "{weekdayName:w}", static c => c.Get<IsoDayOfWeek>("w"));
        g.Rule("weekday", "(on|next|this|for) {weekdayShort:w} !({word} {digits})", static c => c.Get<IsoDayOfWeek>("w"));
        g.Rule("day", "[{the}] [next] {weekday:w}", static c => new DayForm.OnWeekday(c.Get<IsoDayOfWeek>("w")));
        g.Rule("day", "[{the}] next {weekdayShort:w}", static c => new DayForm.OnWeekday(c.Get<IsoDayOfWeek>("w")));
        g.Rule("day", "[{the}] (following|upcoming) {weekday:w}", static c => new DayForm.OnWeekday(c.Get<IsoDayOfWeek>("w")));
        g.Rule("day", "[{the}] {weekday:w} (of|) (next week|the following week|the week after)", static c => new DayForm.WeekdayOfWeek(c.Get<IsoDayOfWeek>("w"), 1));
        g.Rule("day", "next week [(on|,)] {weekday:w}", static c => new DayForm.WeekdayOfWeek(c.Get<IsoDayOfWeek>("w"), 1));
        g.Rule("day", "[{the}] {weekday:w} (of|) this week", static c => new DayForm.OnWeekday(c.Get<IsoDayOfWeek>("w")));
        g.Rule("day", "[{the}] {weekday:w} (after next|week)", static c => new DayForm.OnWeekday(c.Get<IsoDayOfWeek>("w"), 1));
        g.Rule("day", "[on] last {weekday:w}", static c => new DayForm.LastWeekday(c.Get<IsoDayOfWeek>("w")));
        g.Rule("ordinal", "(first|1 ~ st)", static _ => 1);
        g.Rule("ordinal", "(second|2 ~ nd)", static _ => 2);
        g.Rule("ordinal", "(third|3 ~ rd)", static _ => 3);
        g.Rule("ordinal", "(fourth|4 ~ th)", static _ => 4);
        g.Rule("ordinal", "last", static _ => -1);
        g.Rule("monthPeriod", "(of|in) {month:m} [{ofYear:y}]", static c => new DayForm.WholeMonth(c.Get<int>("m"), c.Maybe<int>("y")));
        g.Rule("monthPeriod", "{monthName:m} [{ofYear:y}]", static c => new DayForm.WholeMonth(c.Get<int>("m"), c.Maybe<int>("y")));
        g.Rule("monthPeriod", "(of|in) (this month|the month)", static _ => new DayForm.MonthOffset(0));
        g.Rule("monthPeriod", "(of|in|) next month", static _ => new DayForm.MonthOffset(1));
        g.Rule("day", "[{the}] {ordinal:o} {weekday:w} {monthPeriod:p}", static c => new DayForm.NthWeekday(c.Get<int>("o"), c.Get<IsoDayOfWeek>("w"), c.Get<DayForm>("p")));
        g.Rule("day", "[in] the {ordinal:o} week {monthPeriod:p}", static c => new DayForm.NthWeek(c.Get<int>("o"), c.Get<DayForm>("p")));

        g.Rule("week", "(next week|the following week|the week after !(next|that)|the coming week)", static _ => new DayForm.Week(1));
        g.Rule("week", "(the week after next|in two weeks time)", static _ => new DayForm.Week(2));
        g.Rule("week", "this week", static _ => new DayForm.Week(0));
        g.Rule("week", "last week", static _ => new DayForm.Week(-1));
        g.Rule("week", "(that|the same) [same] week", static _ => new DayForm.Week(0, Origin.Anchor));
        g.Rule("week", "the week (of|beginning|starting|commencing) [the] [monday] [the] {dom:d} [of] [{month:m}]", static c => new DayForm.WeekOf(new DayForm.Calendar(c.Get<int>("d"), c.Maybe<int>("m"), null)));
        g.Rule("week", "the week (of|beginning|starting|commencing) {month:m} {dom:d}", static c => new DayForm.WeekOf(new DayForm.Calendar(c.Get<int>("d"), c.Maybe<int>("m"), null)));
        g.Rule("week", "the week (of|beginning|starting|commencing) [the] {numericDate:d}", static c => new DayForm.WeekOf(c.Get<DayForm>("d")));
        g.Rule("day", "[(in|for|during|any day|some time|sometime|anytime)] {week:w}", static c => c.Get<DayForm>("w"));
        g.Rule("day", "[(on|for|at)] (this|the|the coming|) (weekend)", static _ => new DayForm.Weekend(0));
        g.Rule("day", "[(on|for)] next weekend", static _ => new DayForm.Weekend(0));
        g.Rule("day", "(in|for|during|sometime in) {month:m} [{ofYear:y}]", static c => new DayForm.WholeMonth(c.Get<int>("m"), c.Maybe<int>("y")));
        g.Rule("day", "[(in|for|during)] this month", static _ => new DayForm.MonthOffset(0));
        g.Rule("day", "[(in|for|during)] (next month|the following month)", static _ => new DayForm.MonthOffset(1));
        g.Rule("day", "last month", static _ => new DayForm.MonthOffset(-1));
        g.Rule("day", "this year", static _ => new DayForm.YearOffset(0));
        g.Rule("day", "next year", static _ => new DayForm.YearOffset(1));
        g.Rule("third", "[(in|at|by)] [the] (beginning|start|early part) [of]", static _ => Third.Early);
        g.Rule("third", "early", static _ => Third.Early);
        g.Rule("third", "[(in|at|by|around)] [the] (middle [of]|mid [-])", static _ => Third.Middle);
        g.Rule("third", "[(in|at|by|towards)] [the] (end [of]|late)", static _ => Third.Late);
        g.Rule("thirdOf", "(in|) {monthName:m}", static c => new DayForm.WholeMonth(c.Get<int>("m"), null));
        g.Rule("thirdOf", "(next month|the next month)", static _ => new DayForm.MonthOffset(1));
        g.Rule("thirdOf", "(this month|the month)", static _ => new DayForm.MonthOffset(0));
        g.Rule("thirdOf", "{week:w}", static c => c.Get<DayForm>("w"));
        g.Rule("day", "{third:t} {thirdOf:p}", static c => new DayForm.PartOf(c.Get<DayForm>("p"), c.Get<Third>("t")));

        g.Rule("day", "(in|within) {length:l} [time|' s time]", static c => Days(c, 1, Origin.Reference));
        g.Rule("day", "{length:l} from (now|today)", static c => Days(c, 1, Origin.Reference));
        g.Rule("day", "{length:l} (later|after)", static c => Days(c, 1, Origin.Anchor));
        g.Rule("day", "{length:l} (earlier|before|sooner)", static c => Days(c, -1, Origin.Anchor));
        g.Rule("day", "{length:l} ago", static c => Days(c, -1, Origin.Reference));
        g.Rule("point", "[the] {weekdayAny:w} [[the] {ordinalDay:d}] [of] [{month:m}]", static c => c.Maybe<int>("d") is { } d ? new DayForm.Calendar(d, c.Maybe<int>("m"), null) : c.Has("m") ? null : new DayForm.OnWeekday(c.Get<IsoDayOfWeek>("w")));
        g.Rule("point", "[the] {ordinalDay:d} [of] [{month:m}]", static c => new DayForm.Calendar(c.Get<int>("d"), c.Maybe<int>("m"), null));
        g.Rule("point", "[the] {dom:d} [of] {month:m}", static c => new DayForm.Calendar(c.Get<int>("d"), c.Get<int>("m"), null));
        g.Rule("point", "{month:m} [the] {dom:d} !({domGuard})", static c => new DayForm.Calendar(c.Get<int>("d"), c.Get<int>("m"), null));
        g.Rule("point", "[the] {numericDate:d}", static c => c.Get<DayForm>("d"));
        g.Rule("point", "tomorrow", static _ => new DayForm.Offset(1));
        g.Rule("day", "[from|between|the] {dom:a0} (to|-|until|through|and) [the] {dom:b0} [of] {month:m}", static c => new DayForm.Range(new DayForm.Calendar(c.Get<int>("a0"), c.Get<int>("m"), null), new DayForm.Calendar(c.Get<int>("b0"), c.Get<int>("m"), null)));
        g.Rule("day", "(from|between|) {point:a} (to|and|until|till|through|-) {point:b}", DayRange);
        g.Rule("day", "[any time|anytime] (from|starting|as of|since) {point:d} [(on|onwards|onward)]", static c => new DayForm.Since(c.Get<DayForm>("d"), true));
        g.Rule("day", "[any time|anytime] after {point:d}", static c => new DayForm.Since(c.Get<DayForm>("d"), false));
        g.Rule("day", "[any time|anytime] after {week:d}", static c => new DayForm.Since(c.Get<DayForm>("d"), false));
        g.Rule("day", "{point:d} (onwards|onward|or later|or after)", static c => new DayForm.Since(c.Get<DayForm>("d"), true));
        g.Rule("day", "(from|starting) {week:d} [(on|onwards|onward)]", static c => new DayForm.Since(c.Get<DayForm>("d"), true));
        g.Rule("day", "[any time|anytime] before {point:d}", static c => new DayForm.Until(c.Get<DayForm>("d"), false));
        g.Rule("day", "(until|by|no later than) {point:d}", static c => new DayForm.Until(c.Get<DayForm>("d"), true));
        g.Token("word", static t => t.IsWord ? t.Folded : null);
    }

    private static void AddWhole(RuleGrammar g)
    {
        g.Rule("recurrence", "(every|each|on) {weekdayPlural:w}", static c => new Recurrence(c.Get<IsoDayOfWeek>("w"), null));
        g.Rule("recurrence", "(every|each) {weekdayName:w}", static c => new Recurrence(c.Get<IsoDayOfWeek>("w"), null));
        g.Token("weekdayPlural", static t => t.Folded.EndsWith('s') ? TimeVocabulary.English.Weekday(t.Folded) is { } day && t.Folded.Length > 6 && t.Folded.EndsWith("ays", StringComparison.Ordinal) ? day : null : null);
        g.Rule("recurrence", "(every day|each day|daily)", static _ => new Recurrence(null, new TimeLength(0, 1, 0)));
        g.Rule("recurrence", "(every week|each week|weekly)", static _ => new Recurrence(null, new TimeLength(0, 7, 0)));
        g.Rule("recurrence", "(every month|monthly)", static _ => new Recurrence(null, new TimeLength(1, 0, 0)));
        g.Rule("recurrence", "every {length:l}", static c => new Recurrence(null, c.Get<TimeLength>("l")));
        g.Rule("whole", "{recurrence:r}", static c => new TimeForm(Recurrence: c.Get<Recurrence>("r")));
        g.Rule("whole", "{length:l}", static c => new TimeForm(Length: c.Get<TimeLength>("l")));
        g.Words("joint", "(,|, (ideally|preferably)|ideally|preferably|but|-|in|on|of|anytime|any time|sometime|some time|maybe|perhaps)");
    }

    private static object? Pass(Captures c) => c.Get<ClockForm>("t");

    private static ClockForm.At? Clock(Captures c)
    {
        var (hour, minute) = c.Maybe<int>("hm") is { } packed ? (packed / 100, packed % 100) : (c.Get<int>("h"), c.Maybe<int>("m") ?? 0);
        return new ClockForm.At(hour, minute, c.Maybe<Half>("p") ?? Half.Unsaid);
    }

    private static ClockForm.At? Before(ClockForm.At? at, int minutes) => at is null ? null : at with { Hour = at.Hour == 1 ? 12 : at.Hour - 1, Minute = 60 - minutes };

    private static ClockForm.Window? Window(Captures c) => Between(c.Get<ClockForm.At>("a"), c.Get<ClockForm.At>("b"));

    private static ClockForm.Window? Between(ClockForm.At from, ClockForm.At to) => from == to ? null : new ClockForm.Window(from, to);

    private static ClockForm.Shifted? Hours(Captures c, int sign, Origin origin) => c.Get<TimeLength>("l") is { IsWholeDays: false, Days: 0, Months: 0 } length ? new ClockForm.Shifted(length * sign, origin) : null;

    private static DayForm.Shifted? Days(Captures c, int sign, Origin origin) => c.Get<TimeLength>("l") is { IsWholeDays: true } length ? new DayForm.Shifted(length * sign, origin) : null;

    private static DayForm.Range? DayRange(Captures c)
    {
        var (from, to) = (c.Get<DayForm>("a"), c.Get<DayForm>("b"));
        return (from, to) is (DayForm.Calendar { Month: null } a, DayForm.Calendar { Month: { } month } b) && a.Day <= b.Day ? new DayForm.Range(a with { Month = month }, b) : new DayForm.Range(from, to);
    }

    private static DayForm.Calendar? Named(Captures c)
    {
        int day = c.Get<int>("d"), month = c.Get<int>("m");
        return day <= CalendarSystem.Iso.GetDaysInMonth(2024, month) ? new DayForm.Calendar(day, month, c.Maybe<int>("y"), c.Maybe<IsoDayOfWeek>("w")) : null;
    }

    private static (int End, object? Value) Ordinal(RuleToken[] tokens, int at)
    {
        if (at >= tokens.Length)
        {
            return (-1, null);
        }

        var index = Array.IndexOf(_ordinals, tokens[at].Folded);
        if (index >= 0)
        {
            return (at + 1, index + 1);
        }

        // "twenty-first", "twenty first", "thirty-first".
        var tens = tokens[at].Folded switch { "twenty" => 20, "thirty" => 30, _ => 0 };
        if (tens == 0)
        {
            return (-1, null);
        }

        var next = at + 1 < tokens.Length && tokens[at + 1].Folded == "-" ? at + 2 : at + 1;
        var unit = next < tokens.Length ? Array.IndexOf(_ordinals, tokens[next].Folded) + 1 : 0;
        return unit is >= 1 and <= 9 && tens + unit <= 31 ? (next + 1, tens + unit) : (-1, null);
    }

    private static readonly string[] _ordinals =
    [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth",
        "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth",
    ];
}
