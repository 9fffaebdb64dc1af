namespace ChatAgent.Nlu.Distance;

/// <summary>How a clause joins what stands before it, as far as one comes before the other in time, cause or condition.</summary>
internal enum Connector
{
    /// <summary>The text begins.</summary>
    None,

    /// <summary>"and", a comma: no order is said.</summary>
    Plain,

    /// <summary>What follows comes later than the main clause ("before").</summary>
    Before,

    /// <summary>What follows, a noun or an infinitive, comes earlier than the main clause ("after", "thanks to").</summary>
    After,

    /// <summary>What follows, a clause with a verb, comes earlier than the main clause ("because", "if").</summary>
    AfterClause,

    /// <summary>What follows comes later than what was said last ("then", "so").</summary>
    Then,

    /// <summary>What follows comes first of all.</summary>
    First,

    /// <summary>What follows is what is said, wanted or thought ("que").</summary>
    That,
}
