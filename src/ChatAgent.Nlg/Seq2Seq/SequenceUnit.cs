namespace ChatAgent.Nlg;

/// <summary>What the steps of a source or a target are.</summary>
public enum SequenceUnit
{
    /// <summary>What stands between white space.</summary>
    Word,

    /// <summary>Unicode code points.</summary>
    Character,
}
