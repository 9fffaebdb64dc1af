namespace ChatAgent.Server.Channels;

/// <summary>The answer of session/getsessionid.</summary>
internal sealed record DirectLineSession(string SessionId);
