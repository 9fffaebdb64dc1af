using ChatAgent.Text;
using NodaTime;

namespace ChatAgent.Dialogs;

/// <summary>A conversation as it should go: one of dialogs/&lt;bot&gt;/tests/*.yml.</summary>
public sealed record ConversationTest
{
    public required string Name { get; init; }

    /// <summary>Where it stands: "dialogs/clinic/tests/yes.yml(3,5)".</summary>
    public required string Place { get; init; }

    /// <summary>Wall time at the clinic when it begins.</summary>
    public required LocalDateTime Now { get; init; }

    /// <summary>The patient who comes by a signed link of their next appointment; null for a stranger.</summary>
    public string? Visitor { get; init; }

    /// <summary>The language that the visitor's browser names.</summary>
    public Language Language { get; init; } = Language.Spanish;

    public required IReadOnlyList<ConversationTestStep> Steps { get; init; }
}

/// <summary>One line of a <see cref="ConversationTest"/>.</summary>
/// <param name="Line">In its file, from 1.</param>
public abstract record ConversationTestStep(long Line);

/// <summary>The person writes; several messages are sent in a row before the bot answers. <c>{code}</c> stands for the code that was sent, <c>{wrong_code}</c> for another.</summary>
public sealed record UserLine(long Line, IReadOnlyList<string> Messages) : ConversationTestStep(Line);

/// <summary>What the bot's answer must be.</summary>
/// <param name="Line">In its file.</param>
/// <param name="Acts">All of them, in this order, others may stand between; empty is silence, null is anything.</param>
/// <param name="Has">Slots that some act of the answer must have with this value.</param>
/// <param name="Not">Acts that must not be in it.</param>
/// <param name="Status">How far the appointment talked about has come, or null where that does not matter.</param>
/// <param name="Start">The hour that it must have, or null.</param>
public sealed record BotLine(
    long Line,
    IReadOnlyList<string>? Acts,
    IReadOnlyDictionary<string, string> Has,
    IReadOnlyList<string> Not,
    AppointmentStatus? Status,
    LocalDateTime? Start) : ConversationTestStep(Line);

/// <summary>Time goes by; deadlines fire.</summary>
public sealed record WaitLine(long Line, TimeSpan Time) : ConversationTestStep(Line);

/// <summary>Another patient takes a free hour of the visitor's doctor.</summary>
public sealed record TakenLine(long Line, LocalDateTime Start) : ConversationTestStep(Line);

/// <summary>An operator takes the conversation over, writes, or gives it back.</summary>
/// <param name="Line">In its file.</param>
/// <param name="Action">"takes_over", "gives_back", or null for words.</param>
/// <param name="Text">What the operator writes.</param>
public sealed record OperatorLine(long Line, string? Action, string? Text) : ConversationTestStep(Line);

/// <summary>The visitor opens the signed link of a patient's next appointment.</summary>
public sealed record LinkLine(long Line, string PatientId) : ConversationTestStep(Line);
