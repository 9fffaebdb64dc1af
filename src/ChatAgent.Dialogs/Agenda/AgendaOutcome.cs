namespace ChatAgent.Dialogs;

/// <summary>What came of a change to the agenda.</summary>
public enum AgendaOutcome
{
    Done,

    /// <summary>It was so already.</summary>
    Already,

    /// <summary>Another has the hour.</summary>
    Taken,

    /// <summary>There is no such appointment any more, or it lies in the past.</summary>
    Gone,
}
