namespace ChatAgent.BotProtocol;

/// <summary>What became of reading a token.</summary>
public enum TokenVerdict
{
    Valid,

    /// <summary>Once good: answered with 403 and <see cref="ErrorCodes.TokenExpired"/>, on which clients ask for a new one.</summary>
    Expired,

    /// <summary>Not ours, for another use, or broken: answered with 401.</summary>
    Malformed,
}
