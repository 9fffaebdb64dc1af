using ChatAgent.Appointments;
using ChatAgent.Email;

namespace ChatAgent.Mailroom;

/// <summary>Sends one-time codes by mail.</summary>
/// <remarks>The words are in both languages, because the address on file does not say which one its reader speaks. The code is nowhere but in the body: a subject is shown on locked screens.</remarks>
public sealed class CodeMailer : ICodeSender
{
    private readonly IMailTransport _transport;
    private readonly MailAddress _from;
    private readonly TimeProvider _time;
    private readonly Action<string>? _sent;

    /// <param name="transport">The way out.</param>
    /// <param name="from">The clinic's own mailbox.</param>
    /// <param name="time">Dates the mail.</param>
    /// <param name="sent">Told the name of each mail that left; a demonstration shows its file to whoever tries the agent.</param>
    public CodeMailer(IMailTransport transport, MailAddress from, TimeProvider time, Action<string>? sent = null)
    {
        _transport = transport;
        _from = from;
        _time = time;
        _sent = sent;
    }

    /// <exception cref="FormatException">The address on file is not one that mail can be sent to.</exception>
    /// <exception cref="IOException">The mail was not taken; the reason is in the message, the address is not. A code lives minutes: it is asked for again rather than sent later.</exception>
    public async Task SendAsync(string address, string code, CancellationToken cancellationToken)
    {
        var mail = new OutgoingMail
        {
            From = _from,
            To = MailAddress.Create(address),
            Subject = $"Su código / Your code - {_from.Name}",
            Text = $"""
                Su código es {code}. Escríbalo en la conversación para que podamos hablar de sus horas.
                Si usted no lo pidió, no haga nada: nadie puede ver sus datos sin él.

                Your code is {code}. Type it into the conversation so that we can talk about your appointments.
                If you did not ask for it, do nothing: nobody can see your data without it.

                {_from.Name}
                """,
            MessageId = MailComposer.NewMessageId(_from.Address[(_from.Address.IndexOf('@', StringComparison.Ordinal) + 1)..]),
            Date = _time.GetUtcNow(),
            IsAnswer = true,
        };
        var name = $"code-{Guid.NewGuid():N}";
        var result = await _transport.SendAsync(MailComposer.Compose(mail), name, _from.Address, mail.To.Address, cancellationToken);
        if (result.Outcome != SendOutcome.Taken)
        {
            throw new IOException($"the mail with a one-time code was not taken: {result.Reason}");
        }

        _sent?.Invoke(name);
    }
}
