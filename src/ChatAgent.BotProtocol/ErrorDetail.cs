namespace ChatAgent.BotProtocol;

/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">What was found and what was expected.</param>
public sealed record ErrorDetail(string Code, string Message);
