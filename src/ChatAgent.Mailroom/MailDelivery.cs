using System.Text.Json;
using ChatAgent.Dialogs;
using ChatAgent.Email;
using ChatAgent.Store;
using Microsoft.Extensions.Logging;

namespace ChatAgent.Mailroom;

/// <summary>Takes rows of the outbox to patients: composes the mail in its thread and hands it to the transport. Thread-safe.</summary>
/// <remarks>
/// The mail of a row has the same Message-ID at every attempt and is noted before it leaves. Handed over and not yet marked as done, it leaves again after a crash: a
/// folder then finds its file there, a mail server may deliver two copies of one Message-ID, of which mail programs show one. With <see cref="CopyPatience"/> it leaves
/// once: the copy that comes back to us tells whether the server had taken the mail. Nothing is ever sent to another address
/// than the thread's own.
/// </remarks>
public sealed partial class MailDelivery
{
    private const int MaxAttempts = 12;
    private const int LogRows = 500;
    private const int MaxReferences = 20;
    private const int CopyLooks = 5;
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(4);

    private readonly IConversationStore _store;
    private readonly MailThreads _threads;
    private readonly ReplyAddresses _addresses;
    private readonly IMailTransport _transport;
    private readonly MailAddress _from;
    private readonly IMailDress? _dress;
    private readonly TimeProvider _time;
    private readonly ILogger<MailDelivery> _logger;
    private readonly DateTimeOffset _since;

    /// <param name="store">Holds the outbox.</param>
    /// <param name="threads">What the rows belong to.</param>
    /// <param name="addresses">Signs.</param>
    /// <param name="transport">The way out.</param>
    /// <param name="from">The clinic's own mailbox, also the envelope's sender.</param>
    /// <param name="dress">Puts on what goes beyond words; null for plain text.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told reasons, never words or addresses.</param>
    public MailDelivery(
        IConversationStore store, MailThreads threads, ReplyAddresses addresses, IMailTransport transport, MailAddress from, IMailDress? dress, TimeProvider time, ILogger<MailDelivery> logger)
    {
        (_store, _threads, _addresses, _transport, _from, _dress, _time, _logger) = (store, threads, addresses, transport, from, dress, time, logger);
        _since = time.GetUtcNow();
    }

    /// <summary>
    /// Where the transport sends each mail to ourselves too: how long the copy of a mail whose answer was never heard is waited for before the mail is sent again. Zero
    /// where no copies are sent: such a mail is sent again at once.
    /// </summary>
    public TimeSpan CopyPatience { get; init; }

    /// <summary>Delivers one claimed row, and marks it as delivered, to be tried again, or given up with an operator called.</summary>
    public async Task<SendResult> DeliverAsync(OutboxItem item, CancellationToken cancellationToken)
    {
        if (await FindThreadAsync(item.Conversation, cancellationToken) is not { } thread)
        {
            // A conversation of a mail that belonged to nothing: an operator's words to it have no address that may be written to.
            return await GiveUpAsync(item, "the conversation has no thread of mails", cancellationToken);
        }

        var before = await ReadBeforeAsync(item, cancellationToken);
        if (thread.IsAdopted && !before.Exists(IsOurs))
        {
            // The clinic asked this question by other means, or it is not its time.
            await _store.CompleteOutboxAsync(item.Id, cancellationToken);
            return SendResult.Taken;
        }

        if (await _threads.FindSuppressionAsync(thread.Account, cancellationToken) is { } suppressed)
        {
            return await GiveUpAsync(item, $"the address is suppressed: {suppressed}", cancellationToken);
        }

        var messageId = _addresses.MessageIdOf(thread, item.Entry.Sequence);
        if (await FindEarlierAsync(item, messageId, cancellationToken) is { } earlier)
        {
            return earlier;
        }

        var mail = MailComposer.Compose(await ComposeAsync(item, before, thread, messageId, cancellationToken));
        await _threads.NoteSentAsync(thread, messageId, item.Entry.Sequence, _time.GetUtcNow(), cancellationToken);
        var result = await _transport.SendAsync(mail, $"{thread.Id}-{item.Entry.Sequence}", _from.Address, thread.Address, cancellationToken);
        switch (result.Outcome)
        {
            case SendOutcome.Taken:
                // Also when the host is asked to stop: a mail that left and is not marked leaves a second time.
                await _store.CompleteOutboxAsync(item.Id, CancellationToken.None);
                LogSent(item.Conversation.Id, item.Entry.Sequence, item.Attempts + 1);
                return result;
            case SendOutcome.Later or SendOutcome.Unconfirmed when item.Attempts + 1 < MaxAttempts:
                if (result.Outcome == SendOutcome.Later)
                {
                    await _threads.NoteNotTakenAsync(messageId, new SentMail(thread.Id, item.Entry.Sequence, _time.GetUtcNow()), CancellationToken.None);
                }

                // 5 s, 10 s, 20 s … 4 h: about a day in all, as mail servers do.
                var wait = TimeSpan.FromSeconds(Math.Min(LongestWait.TotalSeconds, 5 * Math.Pow(2, item.Attempts)));
                await _store.FailOutboxAsync(item.Id, _time.GetUtcNow() + wait, result.Reason ?? "later", CancellationToken.None);
                LogNotSent(item.Conversation.Id, item.Entry.Sequence, item.Attempts + 1, result.Reason ?? "later");
                return result;
            default:
                return await GiveUpAsync(item, result.Reason ?? "refused", cancellationToken);
        }
    }

    /// <summary>The rows of the conversation before the one that leaves, oldest first.</summary>
    private async Task<List<LogEntry>> ReadBeforeAsync(OutboxItem item, CancellationToken cancellationToken)
    {
        var before = new List<LogEntry>();
        while (await _store.ReadLogAsync(item.Conversation.Id, before.Count == 0 ? 0 : before[^1].Sequence, Audience.Internal, LogRows, cancellationToken) is { Count: > 0 } page)
        {
            before.AddRange(page.TakeWhile(entry => entry.Sequence < item.Entry.Sequence));
            if (page[^1].Sequence >= item.Entry.Sequence)
            {
                break;
            }
        }

        return before;
    }

    private static bool IsOurs(LogEntry entry) =>
        entry is { Kind: ConversationEvents.Message, Author: Author.Bot or Author.Operator, Text: not null } && entry.Audience.HasFlag(Audience.Client);

    private async Task<OutgoingMail> ComposeAsync(OutboxItem item, List<LogEntry> before, MailThread thread, string messageId, CancellationToken cancellationToken)
    {
        // What the other side wrote and what we sent, in order; our ids follow from the sequence.
        var unsent = thread.IsAdopted ? before.Find(IsOurs) : null;
        var sent = await _threads.ListSentIdsAsync(thread, cancellationToken);
        var ids = before.Where(entry => entry != unsent).Select(entry => entry switch
        {
            // What was said in the web chat alone never left as a mail.
            _ when IsOurs(entry) => _addresses.MessageIdOf(thread, entry.Sequence) is var own && sent.Contains(own) ? own : null,
            { Kind: ConversationEvents.Message, Author: Author.Client, Payload: { } payload } => IdIn(payload),
            _ => null,
        }).OfType<string>().ToList();
        var answered = before.LastOrDefault(entry => entry is { Kind: ConversationEvents.Message, Author: Author.Client })?.Payload is { } last ? IdIn(last) : null;
        var isQuestion = ids.Count == 0;
        var mail = new OutgoingMail
        {
            From = _from,
            To = MailAddress.Create(thread.Address),
            ReplyTo = _addresses.Create(thread),
            Subject = isQuestion ? thread.Subject : $"Re: {thread.Subject}",
            Text = item.Entry.Text ?? string.Empty,
            MessageId = messageId,
            InReplyTo = answered ?? (isQuestion ? null : ids[^1]),
            // RFC 5322 §3.6.4: the first of the thread is kept when the list grows too long.
            References = ids.Count > MaxReferences ? [ids[0], .. ids.TakeLast(MaxReferences - 1)] : ids,
            Date = item.Entry.Timestamp,
            IsAnswer = answered is not null,
        };
        return _dress is null ? mail : await _dress.DressAsync(mail, thread, isQuestion, cancellationToken);
    }

    /// <summary>What an earlier attempt came to whose answer was never heard; null where the mail has to be sent.</summary>
    private async Task<SendResult?> FindEarlierAsync(OutboxItem item, string messageId, CancellationToken cancellationToken)
    {
        if (CopyPatience <= TimeSpan.Zero || await _threads.FindSentAsync(messageId, cancellationToken) is not { } sent)
        {
            return null;
        }

        if (sent.ReturnedAt is not null)
        {
            await _store.CompleteOutboxAsync(item.Id, cancellationToken);
            LogReturned(item.Conversation.Id, item.Entry.Sequence);
            return SendResult.Taken;
        }

        // A copy cannot come in while the host is down.
        var now = _time.GetUtcNow();
        if (!sent.IsOpen || now >= (sent.At > _since ? sent.At : _since) + CopyPatience)
        {
            return null;
        }

        await _store.FailOutboxAsync(item.Id, now + (CopyPatience / CopyLooks), "waits for its copy", cancellationToken);
        return new SendResult(SendOutcome.Unconfirmed, "waits for its copy");
    }

    private async Task<MailThread?> FindThreadAsync(Conversation conversation, CancellationToken cancellationToken) =>
        conversation.Reference is { } reference && JsonSerializer.Deserialize(reference, MailroomJson.Default.MailReference) is { ThreadId: { } id } ? await _threads.FindAsync(id, cancellationToken) : null;

    private async Task<SendResult> GiveUpAsync(OutboxItem item, string reason, CancellationToken cancellationToken)
    {
        var call = new NewEntry
        {
            Audience = Audience.Operator,
            Author = Author.System,
            Kind = ConversationEvents.HandoverRequested,
            Payload = JsonSerializer.Serialize(new HandoverEvent("mail_not_delivered"), MailroomJson.Default.HandoverEvent),
        };
        var mark = new DocumentWrite { Collection = "mail-notes", Id = $"outbox/{item.Id}", Json = "{}", ExpectedETag = string.Empty };
        try
        {
            await _store.AppendAsync(item.Conversation.Id, [call], [mark], cancellationToken);
        }
        catch (StoreConflictException)
        {
            // The operator was called before the host was stopped.
        }

        await _store.FailOutboxAsync(item.Id, null, reason, cancellationToken);
        LogGivenUp(item.Conversation.Id, item.Entry.Sequence, reason);
        return new SendResult(SendOutcome.Refused, reason);
    }

    private static string? IdIn(string payload)
    {
        using var json = JsonDocument.Parse(payload);
        return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("messageId", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;
    }

    [LoggerMessage(3101, LogLevel.Information, "Row {Sequence} of conversation {ConversationId} left as a mail at attempt {Attempt}")]
    private partial void LogSent(string conversationId, long sequence, int attempt);

    [LoggerMessage(3102, LogLevel.Warning, "Row {Sequence} of conversation {ConversationId} did not leave at attempt {Attempt}: {Reason}")]
    private partial void LogNotSent(string conversationId, long sequence, int attempt, string reason);

    [LoggerMessage(3104, LogLevel.Information, "Row {Sequence} of conversation {ConversationId} had left before its answer was lost: its copy came back")]
    private partial void LogReturned(string conversationId, long sequence);

    [LoggerMessage(3103, LogLevel.Error, "Row {Sequence} of conversation {ConversationId} will not leave: {Reason}; an operator was called")]
    private partial void LogGivenUp(string conversationId, long sequence, string reason);
}
