using YamlDotNet.RepresentationModel;

namespace ChatAgent.Dialogs.Format;

/// <summary>Reads flows/*.yml: a file holds one flow with its steps, or the answers to intents that need none.</summary>
internal static class FlowsReader
{
    /// <summary>A file with the flows' names known, so that one flow may go on in another.</summary>
    public static (IReadOnlyDictionary<string, Flow> Flows, IReadOnlyDictionary<string, Answer> Answers) Read(IReadOnlyList<YamlFile> files, Domain domain)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in files.Where(IsFlow))
        {
            var node = file.Map(file.Root).Get("flow");
            if (!names.Add(file.Text(node)))
            {
                throw file.Error(node, $"flow \"{file.Text(node)}\" stands twice");
            }
        }

        var flows = files.Where(IsFlow).Select(file => new FlowReader(file, domain, names).Read()).ToDictionary(flow => flow.Name, StringComparer.Ordinal);
        var answers = new Dictionary<string, Answer>(StringComparer.Ordinal);
        foreach (var file in files.Where(file => !IsFlow(file)))
        {
            ReadAnswers(file, domain, flows, answers);
        }

        return (flows, answers);
    }

    private static bool IsFlow(YamlFile file) => file.Map(file.Root).Find("flow") is not null;

    private static void ReadAnswers(YamlFile file, Domain domain, Dictionary<string, Flow> flows, Dictionary<string, Answer> answers)
    {
        var root = file.Map(file.Root, "facts", "small_talk");
        foreach (var (name, kind) in new[] { ("facts", AnswerKind.Fact), ("small_talk", AnswerKind.SmallTalk) })
        {
            if (root.Find(name) is not { } node)
            {
                continue;
            }

            foreach (var (keyNode, _, value) in file.Map(node).Entries)
            {
                var intent = file.OneOf(keyNode, "intent", domain.Intents);
                if (flows.Values.FirstOrDefault(flow => flow.StartsWith.Contains(intent, StringComparer.Ordinal)) is { } flow)
                {
                    throw file.Error(keyNode, $"intent \"{intent}\" starts flow \"{flow.Name}\" already");
                }

                var map = value is YamlMappingNode ? file.Map(value, "say", "hand_over") : null;
                var acts = file.OneOrMore(map?.Get("say") ?? value).Select(act => file.OneOf(act, "act", domain.Acts.Keys)).ToList();
                if (!answers.TryAdd(intent, new Answer(acts, kind, map?.FindText("hand_over"))))
                {
                    throw file.Error(keyNode, $"intent \"{intent}\" is answered twice");
                }
            }
        }
    }
}
