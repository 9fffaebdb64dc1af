namespace ChatAgent.Dialogs;

/// <summary>Acts that the policy itself says; all others stand in flows and answers.</summary>
internal static class Acts
{
    public const string Greet = "greet";
    public const string GreetKnown = "greet_known";

    /// <summary>Said before the question about the hour of a visitor who came by a signed link.</summary>
    public const string GreetByLink = "greet_by_link";

    public const string Emergency = "emergency";
    public const string Crisis = "crisis";
    public const string Handover = "handover";
    public const string HandoverWaiting = "handover_waiting";
    public const string NotUnderstood = "not_understood";
    public const string OutOfScope = "out_of_scope";
    public const string AnythingElse = "anything_else";
    public const string LanguageSwitched = "language_switched";
    public const string InformAppointment = "inform_appointment";
    public const string TellTime = "tell_time";
    public const string OfferSlots = "offer_slots";

    /// <summary>Offers alternatives (confirm, move or free it?): a bare yes chooses none of them.</summary>
    public const string AskBackCondition = "ask_back_condition";

    public static IReadOnlyList<string> All { get; } =
    [
        Greet, GreetKnown, GreetByLink, Emergency, Crisis, Handover, HandoverWaiting, NotUnderstood, OutOfScope, AnythingElse, LanguageSwitched, InformAppointment, TellTime,
        OfferSlots, AskBackCondition,
    ];
}
