using ChatAgent.Nlu.Appointments;
using NodaTime;

namespace ChatAgent.Dialogs;

/// <summary>Which free hours are wanted.</summary>
public sealed record SlotSearch
{
    public required string Doctor { get; init; }

    public required string Branch { get; init; }

    /// <summary>What the person asked for; hours inside it come first, then the nearest. Empty: the nearest to <see cref="Near"/>.</summary>
    public IReadOnlyList<ProposedSlot> Proposed { get; init; } = [];

    /// <summary>The hour to be near to when nothing is proposed.</summary>
    public required LocalDateTime Near { get; init; }

    /// <summary>Hours that are not to be offered again.</summary>
    public IReadOnlyList<LocalDateTime> Except { get; init; } = [];

    /// <summary>How many at the most, 1 to 10.</summary>
    public int Count { get; init; } = 3;
}
