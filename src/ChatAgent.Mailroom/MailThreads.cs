using System.Text.Json;
using ChatAgent.Email;
using ChatAgent.Store;

namespace ChatAgent.Mailroom;

/// <summary>The threads and what was sent in them, over the store's documents. Thread-safe; nothing is cached.</summary>
public sealed class MailThreads(IConversationStore store, ReplyAddresses addresses)
{
    private const int PageRows = 500;

    /// <summary>The thread, or null.</summary>
    public async Task<MailThread?> FindAsync(string threadId, CancellationToken cancellationToken) =>
        Read(await store.FindDocumentAsync(MailThread.Collection, threadId, cancellationToken));

    /// <summary>The thread about an appointment's hour, or null.</summary>
    public async Task<MailThread?> FindByHourAsync(string appointmentId, NodaTime.LocalDateTime start, CancellationToken cancellationToken) =>
        Read(await store.FindDocumentByKeyAsync(MailThread.KeyOf(appointmentId, start), cancellationToken));

    /// <summary>The thread about an appointment, whatever its hour was; null when it was never asked about.</summary>
    public async Task<MailThread?> FindByAppointmentAsync(string appointmentId, CancellationToken cancellationToken) =>
        await store.ListDocumentsAsync(MailThread.Collection, MailThread.AppointmentIndex(appointmentId), afterId: null, limit: 1, cancellationToken) is [var document, ..] ? Read(document) : null;

    /// <summary>Keeps a new thread. When there is one about the same hour already, that one comes back.</summary>
    public async Task<MailThread> AddAsync(MailThread thread, CancellationToken cancellationToken)
    {
        var key = MailThread.KeyOf(thread.AppointmentId, thread.Start);
        try
        {
            await store.WriteDocumentsAsync(
                [
                    new DocumentWrite
                    {
                        Collection = MailThread.Collection,
                        Id = thread.Id,
                        Json = JsonSerializer.Serialize(thread, MailroomJson.Default.MailThread),
                        ExpectedETag = string.Empty,
                        Keys = [key],
                        Indexes = [MailThread.AppointmentIndex(thread.AppointmentId)],
                    },
                ],
                cancellationToken);
            return thread;
        }
        catch (StoreConflictException taken)
        {
            return Read(await store.FindDocumentByKeyAsync(key, cancellationToken)) ?? throw new InvalidOperationException($"the id {thread.Id} of a new thread is taken by another hour's", taken);
        }
    }

    /// <summary>The thread of the first address that is a genuine reply address, and whether it has expired; null when none is.</summary>
    public async Task<MailThread?> FindByAddressAsync(IEnumerable<string> candidates, CancellationToken cancellationToken)
    {
        foreach (var address in candidates)
        {
            if (addresses.TryRead(address, out var threadId, out var mac) && await FindAsync(threadId, cancellationToken) is { } thread && addresses.IsGenuine(thread, mac))
            {
                return thread;
            }
        }

        return null;
    }

    /// <summary>The thread of the first Message-ID that is one of ours, or null.</summary>
    public async Task<MailThread?> FindByMessageIdAsync(IEnumerable<string> messageIds, CancellationToken cancellationToken)
    {
        foreach (var id in messageIds)
        {
            if (await FindSentAsync(id, cancellationToken) is { } sent)
            {
                return await FindAsync(sent.ThreadId, cancellationToken);
            }
        }

        return null;
    }

    /// <summary>The thread whose invitation has a uid, or null.</summary>
    public async Task<MailThread?> FindByUidAsync(string? uid, CancellationToken cancellationToken) =>
        uid is not null && addresses.ThreadOfUid(uid) is { } threadId ? await FindAsync(threadId, cancellationToken) : null;

    /// <summary>Whether a Message-ID is of a mail of ours.</summary>
    public async Task<bool> IsOursAsync(string messageId, CancellationToken cancellationToken) => await FindSentAsync(messageId, cancellationToken) is not null;

    /// <summary>Notes a mail before it leaves; noting it again changes only its time.</summary>
    public Task NoteSentAsync(MailThread thread, string messageId, long sequence, DateTimeOffset at, CancellationToken cancellationToken) =>
        WriteSentAsync(messageId, new SentMail(thread.Id, sequence, at, IsOpen: true), cancellationToken);

    /// <summary>Notes that the last attempt failed for certain: the other side does not have the mail.</summary>
    internal Task NoteNotTakenAsync(string messageId, SentMail sent, CancellationToken cancellationToken) => WriteSentAsync(messageId, sent with { IsOpen = false }, cancellationToken);

    /// <summary>Notes that a mail of ours came back. False when it is none of ours.</summary>
    public async Task<bool> NoteReturnedAsync(string messageId, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (await FindSentAsync(messageId, cancellationToken) is not { } sent)
        {
            return false;
        }

        if (sent.ReturnedAt is null)
        {
            await WriteSentAsync(messageId, sent with { ReturnedAt = at }, cancellationToken);
        }

        return true;
    }

    /// <summary>Message-IDs of the mails of ours that left, or were about to, in the thread.</summary>
    internal async Task<IReadOnlySet<string>> ListSentIdsAsync(MailThread thread, CancellationToken cancellationToken) =>
        (await ListSentAsync(thread, cancellationToken)).Select(document => document.Id).ToHashSet(StringComparer.Ordinal);

    /// <summary>Mails of ours in the thread since a time.</summary>
    public async Task<int> CountSentAsync(MailThread thread, DateTimeOffset since, CancellationToken cancellationToken) =>
        (await ListSentAsync(thread, cancellationToken))
            .Count(document => JsonSerializer.Deserialize(document.Json, MailroomJson.Default.SentMail)!.At >= since);

    private Task<IReadOnlyList<Document>> ListSentAsync(MailThread thread, CancellationToken cancellationToken) =>
        store.ListDocumentsAsync(SentMail.Collection, SentMail.ThreadIndex(thread.Id), afterId: null, PageRows, cancellationToken);

    /// <summary>Why an address must not be written to, or null.</summary>
    public async Task<string?> FindSuppressionAsync(string account, CancellationToken cancellationToken) =>
        await store.FindDocumentAsync(Suppression.Collection, account, cancellationToken) is { } document
            ? JsonSerializer.Deserialize(document.Json, MailroomJson.Default.Suppression)!.Reason
            : null;

    /// <summary>Writes no more to an address.</summary>
    /// <param name="account">Hash of the address, as links and threads carry it.</param>
    public Task SuppressAsync(string account, string reason, DateTimeOffset at, CancellationToken cancellationToken) => store.WriteDocumentsAsync(
        [new DocumentWrite { Collection = Suppression.Collection, Id = account, Json = JsonSerializer.Serialize(new Suppression(reason, at), MailroomJson.Default.Suppression) }],
        cancellationToken);

    private Task WriteSentAsync(string messageId, SentMail sent, CancellationToken cancellationToken) => store.WriteDocumentsAsync(
        [
            new DocumentWrite
            {
                Collection = SentMail.Collection,
                Id = messageId,
                Json = JsonSerializer.Serialize(sent, MailroomJson.Default.SentMail),
                Indexes = [SentMail.ThreadIndex(sent.ThreadId)],
            },
        ],
        cancellationToken);

    /// <summary>A mail of ours, or null.</summary>
    internal async Task<SentMail?> FindSentAsync(string messageId, CancellationToken cancellationToken) =>
        await store.FindDocumentAsync(SentMail.Collection, messageId, cancellationToken) is { } document ? JsonSerializer.Deserialize(document.Json, MailroomJson.Default.SentMail) : null;

    private static MailThread? Read(Document? document) => document is null ? null : JsonSerializer.Deserialize(document.Json, MailroomJson.Default.MailThread);
}
