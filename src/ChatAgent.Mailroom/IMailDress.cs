using ChatAgent.Email;

namespace ChatAgent.Mailroom;

/// <summary>Gives a mail that is about to leave what goes beyond its words: HTML, invitation, buttons, the address that ends the mails.</summary>
public interface IMailDress
{
    /// <summary>The same mail with more on it. Its words, ids and addresses stay.</summary>
    /// <param name="mail">With its plain text.</param>
    /// <param name="thread">What it is about.</param>
    /// <param name="isQuestion">Whether it is the first of its thread, which asks.</param>
    /// <param name="cancellationToken">Ends the reading of the agenda.</param>
    Task<OutgoingMail> DressAsync(OutgoingMail mail, MailThread thread, bool isQuestion, CancellationToken cancellationToken);
}
