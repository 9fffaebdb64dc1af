namespace ChatAgent.Dialogs.Format;

/// <summary>Every slot of every act must have somewhere to come from.</summary>
internal static class SlotSources
{
    /// <summary>Slots that the policy fills from the conversation and the agenda.</summary>
    public static IReadOnlyList<string> FromConversation { get; } =
        ["patient", "doctor", "specialty", "date", "time", "branch", "branches", "options", "bot"];

    public static void Check(YamlFile domainFile, Domain domain, FactBook facts)
    {
        var acts = domainFile.Map(domainFile.Map(domainFile.Root).Get("acts"));
        foreach (var (_, _, value) in acts.Entries)
        {
            foreach (var node in domainFile.List(value))
            {
                var slot = domainFile.Text(node);
                if (domain.Slots[slot].Type == SlotType.Fact ? !facts.Names.Contains(slot, StringComparer.Ordinal) : !FromConversation.Contains(slot, StringComparer.Ordinal))
                {
                    throw domainFile.Error(node, domain.Slots[slot].Type == SlotType.Fact
                        ? $"slot \"{slot}\" is a fact that facts.yml does not have"
                        : $"slot \"{slot}\" has no source; the conversation gives {DialogFormatException.Permitted(FromConversation)}, others are of type \"fact\"");
                }
            }
        }
    }
}
