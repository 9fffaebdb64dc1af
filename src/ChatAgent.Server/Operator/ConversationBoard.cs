using System.Text.Json;
using ChatAgent.Dialogs;
using ChatAgent.Store;
using ChatAgent.Text;

namespace ChatAgent.Server.Operator;

/// <summary>What the console shows of the conversations, read from the store. Thread-safe.</summary>
internal sealed class ConversationBoard(IConversationStore store, Agent agent)
{
    /// <summary>Most characters of <see cref="ConversationSummary.LastText"/>.</summary>
    public const int TextLength = 160;

    /// <summary>Conversations that the list begins with.</summary>
    private const int ListLength = 200;
    private const int TailRows = 60;
    private const int PageRows = 200;
    private const int UnreadRows = 10;

    /// <summary>The conversations that changed last, newest first.</summary>
    public async Task<ConversationSummary[]> ListAsync(CancellationToken cancellationToken)
    {
        var summaries = new List<ConversationSummary>();
        foreach (var conversation in await store.ListConversationsAsync(null, ListLength, cancellationToken))
        {
            if (await SummariseAsync(conversation.Id, cancellationToken) is { } summary)
            {
                summaries.Add(summary);
            }
        }

        return [.. summaries];
    }

    /// <summary>One conversation as it is now, or null when there is none of that id.</summary>
    public async Task<ConversationSummary?> SummariseAsync(string conversationId, CancellationToken cancellationToken)
    {
        if (await store.FindConversationAsync(conversationId, cancellationToken) is not { } conversation
            || await agent.ReadStateAsync(conversationId, cancellationToken) is not { } state)
        {
            return null;
        }

        var tail = await store.ReadLogAsync(conversationId, Math.Max(0, conversation.LastSequence - TailRows), Audience.Internal, TailRows, cancellationToken);
        var last = tail.LastOrDefault(entry => entry is { Kind: ConversationEvents.Message, Text: not null });
        var call = state.Holder == Holder.WaitingForOperator ? await FindCallAsync(conversationId, tail, cancellationToken) : null;
        var note = call is null ? FindAttention(tail) : null;
        return new ConversationSummary
        {
            Id = conversation.Id,
            Channel = conversation.Channel,
            Name = state.Person?.FirstName,
            Language = state.Language.ToCode(),
            Holder = state.Holder switch { Holder.Operator => "operator", Holder.WaitingForOperator => "waiting", _ => "bot" },
            Operator = state.Operator,
            WaitingSince = call?.Timestamp,
            Reason = call is null ? null : Detail(call),
            Attention = note is null ? null : Detail(note),
            LastText = (last ?? note)?.Text is { Length: > TextLength } text ? text[..TextLength] : (last ?? note)?.Text,
            LastAuthor = last is null ? null : Name(last.Author),
            ChangedAt = last?.Timestamp ?? conversation.CreatedAt,
            LastSequence = conversation.LastSequence,
            ClientSequences = [.. tail.Where(entry => entry is { Kind: ConversationEvents.Message, Author: Author.Client }).Select(entry => entry.Sequence).TakeLast(UnreadRows)],
        };
    }

    /// <summary>Rows after a sequence that the console shows, at most a page; what was read is beyond those shown.</summary>
    /// <returns>The rows, and the sequence to go on after; the same sequence when there is nothing new.</returns>
    public async Task<(LogRow[] Rows, long ReadTo)> ReadAsync(string conversationId, long afterSequence, CancellationToken cancellationToken)
    {
        var entries = await store.ReadLogAsync(conversationId, afterSequence, Audience.Internal, PageRows, cancellationToken);
        var rows = new List<LogRow>();
        foreach (var entry in entries.Where(IsShown))
        {
            rows.Add(new LogRow
            {
                Sequence = entry.Sequence,
                At = entry.Timestamp,
                Author = Name(entry.Author),
                Kind = entry.Kind,
                Text = entry.Text,
                Detail = Detail(entry),
                Understood = entry.Kind == ConversationEvents.Turn ? await ReadTurnAsync(entry, cancellationToken) : null,
            });
        }

        return ([.. rows], entries.Count > 0 ? entries[^1].Sequence : afterSequence);
    }

    private async Task<UnderstoodView?> ReadTurnAsync(LogEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Payload is null || TurnRecord.FromJson(entry.Payload) is not { } record)
        {
            return null;
        }

        var evidence = record.Reply?.Evidence is { Count: > 0 } spans ? Quote(spans, await ReadWordsAsync(entry.ConversationId, record.Inputs, cancellationToken)) : [];
        return new UnderstoodView(
            record.Inputs,
            [.. record.Intents.Select(intent => new IntentView(intent.Intent, intent.Score))],
            record.InScope,
            record.Reply is { Abstains: false } reply ? JsonNamingPolicy.SnakeCaseLower.ConvertName(reply.Intent.ToString()) : null,
            evidence,
            [.. record.Acts.Select(act => act.Name)],
            record.Bundle);
    }

    /// <summary>The messages of a turn joined by line feeds, which is what evidence spans count in.</summary>
    private async Task<string> ReadWordsAsync(string conversationId, IReadOnlyList<long> inputs, CancellationToken cancellationToken)
    {
        if (inputs.Count == 0)
        {
            return string.Empty;
        }

        var span = (int)Math.Min(inputs[^1] - inputs[0] + 1, PageRows);
        var rows = await store.ReadLogAsync(conversationId, inputs[0] - 1, Audience.Internal, span, cancellationToken);
        return string.Join('\n', rows.Where(row => row.Kind == ConversationEvents.Message && inputs.Contains(row.Sequence)).Select(row => row.Text));
    }

    private static EvidenceView[] Quote(IReadOnlyList<EvidenceRecord> spans, string words) =>
    [
        .. spans.Where(span => span.Start >= 0 && span.Length > 0 && span.Start + span.Length <= words.Length)
            .Select(span => new EvidenceView(words.Substring(span.Start, span.Length), span.Why)),
    ];

    /// <summary>The row that called a person: the last one, found by going back page by page.</summary>
    private async Task<LogEntry?> FindCallAsync(string conversationId, IReadOnlyList<LogEntry> tail, CancellationToken cancellationToken)
    {
        for (var page = tail; page.Count > 0;)
        {
            if (page.LastOrDefault(entry => entry.Kind == ConversationEvents.HandoverRequested) is { } call)
            {
                return call;
            }

            var first = page[0].Sequence;
            page = first <= 1
                ? []
                : [.. (await store.ReadLogAsync(conversationId, Math.Max(0, first - 1 - PageRows), Audience.Internal, PageRows, cancellationToken)).Where(entry => entry.Sequence < first)];
        }

        return null;
    }

    /// <summary>What a person should look at when they have time: the last such row that no operator has come after.</summary>
    private static LogEntry? FindAttention(IReadOnlyList<LogEntry> tail) =>
        tail.LastOrDefault(entry => entry.Kind is ConversationEvents.AttentionRequested or ConversationEvents.OperatorJoined) is { Kind: ConversationEvents.AttentionRequested } note ? note : null;

    private static bool IsShown(LogEntry entry) =>
        entry.Kind is ConversationEvents.Turn or ConversationEvents.Started or ConversationEvents.PersonIdentified or ConversationEvents.ReturnToBot or ConversationEvents.OfferLapses
        || (entry.Kind == ConversationEvents.Message ? entry.Text is not null : entry.Audience.HasFlag(Audience.Operator));

    private static string? Detail(LogEntry entry)
    {
        if (entry.Payload is null || entry.Kind == ConversationEvents.Turn)
        {
            return null;
        }

        using var payload = JsonDocument.Parse(entry.Payload);
        return entry.Kind switch
        {
            ConversationEvents.HandoverRequested or ConversationEvents.AttentionRequested => Read(payload, "reason"),
            ConversationEvents.OperatorJoined or ConversationEvents.OperatorLeft => Read(payload, "name"),
            ConversationEvents.Message when entry.Author == Author.Operator => Read(payload, "name"),
            ConversationEvents.PersonIdentified => Read(payload, "firstName"),
            ConversationEvents.AppointmentChanged => $"{Read(payload, "status")} · {Read(payload, "start")?.Replace('T', ' ')}",
            _ => null,
        };
    }

    private static string? Read(JsonDocument payload, string property) =>
        payload.RootElement.ValueKind == JsonValueKind.Object && payload.RootElement.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static string Name(Author author) => author switch { Author.Client => "client", Author.Bot => "bot", Author.Operator => "operator", _ => "system" };
}
