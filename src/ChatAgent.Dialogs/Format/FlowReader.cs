using YamlDotNet.RepresentationModel;

namespace ChatAgent.Dialogs.Format;

/// <summary>Reads one flow.</summary>
internal sealed class FlowReader(YamlFile file, Domain domain, HashSet<string> flowNames)
{
    /// <summary>What <c>next</c> says where the flow ends.</summary>
    private const string End = "end";

    private static readonly string[] Kinds = ["collect", "decide", "say", "call", "hand_over"];

    private static readonly string[] Events = [ConversationEvents.PersonIdentified, ConversationEvents.ReminderDue, ConversationEvents.InstructionsDue, ConversationEvents.HourFreed];

    private readonly HashSet<string> _stepIds = new(StringComparer.Ordinal);

    public Flow Read()
    {
        var root = file.Map(file.Root, "flow", "description", "starts_with", "starts_on", "steps");
        var steps = file.List(root.Get("steps"));
        foreach (var step in steps)
        {
            var id = file.Map(step).Get("id");
            if (!_stepIds.Add(file.Text(id)))
            {
                throw file.Error(id, $"step \"{file.Text(id)}\" stands twice");
            }
        }

        return steps.Count == 0
            ? throw file.Error(root.Get("steps"), "a flow has at least one step")
            : new Flow(root.GetText("flow"), ReadStartsWith(root), ReadStartsOn(root), [.. steps.Select(ReadStep)]);
    }

    private List<string> ReadStartsWith(YamlMap root) => root.Find("starts_with") is { } node
        ? [.. file.List(node).Select(intent => file.OneOf(intent, "intent", domain.Intents))]
        : [];

    private List<string> ReadStartsOn(YamlMap root) => root.Find("starts_on") is { } node
        ? [.. file.List(node).Select(name => file.OneOf(name, "event", Events))]
        : [];

    private FlowStep ReadStep(YamlNode node)
    {
        var any = file.Map(node);
        var kinds = Kinds.Where(kind => any.Find(kind) is not null).ToList();
        if (kinds.Count != 1)
        {
            throw file.Error(node, $"step \"{any.GetText("id")}\" has {(kinds.Count == 0 ? "nothing to do" : DialogFormatException.Permitted(kinds))}; expected one of {DialogFormatException.Permitted(Kinds)}");
        }

        return kinds[0] switch
        {
            "collect" => ReadCollect(file.Map(node, "id", "collect", "ask", "again", "invalid", "next")),
            "decide" => ReadDecide(file.Map(node, "id", "decide", "cases")),
            "say" => ReadSay(file.Map(node, "id", "say", "next")),
            "call" => ReadCall(file.Map(node, "id", "call", "cases")),
            _ => ReadHandOver(file.Map(node, "id", "hand_over")),
        };
    }

    private CollectStep ReadCollect(YamlMap map)
    {
        var slotNode = map.Get("collect");
        var slot = domain.Slots[file.OneOf(slotNode, "slot", domain.Slots.Keys)];
        return slot.Type is SlotType.Category or SlotType.Entity
            ? new CollectStep(map.GetText("id"), slot.Name, ReadAct(map.Get("ask")), map.Find("again") is { } again ? ReadAct(again) : null, map.Find("invalid") is { } invalid ? ReadAct(invalid) : null, ReadTarget(map.Get("next")))
            : throw file.Error(slotNode, $"slot \"{slot.Name}\" cannot be collected; only a category or an entity can");
    }

    private DecideStep ReadDecide(YamlMap map)
    {
        var slotNode = map.Get("decide");
        var categories = domain.Slots.Values.Where(slot => slot.Type == SlotType.Category).Select(slot => slot.Name);
        var slot = domain.Slots[file.OneOf(slotNode, "slot", categories)];
        return new DecideStep(map.GetText("id"), slot.Name, ReadCases(map.Get("cases"), slot.Values, $"slot \"{slot.Name}\""));
    }

    private SayStep ReadSay(YamlMap map) =>
        new(map.GetText("id"), [.. file.OneOrMore(map.Get("say")).Select(ReadAct)], map.Find("next") is { } next ? ReadTarget(next) : null);

    private CallStep ReadCall(YamlMap map)
    {
        var call = file.OneOf(map.Get("call"), "call", DialogCalls.Outcomes.Keys);
        return new CallStep(map.GetText("id"), call, ReadCases(map.Get("cases"), DialogCalls.Outcomes[call], $"call \"{call}\""));
    }

    private static HandOverStep ReadHandOver(YamlMap map) => new(map.GetText("id"), map.GetText("hand_over"));

    private Dictionary<string, string?> ReadCases(YamlNode node, IReadOnlyList<string> values, string what)
    {
        var cases = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (keyNode, _, value) in file.Map(node).Entries)
        {
            cases.Add(file.OneOf(keyNode, "case", values), ReadTarget(value));
        }

        return values.FirstOrDefault(value => !cases.ContainsKey(value)) is { } missing
            ? throw file.Error(node, $"{what} can be \"{missing}\", which has no case; expected {DialogFormatException.Permitted(values)}")
            : cases;
    }

    private string ReadAct(YamlNode node) => file.OneOf(node, "act", domain.Acts.Keys);

    private string? ReadTarget(YamlNode node)
    {
        var target = file.Text(node);
        return string.Equals(target, End, StringComparison.Ordinal) ? null
            : target is FlowStep.Wanted || _stepIds.Contains(target) || flowNames.Contains(target) ? target
            : throw file.Error(node, $"\"{target}\" is neither a step of this flow ({DialogFormatException.Permitted(_stepIds)}) nor a flow ({DialogFormatException.Permitted(flowNames)}) nor \"{FlowStep.Wanted}\" nor \"{End}\"");
    }
}
