namespace ChatAgent.Nlu.Appointments;

/// <summary>What a person meant by a reply to an appointment's question.</summary>
public sealed record AppointmentReply
{
    /// <summary>The most probable reading; to be acted on only when <see cref="Abstains"/> is false.</summary>
    public required AppointmentIntent Intent { get; init; }

    /// <summary>Calibrated probability that <see cref="Intent"/> is right, 0 to 1.</summary>
    public required double Confidence { get; init; }

    /// <summary>The reader is not sure enough for the risk that the owner chose: ask back or call a person.</summary>
    public required bool Abstains { get; init; }

    /// <summary>Whether a person must look at it before or besides the automatic answer.</summary>
    public required bool NeedsHuman { get; init; }

    /// <summary>Slots offered or asked for instead, in the writer's order; only with <see cref="AppointmentIntent.Reschedule"/>.</summary>
    public IReadOnlyList<ProposedSlot> Proposed { get; init; } = [];

    /// <summary>The words that decided.</summary>
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];

    /// <summary>Topics asked about (<see cref="FactTopics"/>), in the writer's order.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];
}
