namespace ChatAgent.Email;

/// <summary>A way out for mails.</summary>
public interface IMailTransport
{
    /// <summary>Hands one mail over. When the task completes with <see cref="SendOutcome.Taken"/>, another is responsible for it.</summary>
    /// <param name="mail">Composed, with CRLF as line ends.</param>
    /// <param name="name">The same for every repetition of this mail, another for every other: letters, digits, "-" and ".".</param>
    /// <param name="envelopeFrom">Where failures are reported to.</param>
    /// <param name="envelopeTo">The recipient.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>What became of it. Failures of the network are an outcome, not an exception.</returns>
    Task<SendResult> SendAsync(ReadOnlyMemory<byte> mail, string name, string envelopeFrom, string envelopeTo, CancellationToken cancellationToken);
}

/// <summary>What became of a mail that was handed over.</summary>
public enum SendOutcome
{
    /// <summary>The other side is responsible for it now.</summary>
    Taken,

    /// <summary>Not now: a 4xx answer, or a network that failed. To be tried again.</summary>
    Later,

    /// <summary>Never: a 5xx answer to this recipient or this mail.</summary>
    Refused,

    /// <summary>
    /// The whole mail was handed over and the answer never came: the other side may have it. To be tried again with the same Message-ID, since a question that is lost
    /// costs an hour and a second copy of one mail costs a glance (RFC 5321 §4.5.3.2.6, RFC 1047).
    /// </summary>
    Unconfirmed,
}

/// <summary>The outcome with its reason.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">Short and without addresses: "550 5.1.1", "ConnectionRefused"; null when it was taken.</param>
public readonly record struct SendResult(SendOutcome Outcome, string? Reason)
{
    public static SendResult Taken { get; } = new(SendOutcome.Taken, null);
}
