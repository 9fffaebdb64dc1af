namespace ChatAgent.Dialogs;

/// <summary>Names that the policy's own rules use; a bot that lacks one is refused when it is loaded, not in the middle of a conversation.</summary>
internal static class PolicyVocabulary
{
    public static void Check(Domain domain)
    {
        Require("act", Acts.All, domain.Acts.Keys);
        Require("intent", Intents.All, domain.Intents);
        RequireValues(domain, AttendanceReading.Slot, AttendanceReading.FlowValues);
        RequireValues(domain, SlotChoice.Slot, SlotChoice.Values);
    }

    private static void Require(string kind, IEnumerable<string> needed, IEnumerable<string> defined)
    {
        if (needed.FirstOrDefault(name => !defined.Contains(name, StringComparer.Ordinal)) is { } missing)
        {
            throw new DialogFormatException($"domain.yml: {kind} \"{missing}\" is missing; the policy needs {DialogFormatException.Permitted(needed)}");
        }
    }

    private static void RequireValues(Domain domain, string slot, IReadOnlyList<string> values)
    {
        if (!domain.Slots.TryGetValue(slot, out var definition) || !definition.Values.Order(StringComparer.Ordinal).SequenceEqual(values.Order(StringComparer.Ordinal), StringComparer.Ordinal))
        {
            throw new DialogFormatException($"domain.yml: slot \"{slot}\" must be a category with the values {DialogFormatException.Permitted(values)}");
        }
    }
}
