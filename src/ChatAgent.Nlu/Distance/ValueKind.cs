namespace ChatAgent.Nlu.Distance;

/// <summary>What sort of value; only values of one sort contradict each other.</summary>
internal enum ValueKind
{
    Number,

    /// <summary>In percent.</summary>
    Share,

    Day,
    Time,

    /// <summary>In minutes.</summary>
    Length,
    Period,
    Recurrence,
}
