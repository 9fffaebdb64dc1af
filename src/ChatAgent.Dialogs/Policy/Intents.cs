namespace ChatAgent.Dialogs;

/// <summary>Intents that the policy itself knows; all others are the owner's, in flows and answers.</summary>
internal static class Intents
{
    public const string ConfirmAttendance = "confirm_attendance";
    public const string DeclineAttendance = "decline_attendance";
    public const string Reschedule = "reschedule";
    public const string ConditionalAttendance = "conditional_attendance";
    public const string WrongPerson = "wrong_person";
    public const string AskHuman = "ask_human";
    public const string Emergency = "emergency";
    public const string Crisis = "crisis";
    public const string Affirm = "affirm";
    public const string Deny = "deny";
    public const string Greet = "greet";
    public const string SwitchLanguage = "switch_language";
    public const string StopMessages = "stop_messages";
    public const string AskRepeat = "ask_repeat";

    public static IReadOnlyList<string> All { get; } =
    [
        ConfirmAttendance, DeclineAttendance, Reschedule, ConditionalAttendance, WrongPerson, AskHuman, Emergency, Crisis, Affirm, Deny, Greet,
        SwitchLanguage, StopMessages, AskRepeat,
    ];
}
