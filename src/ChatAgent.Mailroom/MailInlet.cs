using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChatAgent.Email;
using ChatAgent.Store;
using Microsoft.Extensions.Logging;

namespace ChatAgent.Mailroom;

/// <summary>Brings what waits in a folder or a mailbox to the intake, and lets go of it only when it is on disk. Thread-safe.</summary>
public sealed partial class MailInlet
{
    /// <summary>How far back is looked when a server has numbered a mailbox anew.</summary>
    private const int DaysAgain = 7;

    private readonly MailIntake _intake;
    private readonly IConversationStore _store;
    private readonly ILogger<MailInlet> _logger;

    /// <param name="intake">Where mails go.</param>
    /// <param name="store">Remembers how far a mailbox was read.</param>
    /// <param name="logger">Told file names and numbers, never words or addresses.</param>
    public MailInlet(MailIntake intake, IConversationStore store, ILogger<MailInlet> logger) => (_intake, _store, _logger) = (intake, store, logger);

    /// <summary>Takes one mail.</summary>
    /// <exception cref="IOException">The disk or the store cannot take it now; whoever has the mail keeps it.</exception>
    public async Task<MailIntakeResult> TakeAsync(ReceivedMail mail, CancellationToken cancellationToken)
    {
        try
        {
            return await _intake.TakeAsync(mail, cancellationToken);
        }
        catch (StoreUnavailableException unavailable)
        {
            throw new IOException(unavailable.Message, unavailable);
        }
    }

    /// <summary>Takes what waits in a folder.</summary>
    /// <returns>Mails taken.</returns>
    /// <exception cref="IOException">The folder or the store cannot be used now.</exception>
    public Task<int> TakeAsync(FolderInbox folder, CancellationToken cancellationToken) => folder.TakeAsync(TakeAsync, (name, failure) => LogPutAside(failure, name), cancellationToken);

    /// <summary>Takes what waits in a mailbox: all that came after the last UID that is remembered.</summary>
    /// <param name="mailbox">Opened.</param>
    /// <param name="options">Whose it is.</param>
    /// <param name="now">UTC.</param>
    /// <param name="cancellationToken">Ends the round between two mails.</param>
    /// <returns>Mails taken.</returns>
    /// <remarks>
    /// A mail is fetched without being marked, taken, marked as seen, and its UID remembered, in this order: after a power cut it is fetched again and known by its
    /// Message-ID. What a person read in the mailbox before us counts as little as what a person left unread: the UID decides. Only the first time, when nothing is
    /// remembered, a mailbox's seen mails are left alone; and when the server has numbered anew, the last days are gone through again.
    /// </remarks>
    /// <exception cref="IOException">The server or the store cannot be used now (an <see cref="ImapException"/> names the step).</exception>
    public async Task<int> TakeAsync(ImapConnection mailbox, ImapOptions options, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{options.Host}\n{options.Credentials.UserName}\n{options.Mailbox}")).AsSpan(0, 16));
        var known = await _store.FindDocumentAsync(InboxState.Collection, id, cancellationToken) is { } document ? JsonSerializer.Deserialize(document.Json, MailroomJson.Default.InboxState) : null;
        var isRenumbered = known is not null && known.UidValidity != mailbox.UidValidity;
        var after = known is null || isRenumbered ? 0 : known.LastUid;
        var criteria = known is null ? "UNSEEN"
            : isRenumbered ? $"SINCE {(now - TimeSpan.FromDays(DaysAgain)).ToString("d-MMM-yyyy", CultureInfo.InvariantCulture)}"
            : $"UID {(after + 1).ToString(CultureInfo.InvariantCulture)}:*";
        if (isRenumbered)
        {
            LogRenumbered(known!.UidValidity, mailbox.UidValidity);
        }

        // RFC 3501 §6.4.8: "17:*" always names the last mail, also when its number is below 17.
        var taken = 0;
        foreach (var uid in (await mailbox.SearchAsync(criteria, cancellationToken)).Where(uid => uid > after))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await mailbox.FetchAsync(uid, cancellationToken) is var (raw, receivedAt))
            {
                try
                {
                    await TakeAsync(new ReceivedMail(null, [], raw, receivedAt ?? now), cancellationToken);
                    await mailbox.MarkSeenAsync(uid, cancellationToken);
                    taken++;
                }
                catch (Exception failure) when (failure is not (IOException or OperationCanceledException or UnauthorizedAccessException))
                {
                    // It stays in the mailbox, unseen, for a person.
                    LogPutAside(failure, uid.ToString(CultureInfo.InvariantCulture));
                }
            }

            after = uid;
            await RememberAsync(id, new InboxState(mailbox.UidValidity, after), cancellationToken);
        }

        if (known is null || isRenumbered)
        {
            // What lies below is old; from here on every UID is ours.
            await RememberAsync(id, new InboxState(mailbox.UidValidity, Math.Max(after, mailbox.UidNext - 1)), cancellationToken);
        }

        return taken;
    }

    private Task RememberAsync(string id, InboxState state, CancellationToken cancellationToken) => _store.WriteDocumentsAsync(
        [new DocumentWrite { Collection = InboxState.Collection, Id = id, Json = JsonSerializer.Serialize(state, MailroomJson.Default.InboxState) }], cancellationToken);

    [LoggerMessage(3201, LogLevel.Error, "The mail {Name} could not be taken and was put aside")]
    private partial void LogPutAside(Exception exception, string name);

    [LoggerMessage(3202, LogLevel.Warning, "The mailbox was numbered anew (UIDVALIDITY {Before}, now {Now}): its last days are gone through again")]
    private partial void LogRenumbered(long before, long now);
}

/// <summary>How far a mailbox was read: collection "mail-inboxes", its id a hash of server, account and mailbox.</summary>
/// <param name="UidValidity">Of the server's numbering.</param>
/// <param name="LastUid">The last mail taken.</param>
internal sealed record InboxState(long UidValidity, long LastUid)
{
    public const string Collection = "mail-inboxes";
}
