namespace ChatAgent.Nlu.Distance;

/// <summary>What an answer does with a point.</summary>
public enum PointStatus
{
    /// <summary>Says nothing of it, or too little.</summary>
    Missing,

    /// <summary>Says it.</summary>
    Covered,

    /// <summary>Speaks of it and says otherwise: denied, roles or order exchanged, another number.</summary>
    Contradicted,
}
