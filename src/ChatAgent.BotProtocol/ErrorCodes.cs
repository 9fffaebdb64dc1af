namespace ChatAgent.BotProtocol;

/// <summary>Codes of <see cref="ErrorDetail"/> that clients know.</summary>
public static class ErrorCodes
{
    public const string BadArgument = "BadArgument";
    public const string BadSyntax = "BadSyntax";
    public const string MissingProperty = "MissingProperty";
    public const string MessageSizeTooBig = "MessageSizeTooBig";
    public const string Unauthorized = "Unauthorized";
    public const string TokenExpired = "TokenExpired";
    public const string Forbidden = "Forbidden";
    public const string ConversationNotFound = "ConversationNotFound";
    public const string ServiceError = "ServiceError";
}
