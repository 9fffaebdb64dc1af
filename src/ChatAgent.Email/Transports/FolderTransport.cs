namespace ChatAgent.Email;

/// <summary>Drops mails as files: needs no server. A repetition finds its file there and drops no second one.</summary>
public sealed class FolderTransport(MailFolder folder) : IMailTransport
{
    /// <inheritdoc/>
    public Task<SendResult> SendAsync(ReadOnlyMemory<byte> mail, string name, string envelopeFrom, string envelopeTo, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            folder.Drop(name, mail.ToArray());
            return Task.FromResult(SendResult.Taken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult(new SendResult(SendOutcome.Later, failure.GetType().Name));
        }
    }
}
