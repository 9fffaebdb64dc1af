using NodaTime;

namespace ChatAgent.Appointments;

/// <summary>An hour that somebody gave up, and who was offered it since: collection "freed-hours", its id the hour's.</summary>
/// <param name="Slot">The hour.</param>
/// <param name="FreedAt">UTC.</param>
/// <param name="Offers">In the order in which they were made.</param>
public sealed record FreedHour(SlotRecord Slot, DateTimeOffset FreedAt, IReadOnlyList<FreedHourOffer> Offers)
{
    internal const string Collection = "freed-hours";
}

/// <summary>One offer of a freed hour.</summary>
/// <param name="AppointmentId">The later appointment that would be moved.</param>
/// <param name="Until">UTC; then it lapses and the next are asked.</param>
public sealed record FreedHourOffer(string AppointmentId, DateTimeOffset Until);
