namespace ChatAgent.Email;

/// <summary>An SMTP conversation that could not go on, with the step and what that means for the mail.</summary>
internal sealed class SmtpFailure : Exception
{
    public SmtpFailure(SendOutcome outcome, string step, string what, Exception? inner = null)
        : base($"{step} {what}", inner) => (Outcome, Step) = (outcome, step);

    public SendOutcome Outcome { get; }

    /// <summary>"connect", "greeting", "EHLO", "STARTTLS", "TLS", "AUTH", "MAIL", "RCPT", "DATA", "content", "end of content".</summary>
    public string Step { get; }

    public SendResult Result => new(Outcome, Message);
}
