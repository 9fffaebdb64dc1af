namespace ChatAgent.Nlu.Times;

/// <summary>Whose habits decide what an expression stands for.</summary>
public enum TimeReading
{
    /// <summary>One value each: day before month, the future first, 1 to 7 in the afternoon (the label guide's reading rules).</summary>
    Chile,

    /// <summary>Every value that the words allow, as Recognizers-Text lists them: past and future dates, both halves of the clock.</summary>
    Recognizers,
}
