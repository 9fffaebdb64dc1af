namespace ChatAgent.Mailroom;

/// <summary>How far the agent can be trusted, by what reception marked.</summary>
/// <param name="Kinds">Of each kind.</param>
/// <param name="Waiting">Mails that wait for a mark.</param>
/// <param name="FalseYes">Wrongly recorded as coming, of all that would be.</param>
/// <param name="FalseNo">Wrongly recorded as not coming, of all that would be.</param>
public sealed record ShadowReport(IReadOnlyList<ShadowKindReport> Kinds, int Waiting, ErrorRate FalseYes, ErrorRate FalseNo);

/// <summary>One kind.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Errors">Wrong ones of those marked.</param>
/// <param name="IsOn">Whether the agent does it.</param>
/// <param name="Changed">When it was switched last, UTC; null for never.</param>
/// <param name="By">Who switched it: an operator, or "errors" where too many were wrong.</param>
public sealed record ShadowKindReport(ShadowKind Kind, ErrorRate Errors, bool IsOn, DateTimeOffset? Changed, string? By);

/// <summary>Which kinds are on: collection "settings", id "shadow".</summary>
internal sealed record ShadowSwitches(IReadOnlyDictionary<ShadowKind, ShadowSwitch> Kinds)
{
    public const string Collection = "settings";
    public const string Id = "shadow";
}

internal sealed record ShadowSwitch(bool IsOn, DateTimeOffset At, string By);
