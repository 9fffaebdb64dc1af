using ChatAgent.Nlg;
using ChatAgent.Text;

namespace ChatAgent.Dialogs;

/// <summary>A bot as its owner wrote it: everything under dialogs/&lt;bot&gt; but the tests. Immutable.</summary>
public sealed record BotDefinition
{
    /// <summary>Name of the folder ("clinic").</summary>
    public required string Name { get; init; }

    public required Domain Domain { get; init; }

    public required IReadOnlyDictionary<string, Flow> Flows { get; init; }

    /// <summary>By intent.</summary>
    public required IReadOnlyDictionary<string, Answer> Answers { get; init; }

    public required FactBook Facts { get; init; }

    /// <summary>The written wordings of every act.</summary>
    public required IReadOnlyDictionary<(Language Language, ReplyStyle Style, string Act), IReadOnlyList<string>> Responses { get; init; }

    /// <summary>Short answers that are shown as buttons under an act.</summary>
    public required IReadOnlyDictionary<(Language Language, string Act), IReadOnlyList<string>> Suggestions { get; init; }

    /// <summary>SHA-256 over the bytes of all files that were read, in the order of their names, as lower-case hex.</summary>
    public required string Hash { get; init; }
}
