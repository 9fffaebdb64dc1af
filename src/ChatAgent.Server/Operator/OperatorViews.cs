using System.Text.Json.Serialization;

namespace ChatAgent.Server.Operator;

/// <summary>A conversation in the console's list.</summary>
internal sealed record ConversationSummary
{
    public required string Id { get; init; }

    public required string Channel { get; init; }

    /// <summary>First name of an identified person.</summary>
    public string? Name { get; init; }

    /// <summary>"es" or "en".</summary>
    public required string Language { get; init; }

    /// <summary>"bot", "waiting" or "operator".</summary>
    public required string Holder { get; init; }

    public string? Operator { get; init; }

    /// <summary>Since when a person is called and none has come.</summary>
    public DateTimeOffset? WaitingSince { get; init; }

    /// <summary>Why a person was called.</summary>
    public string? Reason { get; init; }

    /// <summary>Why a person should look at it when they have time; null when nothing asks for it, or a person has come since.</summary>
    public string? Attention { get; init; }

    /// <summary>The last message, cut to <see cref="ConversationBoard.TextLength"/> characters.</summary>
    public string? LastText { get; init; }

    public string? LastAuthor { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    public required long LastSequence { get; init; }

    /// <summary>Sequences of the person's last messages, oldest first, at most ten: what unread marks are counted from.</summary>
    public required IReadOnlyList<long> ClientSequences { get; init; }
}

/// <summary>A row of the log as the console shows it.</summary>
internal sealed record LogRow
{
    public required long Sequence { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>"client", "bot", "operator" or "system".</summary>
    public required string Author { get; init; }

    public required string Kind { get; init; }

    public string? Text { get; init; }

    /// <summary>The operator's name, the reason of a call, the person's name: what an event tells.</summary>
    public string? Detail { get; init; }

    /// <summary>Of a "turn".</summary>
    public UnderstoodView? Understood { get; init; }
}

/// <summary>What the bot understood in a turn.</summary>
/// <param name="Inputs">Sequences of the rows that were read together.</param>
/// <param name="Intents">Best first.</param>
/// <param name="IsInScope">Whether the best passed the threshold.</param>
/// <param name="Appointment">The reading as an answer about the appointment, in snake case; null without one.</param>
/// <param name="Evidence">The words that decided.</param>
/// <param name="Acts">Of the reply.</param>
/// <param name="Bundle">Hash of the models.</param>
internal sealed record UnderstoodView(
    IReadOnlyList<long> Inputs,
    IReadOnlyList<IntentView> Intents,
    bool IsInScope,
    string? Appointment,
    IReadOnlyList<EvidenceView> Evidence,
    IReadOnlyList<string> Acts,
    string Bundle);

/// <summary>An intent and its probability, 0 to 1.</summary>
internal sealed record IntentView(string Intent, double Score);

/// <summary>Words and why they decided.</summary>
internal sealed record EvidenceView(string Text, string Why);

/// <summary>Who is signed in.</summary>
internal sealed record OperatorView(string Name, bool MustChange);

internal sealed record LoginRequest(string? Name, string? Password);

internal sealed record PasswordRequest(string? Current, string? Next);

/// <summary>What an operator writes.</summary>
/// <param name="MessageId">The console's id of it; sent again, it is said once.</param>
internal sealed record SayRequest(string? MessageId, string? Text);

/// <summary>Next replies, best first; at most <see cref="ChatAgent.Dialogs.Agent.SuggestedReplies"/>.</summary>
internal sealed record SuggestionsView(IReadOnlyList<string> Replies);

/// <summary>What an operator has typed so far.</summary>
internal sealed record CompletionRequest(string? Text);

/// <summary>What may be put behind it; null when nothing is likely.</summary>
internal sealed record CompletionView(string? Completion);

/// <summary>A refusal with a stable code: unauthorized, wrong, locked, weak, held, must_change, origin, unknown, invalid.</summary>
internal sealed record OperatorRefusal(string Code);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ConversationSummary[]))]
[JsonSerializable(typeof(LogRow[]))]
[JsonSerializable(typeof(OperatorView))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(PasswordRequest))]
[JsonSerializable(typeof(SayRequest))]
[JsonSerializable(typeof(SuggestionsView))]
[JsonSerializable(typeof(CompletionRequest))]
[JsonSerializable(typeof(CompletionView))]
[JsonSerializable(typeof(OperatorRefusal))]
internal sealed partial class OperatorJson : JsonSerializerContext
{
}
