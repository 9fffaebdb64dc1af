using ChatAgent.Nlg;
using ChatAgent.Text;

namespace ChatAgent.Dialogs;

/// <summary>What a bot knows by name: its domain.yml.</summary>
public sealed record Domain
{
    /// <summary>The agent's name ("Alma").</summary>
    public required string Bot { get; init; }

    /// <summary>In the order of preference; the first greets.</summary>
    public required IReadOnlyList<Language> Languages { get; init; }

    /// <summary>How people are addressed unless a conversation says otherwise.</summary>
    public required ReplyStyle Style { get; init; }

    /// <summary>IANA name of the zone in which the clinic's clocks are read.</summary>
    public required string Zone { get; init; }

    public required IReadOnlyList<string> Intents { get; init; }

    /// <summary>By name; an entity without a list of its own (a time, a RUT) has no values.</summary>
    public required IReadOnlyDictionary<string, EntityDefinition> Entities { get; init; }

    public required IReadOnlyDictionary<string, SlotDefinition> Slots { get; init; }

    /// <summary>What the agent can say.</summary>
    public required IReadOnlyDictionary<string, ActDefinition> Acts { get; init; }
}
