using NodaTime;

namespace ChatAgent.Dialogs;

/// <summary>A free hour.</summary>
/// <param name="Id">The agenda's id of the hour.</param>
/// <param name="Start">Wall time at the place.</param>
/// <param name="Doctor">With whom.</param>
/// <param name="Branch">Where.</param>
public sealed record FreeSlot(string Id, LocalDateTime Start, string Doctor, string Branch);
