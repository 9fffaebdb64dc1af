using ChatAgent.Store;

namespace ChatAgent.Dialogs;

/// <summary>What came of comparing a code.</summary>
/// <param name="Patient">Who it proves the visitor to be; null when it is wrong.</param>
/// <param name="Exhausted">No further attempt is allowed with this code: too many, too late, or none was sent.</param>
/// <param name="Documents">The attempt, counted in the turn's commit.</param>
public sealed record CodeCheck(AgendaPatient? Patient, bool Exhausted, IReadOnlyList<DocumentWrite> Documents);
