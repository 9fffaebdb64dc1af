using ChatAgent.Appointments;
using ChatAgent.Email;

namespace ChatAgent.Mailroom;

/// <summary>Sends one-time codes by mail.</summary>
/// <remarks>The words are in both languages, because the address on file does not say which one its reader speaks. The code is nowhere but in the body: a subject is shown on locked screens.</remarks>
public sealed class CodeMailer : ICodeSender
{
    private readonly MailFolder _outbox;
    private readonly MailAddress _from;
    private readonly TimeProvider _time;
    private readonly Action<string>? _dropped;

    /// <param name="outbox">Where mails leave.</param>
    /// <param name="from">The clinic's own mailbox.</param>
    /// <param name="time">Dates the mail.</param>
    /// <param name="dropped">Told the file of each mail; a demonstration shows it to whoever tries the agent.</param>
    public CodeMailer(MailFolder outbox, MailAddress from, TimeProvider time, Action<string>? dropped = null)
    {
        _outbox = outbox;
        _from = from;
        _time = time;
        _dropped = dropped;
    }

    /// <exception cref="FormatException">The address on file is not one that mail can be sent to.</exception>
    public Task SendAsync(string address, string code, CancellationToken cancellationToken)
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
        var file = _outbox.Drop($"code-{Guid.NewGuid():N}", MailComposer.Compose(mail));
        _dropped?.Invoke(file);
        return Task.CompletedTask;
    }
}
