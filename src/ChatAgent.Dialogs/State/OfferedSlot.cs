using NodaTime;

namespace ChatAgent.Dialogs;

/// <summary>A free hour that was offered, in the order in which it was named.</summary>
/// <param name="Id">The agenda's id of the hour.</param>
/// <param name="Start">Wall time at the place.</param>
public sealed record OfferedSlot(string Id, LocalDateTime Start);
