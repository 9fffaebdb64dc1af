using ChatAgent.Dialogs;
using ChatAgent.Nlu.Appointments;
using NodaTime;

namespace ChatAgent.Appointments;

/// <summary>Which free hours to offer first.</summary>
internal static class SlotRanking
{
    private const int MinutesOfDay = 24 * 60;

    /// <summary>The best free hours: those inside a proposal by time, then the nearest, of which no two lie in the same half of a day while there are others.</summary>
    /// <param name="candidates">In the order of time.</param>
    /// <param name="search">What is wanted.</param>
    /// <param name="isFree">Asked only for hours that would be offered.</param>
    public static async Task<IReadOnlyList<FreeSlot>> TakeFreeAsync(IReadOnlyList<SlotRecord> candidates, SlotSearch search, Func<SlotRecord, Task<bool>> isFree)
    {
        var ranked = candidates
            .Select(slot => (Slot: slot, Distance: DistanceOf(slot.Start, search)))
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => Math.Abs(MinutesBetween(search.Near, candidate.Slot.Start)))
            .ThenBy(candidate => candidate.Slot.Start)
            .ToList();

        var taken = new List<FreeSlot>();
        var passedOver = new List<SlotRecord>();
        foreach (var (slot, distance) in ranked)
        {
            if (taken.Count == search.Count)
            {
                break;
            }

            var isCrowded = distance > 0 && taken.Any(other => other.Start.Date == slot.Start.Date && other.Start.Hour < 13 == slot.Start.Hour < 13);
            if (isCrowded)
            {
                passedOver.Add(slot);
            }
            else if (await isFree(slot))
            {
                taken.Add(ToFree(slot));
            }
        }

        foreach (var slot in passedOver)
        {
            if (taken.Count == search.Count)
            {
                break;
            }

            if (await isFree(slot))
            {
                taken.Add(ToFree(slot));
            }
        }

        return taken;
    }

    /// <summary>Minutes from the nearest proposal, 0 inside one; without proposals, from the hour they have, later ones counted half.</summary>
    private static long DistanceOf(LocalDateTime start, SlotSearch search)
    {
        if (search.Proposed.Count > 0)
        {
            return search.Proposed.Min(proposed => DistanceOf(start, proposed));
        }

        // Whoever cannot come wants to come later more often than sooner. Never 0: nothing was asked for that it could meet.
        var minutes = MinutesBetween(search.Near, start);
        return 1 + (minutes >= 0 ? minutes / 2 : -minutes);
    }

    private static long DistanceOf(LocalDateTime start, ProposedSlot proposed)
    {
        var days = proposed.From is { } from && start.Date < from ? Period.DaysBetween(start.Date, from)
            : proposed.To is { } to && start.Date > to ? Period.DaysBetween(to, start.Date)
            : 0;
        var minutes = (proposed.Start, proposed.End) switch
        {
            (null, _) => 0,
            ({ } begin, { } end) when start.TimeOfDay >= begin && start.TimeOfDay <= end => 0,
            ({ } begin, { } end) => Math.Min(Math.Abs(MinutesBetween(begin, start.TimeOfDay)), Math.Abs(MinutesBetween(end, start.TimeOfDay))),
            ({ } at, null) => Math.Abs(MinutesBetween(at, start.TimeOfDay)),
        };
        return ((long)days * MinutesOfDay) + minutes;
    }

    private static long MinutesBetween(LocalDateTime from, LocalDateTime to) => Period.Between(from, to, PeriodUnits.Minutes).Minutes;

    private static long MinutesBetween(LocalTime from, LocalTime to) => Period.Between(from, to, PeriodUnits.Minutes).Minutes;

    private static FreeSlot ToFree(SlotRecord slot) => new(slot.Id, slot.Start, slot.Doctor, slot.Branch);
}
