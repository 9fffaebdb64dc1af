using ChatAgent.Nlg;
using ChatAgent.Text;
using YamlDotNet.RepresentationModel;

namespace ChatAgent.Dialogs.Format;

/// <summary>Reads responses/*.yml: the written wordings of each act, as one list or one for "usted" and one for "tú".</summary>
internal static class ResponsesReader
{
    /// <summary>The wordings, and the short answers that are shown as buttons under an act.</summary>
    public static (
        IReadOnlyDictionary<(Language Language, ReplyStyle Style, string Act), IReadOnlyList<string>> Responses,
        IReadOnlyDictionary<(Language Language, string Act), IReadOnlyList<string>> Suggestions) Read(IEnumerable<YamlFile> files, Domain domain)
    {
        var responses = new Dictionary<(Language, ReplyStyle, string), IReadOnlyList<string>>();
        var suggestions = new Dictionary<(Language, string), IReadOnlyList<string>>();
        foreach (var file in files)
        {
            var root = file.Map(file.Root, "language", "responses", "suggestions");
            var language = DomainReader.ReadLanguage(file, root.Get("language"));
            var map = file.Map(root.Get("responses"));
            foreach (var (keyNode, _, value) in map.Entries)
            {
                var act = domain.Acts[file.OneOf(keyNode, "act", domain.Acts.Keys)];
                var styles = value is YamlSequenceNode ? null : file.Map(value, "usted", "tú");
                responses.Add((language, ReplyStyle.Formal, act.Name), ReadWordings(file, styles?.Get("usted") ?? value, act));
                responses.Add((language, ReplyStyle.Informal, act.Name), ReadWordings(file, styles?.Get("tú") ?? value, act));
            }

            foreach (var (keyNode, _, value) in root.Find("suggestions") is { } node ? file.Map(node).Entries : [])
            {
                suggestions.Add((language, file.OneOf(keyNode, "act", domain.Acts.Keys)), [.. file.List(value).Select(file.Text)]);
            }

            if (domain.Acts.Keys.FirstOrDefault(act => !responses.ContainsKey((language, ReplyStyle.Formal, act))) is { } missing)
            {
                throw file.Error(map.Node, $"act \"{missing}\" has no wording in \"{language.ToCode()}\"");
            }
        }

        return (responses, suggestions);
    }

    private static List<string> ReadWordings(YamlFile file, YamlNode node, ActDefinition act)
    {
        var wordings = new List<string>();
        foreach (var item in file.List(node))
        {
            var wording = file.Text(item);
            CheckSlots(file, item, wording, act);
            wordings.Add(wording);
        }

        return wordings.Count > 0 ? wordings : throw file.Error(node, $"act \"{act.Name}\" has no wording");
    }

    private static void CheckSlots(YamlFile file, YamlNode node, string wording, ActDefinition act)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        for (var start = wording.IndexOf('{', StringComparison.Ordinal); start >= 0; start = wording.IndexOf('{', start + 1))
        {
            var end = wording.IndexOf('}', start);
            var slot = end < 0 ? wording[(start + 1)..] : wording[(start + 1)..end];
            if (end < 0 || !act.Slots.Contains(slot, StringComparer.Ordinal))
            {
                throw file.Error(node, $"slot \"{slot}\" is not one of act \"{act.Name}\"; it has {(act.Slots.Count == 0 ? "none" : DialogFormatException.Permitted(act.Slots))}");
            }

            used.Add(slot);
        }

        if (act.Slots.FirstOrDefault(slot => !used.Contains(slot)) is { } missing)
        {
            throw file.Error(node, $"the wording of act \"{act.Name}\" does not say slot \"{missing}\"");
        }
    }
}
