using System.Text;
using System.Text.Json;
using ChatAgent.Nlg;
using ChatAgent.Nlu;
using ChatAgent.Store;
using ChatAgent.Text;

namespace ChatAgent.Dialogs;

/// <summary>One claimed turn: its inputs, the conversation's state, and the commit. Given back unanswered when it is disposed without a commit.</summary>
internal sealed class ConversationTurn : IAsyncDisposable
{
    private readonly IConversationStore _store;
    private readonly AgentOptions _options;
    private readonly TurnClaim _claim;
    private bool _isUsedUp;

    private ConversationTurn(IConversationStore store, AgentOptions options, TurnClaim claim, TurnContext context)
    {
        (_store, _options, _claim, Context) = (store, options, claim, context);
    }

    /// <summary>What the turn begins with.</summary>
    public TurnContext Context { get; }

    public DateTimeOffset OldestInput => _claim.Inputs[0].Timestamp;

    /// <summary>Claims the conversation and reads what the turn begins with; null when nothing waits or another has it.</summary>
    public static async Task<ConversationTurn?> ClaimAsync(
        IConversationStore store,
        IAgendaTools tools,
        BotDefinition bot,
        AgentOptions options,
        string conversationId,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (await store.ClaimAsync(conversationId, options.Lease, cancellationToken) is not { } claim)
        {
            return null;
        }

        try
        {
            // By sequence: an operator's coming (an input) and going (none) must be folded in the order in which they happened.
            var state = ConversationState.Fold(claim.Conversation.Snapshot, claim.EventsSinceSnapshot.Concat(claim.Inputs).OrderBy(entry => entry.Sequence));
            var context = new TurnContext
            {
                ConversationId = conversationId,
                State = state,
                IsWrittenBeforeReply = claim.Inputs.Any(input => input.Kind == ConversationEvents.Message && input.Sequence < claim.Conversation.SnapshotSequence),
                Inputs = [.. claim.Inputs.Select(input => Shorten(input, options.MaxCharactersRead))],
                Appointments = state.Person is { } person ? await tools.ListAppointmentsAsync(person.PatientId, cancellationToken) : [],
                Now = now,
                KnownFacts = bot.Facts.Known,
                Zone = bot.Domain.Zone,
                Seed = SeedOf(conversationId, claim.Inputs[^1].Sequence),
            };
            return new ConversationTurn(store, options, claim, context);
        }
        catch
        {
            await store.ReleaseAsync(claim, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Writes replies, record, state and effects: all of it or nothing.</summary>
    /// <exception cref="StoreConflictException">Another came first; nothing was written and the turn may be run again.</exception>
    public Task<long> CommitAsync(string bundle, Meaning meaning, DialogStep step, GeneratedReply reply, CancellationToken cancellationToken)
    {
        _isUsedUp = true;
        var next = step.Next.Said(reply.Text);
        var events = step.Events.Select((entry, index) => new LogEntry
        {
            ConversationId = Context.ConversationId,
            Sequence = _claim.Conversation.LastSequence + index + 1,
            FeedPosition = 0,
            Audience = entry.Audience,
            Author = entry.Author,
            Kind = entry.Kind,
            Payload = entry.Payload,
            Timestamp = Context.Now,
        });
        var entries = new List<NewEntry>();
        if (reply.Text.Length > 0)
        {
            entries.Add(ToMessage(step, reply));
        }

        entries.AddRange(step.Events);
        entries.Add(new NewEntry
        {
            Audience = Audience.Internal,
            Author = Author.Bot,
            Kind = ConversationEvents.Turn,
            Payload = TurnRecord.Of(bundle, Context, meaning, step, reply).ToJson(),
        });

        return _store.CommitTurnAsync(
            _claim,
            new TurnCommit
            {
                Entries = entries,
                Snapshot = events.Aggregate(next, (state, entry) => state.After(entry)).ToJson(),
                Documents = step.Documents,
                Due = step.Due,
                CancelDue = step.CancelDue,
            },
            cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isUsedUp)
        {
            await _store.ReleaseAsync(_claim, CancellationToken.None);
        }
    }

    private NewEntry ToMessage(DialogStep step, GeneratedReply reply)
    {
        var payload = new MessagePayload(
            step.Next.Language == Language.English ? "en" : "es-CL",
            step.Next.Question is null ? "acceptingInput" : "expectingInput",
            step.Suggestions.Count == 0 ? null : new SuggestedActions([.. step.Suggestions.Select(text => new SuggestedAction("imBack", text, text))]));
        return new NewEntry
        {
            Audience = Audience.Client | Audience.Operator,
            Author = Author.Bot,
            Kind = ConversationEvents.Message,
            Text = reply.Text,
            Payload = JsonSerializer.Serialize(payload, DialogJson.Compact.MessagePayload),

            // What is said in the web chat of a mail's conversation is not mailed too; but the page may be closed when a mail is answered.
            Deliver = _claim.Inputs.Any(input => _options.PushChannels.Contains(InputOrigin.ChannelOf(input) ?? _claim.Conversation.Channel)),
        };
    }

    /// <summary>The beginning of a long message; a character of two code units is not cut in half.</summary>
    internal static LogEntry Shorten(LogEntry input, int length) => input.Text is { } text && text.Length > length
        ? input with { Text = text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)] }
        : input;

    /// <summary>A rerun of the same turn words it the same; the next turn otherwise.</summary>
    private static ulong SeedOf(string conversationId, long sequence)
    {
        // FNV-1a, 64 bits: stable between processes, which string.GetHashCode is not.
        var hash = 14695981039346656037UL;
        foreach (var b in Encoding.UTF8.GetBytes($"{conversationId}|{sequence}"))
        {
            hash = (hash ^ b) * 1099511628211UL;
        }

        return hash;
    }
}
