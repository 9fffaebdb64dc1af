namespace ChatAgent.Mailroom;

/// <summary>What a simulated campaign came to.</summary>
/// <param name="Patients">All of them.</param>
/// <param name="Asked">Questions that left.</param>
/// <param name="Reminded">Reminders that left.</param>
/// <param name="Instructed">Mails with place and papers.</param>
/// <param name="Called">Patients of whom a person was told by the campaign.</param>
/// <param name="Mails">All mails that left.</param>
/// <param name="Outcomes">How many of each label ended how.</param>
/// <param name="FalseYes">Recorded as coming, of those who did not say yes.</param>
/// <param name="FalseNo">Recorded as not coming, of those who did not say no.</param>
/// <param name="WrongMoves">Moved to an hour that was not proposed, of those that were moved.</param>
/// <param name="Errors">Rows behind the three.</param>
/// <param name="Missed">A yes or a no that was asked back or given to a person instead of recorded: no error, but a question too many.</param>
public sealed record SimulationReport(
    int Patients,
    int Asked,
    int Reminded,
    int Instructed,
    int Called,
    int Mails,
    IReadOnlyList<SimulationOutcome> Outcomes,
    ErrorRate FalseYes,
    ErrorRate FalseNo,
    ErrorRate WrongMoves,
    IReadOnlyList<SimulationError> Errors,
    IReadOnlyList<SimulationError> Missed);

/// <summary>Patients of one label that ended one way.</summary>
/// <param name="Label">"confirm", or "none" for who did not answer.</param>
/// <param name="Ended">"confirmed", "declined", "moved", "person" or "open".</param>
/// <param name="Count">How many.</param>
public sealed record SimulationOutcome(string Label, string Ended, int Count);

/// <summary>One error.</summary>
/// <param name="Id">The patient's row.</param>
/// <param name="Label">What they meant.</param>
/// <param name="Ended">What was recorded.</param>
/// <param name="Text">What they wrote.</param>
public sealed record SimulationError(string Id, string Label, string Ended, string Text);
