namespace ChatAgent.Nlg;

/// <summary>One thing that the agent wants to say.</summary>
/// <param name="Name">The act, as the domain file names it ("confirm_recorded").</param>
/// <param name="Slots">Values already worded in the reply's language (date "martes 28 de abril", time "10:45").</param>
public sealed record DialogAct(string Name, IReadOnlyDictionary<string, string> Slots)
{
    /// <summary>An act without slots.</summary>
    public DialogAct(string name)
        : this(name, new Dictionary<string, string>(StringComparer.Ordinal))
    {
    }
}
