namespace ChatAgent.BotProtocol;

/// <summary>Values of <see cref="Activity.Type"/> that this house acts on; every other type is kept and passed through.</summary>
public static class ActivityTypes
{
    public const string Message = "message";
    public const string ConversationUpdate = "conversationUpdate";
    public const string Typing = "typing";
    public const string EndOfConversation = "endOfConversation";
    public const string Event = "event";
    public const string Invoke = "invoke";
    public const string Trace = "trace";
    public const string Handoff = "handoff";
}
