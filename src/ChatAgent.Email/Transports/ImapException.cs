namespace ChatAgent.Email;

/// <summary>A conversation with an IMAP server that could not go on: the message names the step, and what the server answered or what broke.</summary>
public sealed class ImapException : IOException
{
    public ImapException(string message)
        : base(message)
    {
    }

    public ImapException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
