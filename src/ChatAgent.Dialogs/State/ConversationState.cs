using System.Text.Json;
using ChatAgent.Nlg;
using ChatAgent.Store;
using ChatAgent.Text;

namespace ChatAgent.Dialogs;

/// <summary>What a conversation has come to: the fold of its events.</summary>
/// <remarks>
/// A <see cref="TurnRecord"/> carries all that a turn decides; who holds the conversation comes only from its events, because an operator may take it while a
/// turn runs. Folding the snapshot and the rows after it gives the same state as folding the whole log.
/// </remarks>
public sealed record ConversationState
{
    /// <summary>Replies remembered so that a wording is not repeated at once.</summary>
    private const int RepliesRemembered = 3;

    public Language Language { get; init; } = Language.Spanish;

    public ReplyStyle Style { get; init; }

    /// <summary>Whether the agent has said hello.</summary>
    public bool Greeted { get; init; }

    /// <summary>Who the visitor is; null before they have shown it.</summary>
    public IdentifiedPerson? Person { get; init; }

    /// <summary>The appointment that is talked about.</summary>
    public string? AppointmentId { get; init; }

    public OpenQuestion? Question { get; init; }

    /// <summary>Free hours on offer.</summary>
    public IReadOnlyList<OfferedSlot> Offered { get; init; } = [];

    /// <summary>The flow to go on with once the visitor is known.</summary>
    public string? Wanted { get; init; }

    /// <summary>Acts that wait for the branch that they are asked about.</summary>
    public IReadOnlyList<string> AwaitingBranch { get; init; } = [];

    /// <summary>The branch last talked about.</summary>
    public string? Branch { get; init; }

    /// <summary>Messages in a row that were not understood.</summary>
    public int Unsure { get; init; }

    /// <summary>Hedged answers to the open question.</summary>
    public int Hedges { get; init; }

    /// <summary>Whether the person was told to wait for somebody.</summary>
    public bool ToldToWait { get; init; }

    public Holder Holder { get; init; }

    /// <summary>Name of the operator who has it.</summary>
    public string? Operator { get; init; }

    /// <summary>When the operator last did something, UTC.</summary>
    public DateTimeOffset? OperatorActiveAt { get; init; }

    /// <summary>The agent's last replies, newest first.</summary>
    public IReadOnlyList<string> SaidBefore { get; init; } = [];

    /// <summary>Reads a snapshot, or begins anew for null.</summary>
    public static ConversationState FromJson(string? snapshot) => snapshot is null
        ? new ConversationState()
        : JsonSerializer.Deserialize(snapshot, DialogJson.Compact.ConversationState) ?? new ConversationState();

    /// <summary>The state after a snapshot and the rows that followed it, oldest first.</summary>
    public static ConversationState Fold(string? snapshot, IEnumerable<LogEntry> entries) => entries.Aggregate(FromJson(snapshot), (state, entry) => state.After(entry));

    public string ToJson() => JsonSerializer.Serialize(this, DialogJson.Compact.ConversationState);

    /// <summary>The state after one more row. What a person's client writes is a message or a beginning, whatever it calls itself: only this house says who somebody is.</summary>
    public ConversationState After(LogEntry entry) => entry.Kind switch
    {
        not (ConversationEvents.Message or ConversationEvents.Started) when entry.Author == Author.Client => this,
        ConversationEvents.Turn => AfterTurn(entry),
        ConversationEvents.HandoverRequested when Holder == Holder.Bot => this with { Holder = Holder.WaitingForOperator },

        // What the bot had asked is not what the person answers from now on: a "yes" to the operator must not become one to the bot afterwards.
        ConversationEvents.OperatorJoined => this with { Holder = Holder.Operator, Operator = ReadName(entry), OperatorActiveAt = entry.Timestamp, Question = null, Offered = [], Hedges = 0 },
        ConversationEvents.OperatorLeft => this with { Holder = Holder.Bot, Operator = null, OperatorActiveAt = null, ToldToWait = false, Unsure = 0 },
        ConversationEvents.PersonIdentified => AfterIdentified(entry),
        ConversationEvents.Started when !Greeted => this with { Language = ReadLocale(entry) ?? Language },
        ConversationEvents.Message when entry.Author == Author.Operator => this with { OperatorActiveAt = entry.Timestamp },
        _ => this,
    };

    /// <summary>What a turn record keeps: everything but what events tell.</summary>
    internal ConversationState ForRecord() => this with { Holder = Holder.Bot, Operator = null, OperatorActiveAt = null, SaidBefore = [] };

    internal ConversationState Said(string text) => text.Length == 0 ? this : this with { SaidBefore = [text, .. SaidBefore.Take(RepliesRemembered - 1)] };

    private ConversationState AfterTurn(LogEntry entry)
    {
        var record = entry.Payload is null ? null : JsonSerializer.Deserialize(entry.Payload, DialogJson.Compact.TurnRecord);
        if (record is null)
        {
            return this;
        }

        var state = record.State with { Holder = Holder, Operator = Operator, OperatorActiveAt = OperatorActiveAt, SaidBefore = SaidBefore };
        return (Holder == Holder.Operator ? state with { Question = null, Offered = [], Hedges = 0 } : state).Said(record.Text);
    }

    private ConversationState AfterIdentified(LogEntry entry) =>
        entry.Payload is not null && JsonSerializer.Deserialize(entry.Payload, DialogJson.Compact.IdentifiedPerson) is { } person
            ? this with { Person = person, AppointmentId = person.AppointmentId, Question = null, Offered = [], Hedges = 0, Unsure = 0 }
            : this;

    private static Language? ReadLocale(LogEntry entry) =>
        entry.Payload is not null
        && LanguageCodes.TryParse(JsonSerializer.Deserialize(entry.Payload, DialogJson.Compact.StartedEvent)?.Locale, out var language)
            ? language
            : null;

    private static string? ReadName(LogEntry entry) =>
        entry.Payload is null ? null : JsonSerializer.Deserialize(entry.Payload, DialogJson.Compact.OperatorEvent)?.Name;
}
