using ChatAgent.Nlu;
using ChatAgent.Text;
using YamlDotNet.RepresentationModel;

namespace ChatAgent.Dialogs.Format;

/// <summary>Reads facts.yml: a fact is one text for every language, a text for each, or a list of them by branch and specialty.</summary>
internal static class FactsReader
{
    private static readonly string[] Topics =
    [
        FactTopics.Date, FactTopics.Time, FactTopics.Professional, FactTopics.Specialty, FactTopics.Place, FactTopics.ArrivalMinutes, FactTopics.IdentityCard,
        FactTopics.Voucher, FactTopics.HowToChange, FactTopics.Price, FactTopics.Insurance, FactTopics.Preparation, FactTopics.Medication, FactTopics.Parking,
        FactTopics.Floor, FactTopics.Companion, FactTopics.Refund, FactTopics.Modality,
    ];

    public static FactBook Read(YamlFile file, Domain domain)
    {
        var factSlots = domain.Slots.Values.Where(slot => slot.Type == SlotType.Fact).Select(slot => slot.Name).ToList();
        var facts = new List<FactBook.Fact>();
        foreach (var (keyNode, _, value) in file.Map(file.Map(file.Root, "facts").Get("facts")).Entries)
        {
            var name = file.OneOf(keyNode, "fact slot", factSlots);
            facts.Add(value is YamlScalarNode
                ? new FactBook.Fact(name, null, [new FactBook.Entry(FactScope.Unknown, domain.Languages.ToDictionary(language => language, _ => file.Text(value)))])
                : ReadFact(file, name, file.Map(value, ["topic", "values", .. Codes(domain)]), domain));
        }

        return new FactBook(facts);
    }

    private static FactBook.Fact ReadFact(YamlFile file, string name, YamlMap map, Domain domain)
    {
        var topic = map.Find("topic") is { } node ? file.OneOf(node, "topic", Topics) : null;
        if (map.Find("values") is not { } values)
        {
            return new FactBook.Fact(name, topic, [new FactBook.Entry(FactScope.Unknown, ReadClauses(file, map, domain))]);
        }

        return new FactBook.Fact(name, topic, [.. file.List(values).Select(item =>
        {
            var entry = file.Map(item, ["branch", "specialty", .. Codes(domain)]);
            var scope = new FactScope(ReadScope(file, entry, "branch", domain), ReadScope(file, entry, "specialty", domain));
            return new FactBook.Entry(scope, ReadClauses(file, entry, domain));
        })]);
    }

    private static Dictionary<Language, string> ReadClauses(YamlFile file, YamlMap map, Domain domain) =>
        domain.Languages.ToDictionary(language => language, language => map.GetText(language.ToCode()));

    private static string? ReadScope(YamlFile file, YamlMap map, string entity, Domain domain) => map.Find(entity) is { } node
        ? file.OneOf(node, entity, domain.Entities.TryGetValue(entity, out var definition) ? definition.Values.Keys : [])
        : null;

    private static IEnumerable<string> Codes(Domain domain) => domain.Languages.Select(language => language.ToCode());
}
