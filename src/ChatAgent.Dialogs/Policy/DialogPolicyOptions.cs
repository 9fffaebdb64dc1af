namespace ChatAgent.Dialogs;

/// <summary>How patient the policy is.</summary>
public sealed record DialogPolicyOptions
{
    /// <summary>How long offered hours stay on offer, 1 minute to 7 days.</summary>
    public TimeSpan OfferLapsesAfter { get; init; } = TimeSpan.FromHours(4);

    /// <summary>How long a called person, or a quiet operator, is waited for before the bot takes the conversation again, 1 minute to 7 days.</summary>
    public TimeSpan ReturnToBotAfter { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Messages in a row that may be not understood before a person is called, 1 to 5.</summary>
    public int UnsureBeforeHandover { get; init; } = 2;

    /// <summary>Free hours offered at once, 1 to 5.</summary>
    public int OffersAtOnce { get; init; } = 3;

    internal void Check()
    {
        RequireDuration(OfferLapsesAfter, nameof(OfferLapsesAfter));
        RequireDuration(ReturnToBotAfter, nameof(ReturnToBotAfter));
        Require(UnsureBeforeHandover is >= 1 and <= 5, nameof(UnsureBeforeHandover), UnsureBeforeHandover, "1 to 5");
        Require(OffersAtOnce is >= 1 and <= 5, nameof(OffersAtOnce), OffersAtOnce, "1 to 5");
    }

    private static void RequireDuration(TimeSpan value, string name) =>
        Require(value >= TimeSpan.FromMinutes(1) && value <= TimeSpan.FromDays(7), name, value, "1 minute to 7 days");

    private static void Require(bool holds, string name, object? value, string allowed)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {allowed}.");
        }
    }
}
