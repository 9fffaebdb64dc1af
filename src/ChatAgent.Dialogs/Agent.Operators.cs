using System.Text.Json;
using ChatAgent.Nlg;
using ChatAgent.Nlu;
using ChatAgent.Store;

namespace ChatAgent.Dialogs;

/// <content>What operators and signed links do to a conversation, and the explanation of a turn.</content>
public sealed partial class Agent
{
    /// <summary>Rows of one page when a whole log is read.</summary>
    private const int PageSize = 500;

    /// <summary>The operator has the conversation from now on; the bot is silent.</summary>
    /// <exception cref="KeyNotFoundException">There is no such conversation.</exception>
    public async Task TakeOverAsync(string conversationId, string operatorName, CancellationToken cancellationToken)
    {
        await _store.AppendAsync(conversationId, [OperatorEntry(ConversationEvents.OperatorJoined, operatorName, isInput: true)], [], cancellationToken);
        _wakes.Wake(conversationId);
    }

    /// <summary>The operator writes to the person. Whoever writes has the conversation: it is taken over first when it was not.</summary>
    /// <exception cref="KeyNotFoundException">There is no such conversation.</exception>
    public Task<long> SayAsOperatorAsync(string conversationId, string operatorName, string text, CancellationToken cancellationToken) =>
        SayAsOperatorAsync(conversationId, operatorName, text, [], cancellationToken);

    /// <summary>The operator writes to the person, once for each message id, however often it is asked for; also over a restart.</summary>
    /// <returns>False when that message id was said before; nothing was written.</returns>
    /// <exception cref="KeyNotFoundException">There is no such conversation.</exception>
    public async Task<bool> SayAsOperatorAsync(string conversationId, string operatorName, string text, string messageId, CancellationToken cancellationToken)
    {
        // In the same commit as the words: the document that may not be there yet is what makes a second one impossible.
        var mark = new DocumentWrite { Collection = "operator-messages", Id = $"{conversationId}/{messageId}", Json = "{}", ExpectedETag = string.Empty };
        try
        {
            await SayAsOperatorAsync(conversationId, operatorName, text, [mark], cancellationToken);
            return true;
        }
        catch (StoreConflictException)
        {
            return false;
        }
    }

    private async Task<long> SayAsOperatorAsync(
        string conversationId,
        string operatorName,
        string text,
        IReadOnlyList<DocumentWrite> documents,
        CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        var conversation = await _store.FindConversationAsync(conversationId, cancellationToken)
            ?? throw new KeyNotFoundException($"there is no conversation \"{conversationId}\"");
        var rows = new List<NewEntry>();
        if (await ReadStateAsync(conversationId, cancellationToken) is not { Holder: Holder.Operator } state || state.Operator != operatorName)
        {
            rows.Add(OperatorEntry(ConversationEvents.OperatorJoined, operatorName, isInput: true));
        }

        rows.Add(new NewEntry
        {
            Audience = Audience.Everyone,
            Author = Author.Operator,
            Kind = ConversationEvents.Message,
            Text = text,
            Payload = JsonSerializer.Serialize(new OperatorEvent(operatorName), DialogJson.Compact.OperatorEvent),
            Deliver = _options.PushChannels.Contains(conversation.Channel),
        });
        var sequence = await _store.AppendAsync(conversationId, rows, documents, cancellationToken);
        _wakes.Wake(conversationId);
        return sequence;
    }

    /// <summary>The bot has the conversation again.</summary>
    /// <exception cref="KeyNotFoundException">There is no such conversation.</exception>
    public Task GiveBackAsync(string conversationId, string operatorName, CancellationToken cancellationToken) =>
        _store.AppendAsync(conversationId, [OperatorEntry(ConversationEvents.OperatorLeft, operatorName, isInput: false)], [], cancellationToken);

    /// <summary>Opens a conversation, once, for a visitor who may have come by a signed link; who is known is greeted and asked in one reply.</summary>
    /// <param name="started">The input that opens it, <see cref="ConversationEvents.Started"/>; its external id makes a second opening a retry.</param>
    /// <param name="person">Whom the link shows; null without one.</param>
    /// <param name="cancellationToken">Ends the waiting for the disk.</param>
    public async Task<Accepted> OpenAsync(IncomingActivity started, IdentifiedPerson? person, CancellationToken cancellationToken)
    {
        // For who is known the opening waits for nothing: the identification after it is the input, so that no turn can come between the two.
        var accepted = await _store.AcceptAsync(started with { Entry = started.Entry with { IsInput = person is null } }, cancellationToken);
        if (person is not null)
        {
            await NoteVisitAsync(accepted.ConversationId, person, cancellationToken);
        }

        _wakes.Wake(accepted.ConversationId);
        return accepted;
    }

    /// <summary>The visitor has shown who they are by a signed link; the bot goes on with their appointment. The same link again (a page loaded anew) changes nothing.</summary>
    /// <exception cref="KeyNotFoundException">There is no such conversation.</exception>
    public async Task IdentifyAsync(string conversationId, IdentifiedPerson person, CancellationToken cancellationToken)
    {
        await NoteVisitAsync(conversationId, person, cancellationToken);
        _wakes.Wake(conversationId);
    }

    /// <summary>Writes who came, unless the conversation's last link was for the same appointment; a visitor who then said "wrong person" is not identified again by it.</summary>
    private async Task NoteVisitAsync(string conversationId, IdentifiedPerson person, CancellationToken cancellationToken)
    {
        const string Collection = "link-visits";
        var visit = JsonSerializer.Serialize(person, DialogJson.Compact.IdentifiedPerson);
        var entry = new NewEntry
        {
            Audience = Audience.Bot | Audience.Operator,
            Author = Author.System,
            Kind = ConversationEvents.PersonIdentified,
            Payload = visit,
            IsInput = true,
        };
        while (await _store.FindDocumentAsync(Collection, conversationId, cancellationToken) is var last && last?.Json != visit)
        {
            if (last is not null && person.How == "mail")
            {
                // The house opens its own thread again, as it may at any time; that the person has come by a link since is no reason to begin anew.
                return;
            }

            try
            {
                var mark = new DocumentWrite { Collection = Collection, Id = conversationId, Json = visit, ExpectedETag = last?.ETag ?? string.Empty };
                await _store.AppendAsync(conversationId, [entry], [mark], cancellationToken);
                return;
            }
            catch (StoreConflictException)
            {
                // Two pages at once: the other has written it, or another link; look again.
            }
        }
    }

    /// <summary>The conversation's state of now, or null when there is no such conversation.</summary>
    public async Task<ConversationState?> ReadStateAsync(string conversationId, CancellationToken cancellationToken)
    {
        if (await _store.ReadUnfoldedAsync(conversationId, cancellationToken) is not var (conversation, entries))
        {
            return null;
        }

        // Inputs that wait count too where they are events: an operator who has just come holds the conversation before the bot has noted it.
        var waiting = (await _store.ReadLogAsync(conversationId, conversation.HandledSequence, Audience.Internal, PageSize, cancellationToken))
            .Where(entry => entry.Kind is ConversationEvents.OperatorJoined or ConversationEvents.PersonIdentified);
        return ConversationState.Fold(conversation.Snapshot, entries.UnionBy(waiting, entry => entry.Sequence).OrderBy(entry => entry.Sequence));
    }

    /// <summary>Explains a turn: what was recorded, and understanding and wording computed again with the same bundle.</summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="turnSequence">Sequence of the turn's record, or of the reply before it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Null when there is no such turn.</returns>
    public async Task<TurnExplanation?> ExplainAsync(string conversationId, long turnSequence, CancellationToken cancellationToken)
    {
        var log = await ReadWholeLogAsync(conversationId, cancellationToken);
        if (log.FirstOrDefault(entry => entry.Sequence >= turnSequence && entry.Kind == ConversationEvents.Turn) is not { Payload: not null } row
            || JsonSerializer.Deserialize(row.Payload, DialogJson.Compact.TurnRecord) is not { } record)
        {
            return null;
        }

        var inputs = log.Where(entry => record.Inputs.Contains(entry.Sequence)).ToList();
        var texts = inputs.Where(entry => entry.Kind == ConversationEvents.Message).Select(entry => entry.Text ?? string.Empty).ToList();
        var bundle = _bundles.Current;
        if (bundle.Hash != record.Bundle)
        {
            return new TurnExplanation(record, texts, null, null, null);
        }

        var meaning = await UnderstandAgainAsync(bundle, conversationId, log, inputs, record, cancellationToken);
        var reply = record.LeftOut.Contains("slots", StringComparer.Ordinal) ? null : bundle.Generator.Explain(new GenerationRequest
        {
            Acts = [.. record.Acts.Select(act => new DialogAct(act.Name, act.Slots))],
            Language = record.State.Language,
            Style = record.State.Style,
            Seed = record.Seed,
            SaidBefore = FoldBefore(log, inputs).SaidBefore,
        });
        var said = record.LeftOut.Contains("text", StringComparer.Ordinal) ? log.LastOrDefault(entry => entry.Sequence < row.Sequence && entry is { Kind: ConversationEvents.Message, Author: Author.Bot })?.Text : record.Text;
        var isSameMeaning = meaning is null || meaning.Intents.Select(intent => intent.Intent).SequenceEqual(record.Intents.Select(intent => intent.Intent), StringComparer.Ordinal);
        return new TurnExplanation(record, texts, meaning, reply, reply is null ? null : isSameMeaning && reply.Text == said);
    }

    private async Task<Meaning?> UnderstandAgainAsync(
        Bundle bundle,
        string conversationId,
        List<LogEntry> log,
        List<LogEntry> inputs,
        TurnRecord record,
        CancellationToken cancellationToken)
    {
        if (inputs.Count == 0)
        {
            return null;
        }

        var state = FoldBefore(log, inputs);
        var context = new TurnContext
        {
            ConversationId = conversationId,
            State = state,
            Inputs = inputs,

            // As they are now: an hour that was moved since shows as a difference in what its times are counted from.
            Appointments = state.Person is { } person ? await _tools.ListAppointmentsAsync(person.PatientId, cancellationToken) : [],
            Now = inputs[^1].Timestamp,
            KnownFacts = bundle.Definition.Facts.Known,
            Zone = bundle.Definition.Domain.Zone,
            Seed = record.Seed,
        };
        return Understand(bundle, context);
    }

    /// <summary>The state that a turn began with: everything before its last input, and its inputs.</summary>
    private static ConversationState FoldBefore(List<LogEntry> log, List<LogEntry> inputs) =>
        ConversationState.Fold(null, log.Where(entry => inputs.Count == 0 || entry.Sequence <= inputs[^1].Sequence));

    private async Task<List<LogEntry>> ReadWholeLogAsync(string conversationId, CancellationToken cancellationToken)
    {
        var log = new List<LogEntry>();
        while (await _store.ReadLogAsync(conversationId, log.Count == 0 ? 0 : log[^1].Sequence, Audience.Internal, PageSize, cancellationToken) is { Count: > 0 } page)
        {
            log.AddRange(page);
        }

        return log;
    }

    private static NewEntry OperatorEntry(string kind, string operatorName, bool isInput) => new()
    {
        Audience = Audience.Operator | Audience.Bot,
        Author = Author.Operator,
        Kind = kind,
        Payload = JsonSerializer.Serialize(new OperatorEvent(operatorName), DialogJson.Compact.OperatorEvent),
        IsInput = isInput,
    };
}
