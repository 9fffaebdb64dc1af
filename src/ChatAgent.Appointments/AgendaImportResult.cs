namespace ChatAgent.Appointments;

/// <summary>What an import did.</summary>
/// <param name="Patients">Written.</param>
/// <param name="Appointments">New or changed.</param>
/// <param name="Hours">Hours that doctors work, written.</param>
/// <param name="Unchanged">Appointments that were there already.</param>
/// <param name="Errors">In the order of the file; with any of them nothing was written.</param>
public sealed record AgendaImportResult(int Patients, int Appointments, int Hours, int Unchanged, IReadOnlyList<AgendaImportError> Errors);

/// <summary>Something that a file says and the agenda cannot use.</summary>
/// <param name="Row">Line of a CSV (the header is 1), or place in its list of a JSON (from 1).</param>
/// <param name="Column">"rut".</param>
/// <param name="Problem">What was found and what is expected.</param>
public sealed record AgendaImportError(int Row, string Column, string Problem)
{
    public override string ToString() => $"row {Row}, {Column}: {Problem}";
}
