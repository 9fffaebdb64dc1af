namespace ChatAgent.Nlu;

/// <summary>Topics that the agent can answer from its facts; a question outside them needs a person.</summary>
/// <param name="Topics">Names of <see cref="FactTopics"/>.</param>
public sealed record KnownFacts(IReadOnlySet<string> Topics)
{
    /// <summary>The facts of the label guide: date, time, professional, specialty, place, minutes to arrive early, identity card, voucher, how to change or cancel.</summary>
    public static KnownFacts Default { get; } = new(new HashSet<string>(StringComparer.Ordinal)
    {
        FactTopics.Date, FactTopics.Time, FactTopics.Professional, FactTopics.Specialty, FactTopics.Place,
        FactTopics.ArrivalMinutes, FactTopics.IdentityCard, FactTopics.Voucher, FactTopics.HowToChange,
    });
}
