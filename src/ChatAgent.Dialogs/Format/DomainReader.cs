using ChatAgent.Nlg;
using ChatAgent.Text;
using NodaTime;
using YamlDotNet.RepresentationModel;

namespace ChatAgent.Dialogs.Format;

/// <summary>Reads domain.yml.</summary>
internal static class DomainReader
{
    private static readonly Dictionary<string, SlotType> SlotTypes = new(StringComparer.Ordinal)
    {
        ["text"] = SlotType.Text,
        ["date"] = SlotType.Date,
        ["time"] = SlotType.Time,
        ["fact"] = SlotType.Fact,
        ["category"] = SlotType.Category,
        ["entity"] = SlotType.Entity,
    };

    public static Domain Read(YamlFile file)
    {
        var root = file.Map(file.Root, "bot", "languages", "style", "zone", "intents", "entities", "slots", "acts");
        var entities = ReadEntities(file, root.Get("entities"));
        var slots = ReadSlots(file, root.Get("slots"), entities);
        return new Domain
        {
            Bot = root.GetText("bot"),
            Languages = ReadLanguages(file, root.Get("languages")),
            Style = ReadStyle(file, root.Get("style")),
            Zone = ReadZone(file, root.Get("zone")),
            Intents = ReadIntents(file, root.Get("intents")),
            Entities = entities,
            Slots = slots,
            Acts = ReadActs(file, root.Get("acts"), slots),
        };
    }

    /// <summary>"usted" or "tú".</summary>
    public static ReplyStyle ReadStyle(YamlFile file, YamlNode node) => file.Text(node) switch
    {
        "usted" => ReplyStyle.Formal,
        "tú" => ReplyStyle.Informal,
        var other => throw file.Error(node, $"style \"{other}\" is not known; permitted: \"usted\", \"tú\""),
    };

    public static Language ReadLanguage(YamlFile file, YamlNode node) => LanguageCodes.TryParse(file.Text(node), out var language)
        ? language
        : throw file.Error(node, $"language \"{file.Text(node)}\" is not known; permitted: {DialogFormatException.Permitted(LanguageCodes.All.Select(known => known.Code))}");

    private static List<Language> ReadLanguages(YamlFile file, YamlNode node)
    {
        var languages = file.List(node).Select(item => ReadLanguage(file, item)).ToList();
        return languages.Count > 0 ? languages : throw file.Error(node, "no language, expected at least one");
    }

    private static string ReadZone(YamlFile file, YamlNode node)
    {
        var zone = file.Text(node);
        return DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is not null
            ? zone
            : throw file.Error(node, $"zone \"{zone}\" is not known; expected an IANA name such as \"America/Santiago\"");
    }

    private static List<string> ReadIntents(YamlFile file, YamlNode node)
    {
        var intents = new List<string>();
        foreach (var item in file.List(node))
        {
            var intent = file.Text(item);
            if (intents.Contains(intent, StringComparer.Ordinal))
            {
                throw file.Error(item, $"intent \"{intent}\" stands twice");
            }

            intents.Add(intent);
        }

        return intents;
    }

    private static Dictionary<string, EntityDefinition> ReadEntities(YamlFile file, YamlNode node)
    {
        var entities = new Dictionary<string, EntityDefinition>(StringComparer.Ordinal);
        foreach (var (_, name, value) in file.Map(node).Entries)
        {
            var values = new Dictionary<string, EntityValue>(StringComparer.Ordinal);
            if (value is not YamlScalarNode { Value: null or "" })
            {
                foreach (var (_, canonical, details) in file.Map(value).Entries)
                {
                    values.Add(canonical, ReadEntityValue(file, canonical, details));
                }
            }

            entities.Add(name, new EntityDefinition(name, values));
        }

        return entities;
    }

    /// <summary>A list of synonyms, or a mapping with them and the names in languages that write the value otherwise.</summary>
    private static EntityValue ReadEntityValue(YamlFile file, string canonical, YamlNode node)
    {
        if (node is YamlSequenceNode)
        {
            return new EntityValue(canonical, [.. file.List(node).Select(file.Text)], new Dictionary<Language, string>());
        }

        var map = file.Map(node, ["synonyms", .. LanguageCodes.All.Select(known => known.Code)]);
        var names = LanguageCodes.All
            .Select(known => (known.Language, Name: map.FindText(known.Code)))
            .Where(known => known.Name is not null)
            .ToDictionary(known => known.Language, known => known.Name!);
        return new EntityValue(canonical, map.Find("synonyms") is { } synonyms ? [.. file.List(synonyms).Select(file.Text)] : [], names);
    }

    private static Dictionary<string, SlotDefinition> ReadSlots(YamlFile file, YamlNode node, Dictionary<string, EntityDefinition> entities)
    {
        var slots = new Dictionary<string, SlotDefinition>(StringComparer.Ordinal);
        foreach (var (keyNode, name, value) in file.Map(node).Entries)
        {
            var map = value is YamlScalarNode ? null : file.Map(value, "type", "values");
            var typeNode = map?.Get("type") ?? value;
            if (!SlotTypes.TryGetValue(file.Text(typeNode), out var type))
            {
                throw file.Error(typeNode, $"slot type \"{file.Text(typeNode)}\" is not known; permitted: {DialogFormatException.Permitted(SlotTypes.Keys)}");
            }

            var values = map?.Find("values") is { } list ? file.List(list).Select(file.Text).ToList() : [];
            if ((type == SlotType.Category) != (values.Count > 0))
            {
                throw file.Error(keyNode, $"slot \"{name}\": a category, and only a category, has values");
            }

            if (type == SlotType.Entity && !entities.ContainsKey(name))
            {
                throw file.Error(keyNode, $"slot \"{name}\" is an entity that is not defined; this bot has {DialogFormatException.Permitted(entities.Keys)}");
            }

            slots.Add(name, new SlotDefinition(name, type, values));
        }

        return slots;
    }

    private static Dictionary<string, ActDefinition> ReadActs(YamlFile file, YamlNode node, Dictionary<string, SlotDefinition> slots)
    {
        var acts = new Dictionary<string, ActDefinition>(StringComparer.Ordinal);
        foreach (var (_, name, value) in file.Map(node).Entries)
        {
            acts.Add(name, new ActDefinition(name, [.. file.List(value).Select(slot => file.OneOf(slot, "slot", slots.Keys))]));
        }

        return acts;
    }
}
