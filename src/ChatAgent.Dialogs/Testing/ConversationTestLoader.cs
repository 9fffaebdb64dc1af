using ChatAgent.Dialogs.Format;
using ChatAgent.Text;
using NodaTime;
using NodaTime.Text;
using YamlDotNet.RepresentationModel;

namespace ChatAgent.Dialogs;

/// <summary>Reads a bot's conversation tests: tests/*.yml, each with a list of them.</summary>
public static class ConversationTestLoader
{
    private static readonly LocalDateTimePattern Moment = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm");

    private static readonly string[] Lines = ["user", "bot", "wait", "taken", "operator", "link"];

    private static readonly string[] OperatorActions = ["takes_over", "gives_back"];

    /// <summary>Wednesday: three days on are Saturday, which the demo agenda moves to Monday 27 April.</summary>
    private static readonly LocalDateTime DefaultNow = new(2026, 4, 22, 10, 0);

    /// <summary>Every test, in the order of the files' names and within each file.</summary>
    /// <exception cref="DialogFormatException">A test names an act or a slot that the bot does not have, or is not a test.</exception>
    public static IReadOnlyList<ConversationTest> Load(string botFolder, Domain domain) =>
        [.. new BotFiles(botFolder).OpenAll("tests").SelectMany(file => ReadFile(file, domain))];

    private static IEnumerable<ConversationTest> ReadFile(YamlFile file, Domain domain) =>
        file.List(file.Map(file.Root, "tests").Get("tests")).Select(node => ReadTest(file, node, domain));

    private static ConversationTest ReadTest(YamlFile file, YamlNode node, Domain domain)
    {
        var map = file.Map(node, "name", "now", "visitor", "language", "steps");
        return new ConversationTest
        {
            Name = map.GetText("name"),
            Place = $"{file.Name}({node.Start.Line},{node.Start.Column})",
            Now = map.Find("now") is { } now ? ReadMoment(file, now) : DefaultNow,
            Visitor = map.FindText("visitor"),
            Language = map.Find("language") is { } language ? DomainReader.ReadLanguage(file, language) : Language.Spanish,
            Steps = [.. file.List(map.Get("steps")).Select(step => ReadStep(file, step, domain))],
        };
    }

    private static ConversationTestStep ReadStep(YamlFile file, YamlNode node, Domain domain)
    {
        var any = file.Map(node);
        var kinds = Lines.Where(kind => any.Find(kind) is not null).ToList();
        if (kinds.Count != 1)
        {
            throw file.Error(node, $"expected exactly one of {DialogFormatException.Permitted(Lines)}");
        }

        var line = node.Start.Line;
        var value = any.Get(kinds[0]);
        if (kinds[0] == "bot")
        {
            return ReadBot(file, file.Map(node, "bot", "has", "not", "appointment", "at"), line, domain);
        }

        file.Map(node, kinds[0]);
        return kinds[0] switch
        {
            "user" => new UserLine(line, [.. file.OneOrMore(value).Select(file.Text)]),
            "wait" => new WaitLine(line, ReadTime(file, value)),
            "taken" => new TakenLine(line, ReadMoment(file, value)),
            "operator" => OperatorActions.Contains(file.Text(value), StringComparer.Ordinal) ? new OperatorLine(line, file.Text(value), null) : new OperatorLine(line, null, file.Text(value)),
            _ => new LinkLine(line, file.Text(value)),
        };
    }

    private static BotLine ReadBot(YamlFile file, YamlMap map, long line, Domain domain)
    {
        var acts = map.Get("bot") switch
        {
            YamlScalarNode { Value: "anything" } => null,
            YamlScalarNode { Value: "silence" } => [],
            var node => file.OneOrMore(node).Select(act => file.OneOf(act, "act", domain.Acts.Keys)).ToList(),
        };
        var has = new Dictionary<string, string>(StringComparer.Ordinal);
        if (map.Find("has") is { } slots)
        {
            foreach (var (keyNode, _, value) in file.Map(slots).Entries)
            {
                has.Add(file.OneOf(keyNode, "slot", domain.Slots.Keys), file.Text(value));
            }
        }

        var not = map.Find("not") is { } forbidden ? file.OneOrMore(forbidden).Select(act => file.OneOf(act, "act", domain.Acts.Keys)).ToList() : [];
        return new BotLine(
            line,
            acts,
            has,
            not,
            map.Find("appointment") is { } status ? ReadStatus(file, status) : null,
            map.Find("at") is { } at ? ReadMoment(file, at) : null);
    }

    private static AppointmentStatus ReadStatus(YamlFile file, YamlNode node) => file.Text(node) switch
    {
        "booked" => AppointmentStatus.Booked,
        "confirmed" => AppointmentStatus.Confirmed,
        "declined" => AppointmentStatus.Declined,
        var other => throw file.Error(node, $"\"{other}\" is not a state of an appointment; permitted: \"booked\", \"confirmed\", \"declined\""),
    };

    private static LocalDateTime ReadMoment(YamlFile file, YamlNode node) => Moment.Parse(file.Text(node)) is { Success: true } parsed
        ? parsed.Value
        : throw file.Error(node, $"\"{file.Text(node)}\" is not a moment such as 2026-04-28T10:45");

    /// <summary>"10m", "3h", "2d".</summary>
    private static TimeSpan ReadTime(YamlFile file, YamlNode node)
    {
        var text = file.Text(node);
        return text.Length > 1 && int.TryParse(text.AsSpan(0, text.Length - 1), System.Globalization.CultureInfo.InvariantCulture, out var number) && number > 0
            ? text[^1] switch
            {
                'm' => TimeSpan.FromMinutes(number),
                'h' => TimeSpan.FromHours(number),
                'd' => TimeSpan.FromDays(number),
                _ => throw file.Error(node, $"\"{text}\" is not a time such as 10m, 3h, 2d"),
            }
            : throw file.Error(node, $"\"{text}\" is not a time such as 10m, 3h, 2d");
    }
}
