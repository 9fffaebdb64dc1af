using ChatAgent.Text;
using NodaTime;

namespace ChatAgent.Nlu.Times;

/// <summary>What both languages write alike: digits, dates and clocks in figures.</summary>
internal static class SharedTimeRules
{
    public static void AddTo(RuleGrammar g, Language language, TimeVocabulary words)
    {
        g.Code("number", (tokens, at) => NumberWords.Read(tokens, at, language));
        g.Token("hour24", static t => t.IsDigits && t.Folded.Length <= 2 && t.Value <= 24 ? t.Value : null);
        g.Token("minute2", static t => t.IsDigits && t.Folded.Length == 2 && t.Value < 60 ? t.Value : null);
        g.Token("day31", static t => t.IsDigits && t.Folded.Length <= 2 && t.Value is >= 1 and <= 31 ? t.Value : null);
        g.Token("month12", static t => t.IsDigits && t.Folded.Length <= 2 && t.Value is >= 1 and <= 12 ? t.Value : null);
        g.Token("month0", static t => t.IsDigits && t.Folded.Length == 2 && t.Value is >= 1 and <= 12 ? t.Value : null);
        g.Token("year4", static t => t.IsDigits && t.Folded.Length == 4 && t.Value is >= 1900 and <= 2100 ? t.Value : null);
        g.Token("year2", static t => t.IsDigits && t.Folded.Length == 2 ? 2000 + t.Value : null);
        g.Token("clock4", static t => t.IsDigits && t.Folded.Length is 3 or 4 && t.Value / 100 < 24 && t.Value % 100 < 60 ? t.Value : null);
        g.Token("digits", static t => t.IsDigits ? t.Value : null);
        g.Token("longDigits", static t => t.IsDigits && t.Folded.Length >= 3 ? t.Value : null);
        g.Rule("year", "({year4:y}|{year2:y})", static c => c.Get<int>("y"));
        g.Token("weekdayName", t => words.Weekday(t.Folded) is { } day ? day : null);
        g.Token("weekdayShort", t => words.WeekdayShort(t.Folded) is { } day ? day : null);
        g.Token("monthName", t => words.Month(t.Folded) is { } month ? month : null);
        g.Token("monthShort", t => words.MonthShort(t.Folded) is { } month ? month : null);
        g.Rule("month", "({monthName:m}|{monthShort:m} [~ .])", static c => c.Get<int>("m"));
        g.Rule("weekdayAny", "({weekdayName:w}|{weekdayShort:w} [~ .])", static c => c.Get<IsoDayOfWeek>("w"));

        // Day before month, also where English would put it behind: this is read in Chile.
        g.Rule("numericDate", "{day31:d} ~ / ~ {month12:m} ~ / ~ {year:y}", Figures);
        g.Rule("numericDate", "{day31:d} ~ - ~ {month12:m} ~ - ~ {year:y}", Figures);
        g.Rule("numericDate", "{day31:d} ~ . ~ {month12:m} ~ . ~ {year:y}", Figures);
        g.Rule("numericDate", "{year4:y} ~ (-|/) ~ {month12:m} ~ (-|/) ~ {day31:d}", Figures);
        g.Rule("numericDate", "{day31:d} ~ / ~ {month12:m} !(~ /)", Figures);
        g.Rule("numericDate", "{day31:d} ~ (-|.) ~ {month0:m} !(~ (-|.|:) ~ {digits}) !({clockMark})", Figures);
        g.Rule("looseNumericDate", "{day31:d} (/|-) {month12:m} !((/|-|:))", Figures);
    }

    public static DayForm.Calendar? Figures(RuleGrammar.Captures c)
    {
        int day = c.Get<int>("d"), month = c.Get<int>("m");
        return day <= CalendarSystem.Iso.GetDaysInMonth(2024, month) ? new DayForm.Calendar(day, month, c.Maybe<int>("y")) : null;
    }
}
