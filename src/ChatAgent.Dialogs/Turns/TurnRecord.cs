using System.Text;
using System.Text.Json;
using ChatAgent.Nlg;
using ChatAgent.Nlu;
using ChatAgent.Text;

namespace ChatAgent.Dialogs;

/// <summary>What is kept of a turn, to explain and to replay it: the payload of a "turn" row, at most <see cref="MaxBytes"/> bytes of JSON.</summary>
public sealed record TurnRecord
{
    /// <summary>Most bytes of <see cref="ToJson"/>, UTF-8.</summary>
    public const int MaxBytes = 2048;

    /// <summary>Hash of the bundle.</summary>
    public required string Bundle { get; init; }

    /// <summary>Of the generation request.</summary>
    public ulong Seed { get; init; }

    /// <summary>Sequences of the rows that were answered.</summary>
    public IReadOnlyList<long> Inputs { get; init; } = [];

    public Language Language { get; init; }

    /// <summary>At most five, best first.</summary>
    public IReadOnlyList<IntentScore> Intents { get; init; } = [];

    public bool InScope { get; init; }

    /// <summary>Ids of the nearest training examples.</summary>
    public IReadOnlyList<int> Nearest { get; init; } = [];

    /// <summary>The reading as a reply about an appointment; null without one.</summary>
    public ReplyRecord? Reply { get; init; }

    /// <summary>The rule and the steps that were walked.</summary>
    public string Rule { get; init; } = string.Empty;

    public IReadOnlyList<ActRecord> Acts { get; init; } = [];

    /// <summary>What was said; empty for silence.</summary>
    public string Text { get; init; } = string.Empty;

    /// <summary>The conversation's state after the turn, without what events tell.</summary>
    public required ConversationState State { get; init; }

    /// <summary>What was left out to stay within <see cref="MaxBytes"/>: "nearest", "evidence", "slots", "text" (it stands in the message's own row).</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    internal static TurnRecord Of(string bundle, TurnContext context, Meaning meaning, DialogStep step, GeneratedReply reply) => new()
    {
        Bundle = bundle,
        Seed = context.Seed,
        Inputs = [.. context.Inputs.Select(input => input.Sequence)],
        Language = meaning.Language,
        Intents = [.. meaning.Intents.Take(5).Select(intent => intent with { Score = Math.Round(intent.Score, 4) })],
        InScope = meaning.IsInScope,
        Nearest = [.. meaning.Nearest.Select(example => example.Id)],
        Reply = meaning.Reply is { } answer ? ReplyRecord.Of(answer) : null,
        Rule = step.Rule,
        Acts = [.. reply.Acts.Select(ActRecord.Of)],
        Text = reply.Text,
        State = step.Next.ForRecord(),
    };

    /// <summary>Reads what <see cref="ToJson"/> wrote; null for the JSON null.</summary>
    /// <exception cref="JsonException">It is not a turn's record.</exception>
    public static TurnRecord? FromJson(string json) => JsonSerializer.Deserialize(json, DialogJson.Compact.TurnRecord);

    /// <summary>The JSON. What matters least is left out first when it would be longer than <see cref="MaxBytes"/>.</summary>
    public string ToJson()
    {
        var record = this;
        foreach (var (name, shorten) in Shortenings)
        {
            var json = JsonSerializer.Serialize(record, DialogJson.Compact.TurnRecord);
            if (Encoding.UTF8.GetByteCount(json) <= MaxBytes)
            {
                return json;
            }

            record = shorten(record) with { LeftOut = [.. record.LeftOut, name] };
        }

        return JsonSerializer.Serialize(record, DialogJson.Compact.TurnRecord);
    }

    private static readonly (string Name, Func<TurnRecord, TurnRecord> Shorten)[] Shortenings =
    [
        ("nearest", record => record with { Nearest = [] }),
        ("text", record => record with { Text = string.Empty }),
        ("evidence", record => record with { Reply = record.Reply is null ? null : record.Reply with { Evidence = [] } }),
        ("slots", record => record with { Acts = [.. record.Acts.Select(act => act with { Slots = new Dictionary<string, string>(StringComparer.Ordinal), Refused = [] })] }),
        ("rule", record => record with { Rule = string.Empty, Intents = [.. record.Intents.Take(1)], Inputs = [record.Inputs[0], record.Inputs[^1]] }),
    ];
}
