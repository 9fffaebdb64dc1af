namespace ChatAgent.BotProtocol;

/// <summary>The body of every refusal; the code is stable, the message is for people.</summary>
public sealed record ErrorResponse(ErrorDetail Error)
{
    public ErrorResponse(string code, string message)
        : this(new ErrorDetail(code, message))
    {
    }
}
