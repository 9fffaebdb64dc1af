using NodaTime;

namespace ChatAgent.Appointments;

/// <summary>What an import did.</summary>
/// <param name="Patients">Written.</param>
/// <param name="Appointments">New or changed.</param>
/// <param name="Hours">Hours that doctors work, written.</param>
/// <param name="Unchanged">Appointments that were there already.</param>
/// <param name="Changes">Of appointments, in the order of the file.</param>
/// <param name="Errors">In the order of the file; with any of them nothing was written.</param>
public sealed record AgendaImportResult(int Patients, int Appointments, int Hours, int Unchanged, IReadOnlyList<AgendaImportChange> Changes, IReadOnlyList<AgendaImportError> Errors)
{
    internal static AgendaImportResult Refused(IReadOnlyList<AgendaImportError> errors) => new(0, 0, 0, 0, [], errors);
}

/// <summary>What an import does to one appointment.</summary>
/// <param name="Row">As in <see cref="AgendaImportError"/>.</param>
/// <param name="Kind">What happens to it.</param>
/// <param name="AppointmentId">Which.</param>
/// <param name="Before">Its hour until now; null for a new one.</param>
/// <param name="After">Its hour from now on.</param>
public sealed record AgendaImportChange(int Row, AgendaImportKind Kind, string AppointmentId, LocalDateTime? Before, LocalDateTime After);

/// <summary>Kinds of <see cref="AgendaImportChange"/>.</summary>
public enum AgendaImportKind
{
    /// <summary>Not there before.</summary>
    New,

    /// <summary>Another hour, professional, branch or patient than at the last import: what was said about the old one no longer counts.</summary>
    Moved,

    /// <summary>The file says that it was given up.</summary>
    Cancelled,

    /// <summary>Length, specialty or the spelling of a name; what the patient said stays.</summary>
    Corrected,
}

/// <summary>Something that a file says and the agenda cannot use.</summary>
/// <param name="Row">Line of a CSV (the header is 1), or place in its list of a JSON (from 1).</param>
/// <param name="Column">"rut".</param>
/// <param name="Problem">What was found and what is expected.</param>
public sealed record AgendaImportError(int Row, string Column, string Problem)
{
    public override string ToString() => $"row {Row}, {Column}: {Problem}";
}
