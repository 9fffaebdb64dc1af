namespace ChatAgent.Store;

/// <summary>Durable conversations, outbox, due times and documents: the contract that every engine keeps.</summary>
/// <remarks>
/// The six promises (HOUSE.md): a 2xx means on disk; each accepted activity appears once, in one order, the same for all readers; a retry with the same
/// client id returns the same id and is answered once; a turn's effects are all there or none; a watermark never skips; after a kill at any point all of
/// this holds and start-up needs no repair by hand. Every method is safe for concurrent callers. A completed task means that the bytes are on disk.
/// </remarks>
public interface IConversationStore : IAsyncDisposable
{
    /// <summary>Opens the conversation if it is new and appends the activity, once per (channel, account, external id).</summary>
    Task<Accepted> AcceptAsync(IncomingActivity activity, CancellationToken cancellationToken);

    /// <summary>Appends rows outside a turn (an operator's words, a channel's event); the bot's claim in progress stays valid.</summary>
    /// <returns>The sequence of the last row.</returns>
    /// <exception cref="StoreConflictException">An ETag has changed or a key is taken; nothing was written.</exception>
    /// <exception cref="KeyNotFoundException">There is no such conversation.</exception>
    Task<long> AppendAsync(string conversationId, IReadOnlyList<NewEntry> entries, IReadOnlyList<DocumentWrite> documents, CancellationToken cancellationToken);

    /// <summary>The head, or null.</summary>
    Task<Conversation?> FindConversationAsync(string conversationId, CancellationToken cancellationToken);

    /// <summary>Heads by last change, newest first.</summary>
    /// <param name="beforeFeedPosition">Only those whose last row lies before this feed position; null for the newest.</param>
    Task<IReadOnlyList<Conversation>> ListConversationsAsync(long? beforeFeedPosition, int limit, CancellationToken cancellationToken);

    /// <summary>Rows after a sequence that any of <paramref name="audience"/> may see, oldest first. An empty page is the end for now.</summary>
    /// <param name="audience">Whose view; <see cref="Audience.Internal"/> is the house's own, which sees every row.</param>
    Task<IReadOnlyList<LogEntry>> ReadLogAsync(string conversationId, long afterSequence, Audience audience, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// What the state of now is folded from, without a claim: the head and the rows that its snapshot does not hold, oldest first, without unanswered inputs.
    /// Rows that others appended while a turn ran are among them although their sequence is below <see cref="Conversation.SnapshotSequence"/>.
    /// Null when there is no such conversation.
    /// </summary>
    Task<(Conversation Conversation, IReadOnlyList<LogEntry> Entries)?> ReadUnfoldedAsync(string conversationId, CancellationToken cancellationToken);

    /// <summary>Rows of all conversations after a feed position, oldest first; never skips one that commits later.</summary>
    Task<IReadOnlyList<LogEntry>> ReadFeedAsync(long afterPosition, int limit, CancellationToken cancellationToken);

    /// <summary>Completes when a row after <paramref name="afterPosition"/> may be there; may complete early. Waking is a hint, reading is the truth.</summary>
    Task WaitForFeedAsync(long afterPosition, CancellationToken cancellationToken);

    /// <summary>The feed position of the newest row, 0 for an empty store.</summary>
    Task<long> ReadFeedEndAsync(CancellationToken cancellationToken);

    /// <summary>Claims the conversation's unanswered inputs, or returns null when there are none or another holds the lease.</summary>
    Task<TurnClaim?> ClaimAsync(string conversationId, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Ids of conversations with unanswered inputs that nobody holds, oldest input first: what start-up and the sweeper run.</summary>
    Task<IReadOnlyList<string>> ListWaitingAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Writes the turn and marks the claim's inputs as answered. The claim is used up, also when this fails: to run the turn again, claim again.</summary>
    /// <returns>The sequence of the turn's last row.</returns>
    /// <exception cref="StoreConflictException">The lease was lost, a document changed or a key is taken; nothing was written and the turn may be run again.</exception>
    Task<long> CommitTurnAsync(TurnClaim claim, TurnCommit commit, CancellationToken cancellationToken);

    /// <summary>Gives the claim back unanswered.</summary>
    Task ReleaseAsync(TurnClaim claim, CancellationToken cancellationToken);

    /// <summary>Takes rows to deliver on one channel, at most one a conversation at a time so that order is kept.</summary>
    Task<IReadOnlyList<OutboxItem>> ClaimOutboxAsync(string channel, int limit, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Delivered: it never comes again.</summary>
    Task CompleteOutboxAsync(long id, CancellationToken cancellationToken);

    /// <summary>Failed: it comes again at <paramref name="retryAt"/>, or never when null (given up, with the reason kept).</summary>
    Task FailOutboxAsync(long id, DateTimeOffset? retryAt, string reason, CancellationToken cancellationToken);

    /// <summary>Turns the deadlines that have come into inputs of their conversations.</summary>
    /// <returns>Ids of the conversations that now wait.</returns>
    Task<IReadOnlyList<string>> FireDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    Task<Document?> FindDocumentAsync(string collection, string id, CancellationToken cancellationToken);

    /// <summary>The document that holds a unique key, or null.</summary>
    Task<Document?> FindDocumentByKeyAsync(string key, CancellationToken cancellationToken);

    /// <summary>Documents of a collection by id, after <paramref name="afterId"/> (ordinal order), optionally only those with an index value.</summary>
    Task<IReadOnlyList<Document>> ListDocumentsAsync(string collection, string? index, string? afterId, int limit, CancellationToken cancellationToken);

    /// <summary>Writes documents outside a turn, all or none.</summary>
    /// <exception cref="StoreConflictException">An ETag has changed or a key is taken; nothing was written.</exception>
    Task WriteDocumentsAsync(IReadOnlyList<DocumentWrite> documents, CancellationToken cancellationToken);
}
