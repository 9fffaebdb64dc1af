using ChatAgent.Dialogs;
using ChatAgent.Dialogs.Format;
using NodaTime;
using NodaTime.Text;
using YamlDotNet.RepresentationModel;

namespace ChatAgent.Mailroom;

/// <summary>When patients are written to, from <c>dialogs/&lt;bot&gt;/campaign.yml</c>. All hours are wall time at the clinic. Immutable.</summary>
public sealed record CampaignRules
{
    /// <summary>The file's name in the bot's folder.</summary>
    public const string FileName = "campaign.yml";

    private const int LongestLookBack = 30;

    private static readonly string[] DayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    /// <summary>Days before the appointment on which its patient is asked, 1 to 30.</summary>
    public int AskDaysBefore { get; init; } = 3;

    /// <summary>Other numbers of days for some specialties.</summary>
    public IReadOnlyDictionary<string, int> AskDaysBySpecialty { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>The hour of the day for it.</summary>
    public LocalTime AskAt { get; init; } = new(10, 0);

    /// <summary>Days before the appointment on which who has not answered is reminded; null: never.</summary>
    public int? RemindDaysBefore { get; init; } = 1;

    /// <summary>The hour of the day for it.</summary>
    public LocalTime RemindAt { get; init; } = new(10, 0);

    /// <summary>Hours before the appointment at which who comes is told place and papers once more; null: never.</summary>
    public int? InstructHoursBefore { get; init; } = 3;

    /// <summary>Hours before the appointment at which a person is told that nobody has answered; null: never.</summary>
    public int? CallHoursBefore { get; init; } = 20;

    /// <summary>Patients who are offered a freed hour at a time, 1 to 20; null: freed hours are offered to nobody.</summary>
    public int? WaitingBatch { get; init; } = 2;

    /// <summary>Hours after which an offer lapses, 1 to 72.</summary>
    public int WaitingAnswerHours { get; init; } = 4;

    /// <summary>Freed hours nearer than so many hours are not offered, 1 to 168.</summary>
    public int WaitingNoticeHours { get; init; } = 24;

    /// <summary>Mails leave from this hour on.</summary>
    public LocalTime WritesFrom { get; init; } = new(9, 0);

    /// <summary>Mails leave before this hour.</summary>
    public LocalTime WritesUntil { get; init; } = new(21, 0);

    /// <summary>Days of the week on which mails leave.</summary>
    public IReadOnlySet<IsoDayOfWeek> Weekdays { get; init; } = new HashSet<IsoDayOfWeek>(Enum.GetValues<IsoDayOfWeek>().Where(day => day is not (IsoDayOfWeek.None or IsoDayOfWeek.Sunday)));

    /// <summary>Whether mails leave on the public holidays of Chile.</summary>
    public bool WritesOnHolidays { get; init; }

    /// <summary>Questions and reminders a minute, 1 to 600.</summary>
    public int PerMinute { get; init; } = 20;

    /// <summary>Of these, to one mail domain, 1 to 600.</summary>
    public int PerMinuteToDomain { get; init; } = 6;

    /// <summary>Reads a bot's rules; the defaults where it has no file.</summary>
    /// <param name="botFolder">Holds the file.</param>
    /// <param name="domain">The bot's; specialties that it does not have are an error.</param>
    /// <exception cref="DialogFormatException">The file is wrong; the message names file, line and column.</exception>
    public static CampaignRules Load(string botFolder, Domain domain) => Path.Combine(botFolder, FileName) is var path && File.Exists(path)
        ? Read(YamlFile.Read(path, $"{Path.GetFileName(botFolder)}/{FileName}"), [.. domain.Entities.TryGetValue("specialty", out var specialty) ? specialty.Values.Keys : []])
        : new CampaignRules();

    /// <summary>Reads rules that are in memory.</summary>
    /// <exception cref="DialogFormatException">They are wrong.</exception>
    public static CampaignRules Parse(string yaml, IEnumerable<string> specialties) => Read(YamlFile.Parse(yaml, FileName), [.. specialties]);

    /// <summary>When the patient of an appointment is asked.</summary>
    public LocalDateTime AskTime(LocalDateTime start, string specialty) =>
        LatestPermitted(start.Date.PlusDays(-AskDaysBySpecialty.GetValueOrDefault(specialty, AskDaysBefore)) + AskAt);

    /// <summary>When who has not answered is reminded.</summary>
    public LocalDateTime? RemindTime(LocalDateTime start) => RemindDaysBefore is { } days ? LatestPermitted(start.Date.PlusDays(-days) + RemindAt) : null;

    /// <summary>When who comes is told the place and the papers.</summary>
    public LocalDateTime? InstructTime(LocalDateTime start) => InstructHoursBefore is { } hours ? LatestPermitted(start.PlusHours(-hours)) : null;

    /// <summary>When a person is told that nobody has answered. People are told at any hour.</summary>
    public LocalDateTime? CallTime(LocalDateTime start) => CallHoursBefore is { } hours ? start.PlusHours(-hours) : null;

    /// <summary>The farthest day before an appointment on which anything happens.</summary>
    public int FirstDay => Math.Max(AskDaysBefore, AskDaysBySpecialty.Count > 0 ? AskDaysBySpecialty.Values.Max() : 0);

    /// <summary>Whether mails may leave at a moment.</summary>
    public bool Permits(LocalDateTime moment) => PermitsDay(moment.Date) && moment.TimeOfDay >= WritesFrom && moment.TimeOfDay < WritesUntil;

    /// <summary>The moment itself, or the last one before it at which mails may leave: earlier leaves the patient more time.</summary>
    private LocalDateTime LatestPermitted(LocalDateTime moment)
    {
        if (Permits(moment))
        {
            return moment;
        }

        var last = WritesUntil.PlusMinutes(-1);
        var day = PermitsDay(moment.Date) && moment.TimeOfDay >= WritesUntil ? moment.Date : moment.Date.PlusDays(-1);
        for (var steps = 0; steps < LongestLookBack && !PermitsDay(day); steps++)
        {
            day = day.PlusDays(-1);
        }

        return day + last;
    }

    private bool PermitsDay(LocalDate day) => Weekdays.Contains(day.DayOfWeek) && (WritesOnHolidays || !ChileanHolidays.Contains(day));

    private static CampaignRules Read(YamlFile file, IReadOnlyList<string> specialties)
    {
        var root = file.Map(file.Root, "ask", "remind", "instruct", "unanswered", "waiting", "hours", "weekdays", "holidays", "pace");
        var rules = new CampaignRules();
        if (root.Find("ask") is { } askNode)
        {
            var ask = file.Map(askNode, "days_before", "at", "specialties");
            rules = rules with
            {
                AskDaysBefore = ask.Find("days_before") is { } days ? file.Integer(days, 1, 30) : rules.AskDaysBefore,
                AskAt = ask.Find("at") is { } at ? Time(file, at) : rules.AskAt,
                AskDaysBySpecialty = ask.Find("specialties") is { } others
                    ? file.Map(others).Entries.ToDictionary(entry => file.OneOf(entry.KeyNode, "specialty", specialties), entry => file.Integer(entry.Value, 1, 30), StringComparer.Ordinal)
                    : rules.AskDaysBySpecialty,
            };
        }

        if (root.Find("remind") is { } remindNode)
        {
            var remind = IsNever(remindNode) ? null : file.Map(remindNode, "days_before", "at");
            rules = rules with
            {
                RemindDaysBefore = remind is null ? null : file.Integer(remind.Get("days_before"), 1, 30),
                RemindAt = remind?.Find("at") is { } at ? Time(file, at) : rules.RemindAt,
            };
        }

        if (root.Find("instruct") is { } instruct)
        {
            rules = rules with { InstructHoursBefore = IsNever(instruct) ? null : file.Integer(file.Map(instruct, "hours_before").Get("hours_before"), 1, 72) };
        }

        if (root.Find("unanswered") is { } unanswered)
        {
            rules = rules with { CallHoursBefore = IsNever(unanswered) ? null : file.Integer(file.Map(unanswered, "call_hours_before").Get("call_hours_before"), 1, 168) };
        }

        if (root.Find("waiting") is { } waitingNode)
        {
            var waiting = IsNever(waitingNode) ? null : file.Map(waitingNode, "batch", "answer_within_hours", "notice_hours");
            rules = rules with
            {
                WaitingBatch = waiting is null ? null : waiting.Find("batch") is { } batch ? file.Integer(batch, 1, 20) : rules.WaitingBatch,
                WaitingAnswerHours = waiting?.Find("answer_within_hours") is { } within ? file.Integer(within, 1, 72) : rules.WaitingAnswerHours,
                WaitingNoticeHours = waiting?.Find("notice_hours") is { } notice ? file.Integer(notice, 1, 168) : rules.WaitingNoticeHours,
            };
        }

        if (root.Find("hours") is { } hoursNode)
        {
            var hours = file.Map(hoursNode, "from", "until");
            rules = rules with { WritesFrom = Time(file, hours.Get("from")), WritesUntil = Time(file, hours.Get("until")) };
            if (rules.WritesFrom >= rules.WritesUntil)
            {
                throw file.Error(hoursNode, "\"from\" must be earlier than \"until\"");
            }
        }

        if (root.Find("weekdays") is { } weekdays)
        {
            var days = file.List(weekdays).Select(day => (IsoDayOfWeek)(Array.IndexOf(DayNames, file.OneOf(day, "day", DayNames)) + 1)).ToHashSet();
            rules = days.Count > 0 ? rules with { Weekdays = days } : throw file.Error(weekdays, "no day; expected at least one");
        }

        if (root.Find("holidays") is { } holidays)
        {
            rules = rules with { WritesOnHolidays = file.OneOf(holidays, "value", ["write", "rest"]) == "write" };
        }

        if (root.Find("pace") is { } paceNode)
        {
            var pace = file.Map(paceNode, "per_minute", "per_minute_to_domain");
            rules = rules with
            {
                PerMinute = pace.Find("per_minute") is { } all ? file.Integer(all, 1, 600) : rules.PerMinute,
                PerMinuteToDomain = pace.Find("per_minute_to_domain") is { } one ? file.Integer(one, 1, 600) : rules.PerMinuteToDomain,
            };
        }

        return rules;
    }

    private static bool IsNever(YamlNode node) => node is YamlScalarNode { Value: "never" };

    private static LocalTime Time(YamlFile file, YamlNode node) => LocalTimePattern.CreateWithInvariantCulture("H:mm").Parse(file.Text(node)) is { Success: true } parsed
        ? parsed.Value
        : throw file.Error(node, $"\"{file.Text(node)}\" is not a time, expected one such as 9:30");
}
