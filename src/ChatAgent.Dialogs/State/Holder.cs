namespace ChatAgent.Dialogs;

/// <summary>Who answers the person.</summary>
public enum Holder
{
    Bot,

    /// <summary>A person was called and has not come yet; the bot answers what it safely can.</summary>
    WaitingForOperator,

    /// <summary>A person has it; the bot is silent.</summary>
    Operator,
}
