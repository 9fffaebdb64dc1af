namespace ChatAgent.Nlu;

/// <summary>Whether the words call for help at once.</summary>
public enum Urgency
{
    None,

    /// <summary>Symptoms that cannot wait.</summary>
    Emergency,

    /// <summary>Despair, self-harm.</summary>
    Crisis,
}
