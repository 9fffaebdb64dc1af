using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChatAgent.BotProtocol;
using ChatAgent.Mailroom;
using ChatAgent.Store;

namespace ChatAgent.Server.Channels;

/// <summary>The Bot Framework's view of the log: rows become activities, activities become rows.</summary>
internal static class ActivityView
{
    /// <summary>The bot's account on every channel.</summary>
    public static readonly ChannelAccount Bot = new() { Id = "chatagent", Name = "Alma", Role = "bot" };

    /// <summary>
    /// The kind of a person's row that is no message; its type stays in the payload. Never the type itself: a client could name one of this house's own events
    /// ("person.identified") and be taken for whomever it likes.
    /// </summary>
    private const string ActivityKind = "activity";

    /// <summary>One account for all operators, as clients see them; only the name differs.</summary>
    private const string OperatorId = "operator";

    /// <summary>Web Chat orders by this number when it is there, else by time; both are given.</summary>
    private const string SequenceField = "webchat:sequence-id";

    /// <summary>The id on the wire: seven digits keep the order of text and of numbers the same.</summary>
    public static string ActivityId(string conversationId, long sequence) =>
        string.Create(CultureInfo.InvariantCulture, $"{conversationId}|{sequence:D7}");

    /// <summary>The row that an activity of a person becomes. What the channel itself decides (ids, times, addresses) is left out.</summary>
    /// <param name="activity">As the person's client wrote it.</param>
    /// <param name="channel">The channel that it came by, where conversations of another channel may go on in it; null for the conversation's own.</param>
    public static NewEntry ToEntry(Activity activity, string? channel = null)
    {
        var rest = activity with
        {
            Text = null,
            Id = null,
            Timestamp = null,
            ServiceUrl = null,
            ChannelId = channel,
            From = null,
            Recipient = null,
            Conversation = null,
        };
        var isMessage = activity.Type == ActivityTypes.Message;
        return new NewEntry
        {
            Audience = Audience.Everyone,
            Author = Author.Client,
            Kind = isMessage ? "message" : ActivityKind,
            Text = activity.Text,
            Payload = JsonSerializer.Serialize(rest, BotProtocolJson.Default.Activity),
            IsInput = isMessage,
        };
    }

    /// <summary>The activity that a row is for a client.</summary>
    /// <param name="channelId">The wire's name of the channel ("directline", "emulator").</param>
    /// <param name="conversationId">The wire's id of the conversation; the store's own may differ.</param>
    /// <param name="account">The person.</param>
    public static Activity ToActivity(LogEntry entry, string channelId, string conversationId, string account)
    {
        var stored = entry.Payload is null ? new Activity() : JsonSerializer.Deserialize(entry.Payload, BotProtocolJson.Default.Activity)!;
        if (entry.Author == Author.Client && stored.ChannelId == MailIntake.Channel)
        {
            // What a mail's row keeps beside the words (its raw file, its Message-ID) is the house's own.
            stored = new Activity();
        }

        return stored with
        {
            Name = entry.Author == Author.Operator ? null : stored.Name,
            Type = entry.Kind == "message" ? ActivityTypes.Message : stored.Type ?? ActivityTypes.Event,
            Id = ActivityId(conversationId, entry.Sequence),
            Timestamp = entry.Timestamp,
            ChannelId = channelId,
            Conversation = new ConversationAccount { Id = conversationId },
            From = entry.Author switch
            {
                Author.Client => new ChannelAccount { Id = account, Role = "user" },

                // Clients know "user" and "bot" only; the row's payload holds the operator's name where an activity has its own.
                Author.Operator => new ChannelAccount { Id = OperatorId, Name = Capitalize(stored.Name), Role = "bot" },
                _ => stored.From ?? Bot,
            },
            Text = entry.Text,
            TextFormat = stored.TextFormat ?? (entry.Text is null ? null : "plain"),
            ChannelData = WithSequence(stored.ChannelData, entry.Sequence),
        };
    }

    /// <summary>Operators' names are kept in lower case.</summary>
    private static string? Capitalize(string? name) => name is { Length: > 0 } ? char.ToUpperInvariant(name[0]) + name[1..] : name;

    private static JsonElement WithSequence(JsonElement? channelData, long sequence)
    {
        var node = channelData is { ValueKind: JsonValueKind.Object } given ? JsonObject.Create(given)! : [];
        node[SequenceField] = sequence;
        return JsonSerializer.SerializeToElement(node, ServerJson.Default.JsonObject);
    }
}
