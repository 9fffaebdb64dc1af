using ChatAgent.Store;

namespace ChatAgent.Dialogs;

/// <summary>A one-time code that was made; it is sent after the turn's commit.</summary>
/// <param name="TooMany">Too many codes were asked for; none was made.</param>
/// <param name="Documents">The challenge (a hash, never the code), written in the turn's commit.</param>
/// <param name="Message">What <see cref="IAgendaTools.SendCodeAsync"/> sends; null when nothing is to be sent, which the visitor cannot tell.</param>
public sealed record CodeRequest(bool TooMany, IReadOnlyList<DocumentWrite> Documents, CodeMessage? Message);
