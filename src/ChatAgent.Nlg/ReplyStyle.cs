namespace ChatAgent.Nlg;

/// <summary>How the agent addresses the person in Spanish; English does not tell them apart.</summary>
public enum ReplyStyle
{
    /// <summary>"usted".</summary>
    Formal,

    /// <summary>"tú".</summary>
    Informal,
}
