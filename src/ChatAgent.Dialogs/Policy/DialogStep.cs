using ChatAgent.Nlg;
using ChatAgent.Store;

namespace ChatAgent.Dialogs;

/// <summary>What the policy decided: what to say, what to do, and where the conversation stands then.</summary>
public sealed record DialogStep
{
    /// <summary>What to say, in order; empty is silence.</summary>
    public required IReadOnlyList<DialogAct> Acts { get; init; }

    /// <summary>The state after the turn, its events not yet folded in.</summary>
    public required ConversationState Next { get; init; }

    /// <summary>The rule that decided, and the flow's steps that were walked: "open_question confirm_hour/answered=attends".</summary>
    public required string Rule { get; init; }

    /// <summary>Rows beside the reply: handovers, changes of appointments.</summary>
    public IReadOnlyList<NewEntry> Events { get; init; } = [];

    /// <summary>Changes of the agenda, written in the turn's commit.</summary>
    public IReadOnlyList<DocumentWrite> Documents { get; init; } = [];

    public IReadOnlyList<NewDue> Due { get; init; } = [];

    public IReadOnlyList<string> CancelDue { get; init; } = [];

    /// <summary>Short answers to show as buttons.</summary>
    public IReadOnlyList<string> Suggestions { get; init; } = [];

    /// <summary>A code to send once the turn is on disk.</summary>
    public CodeMessage? Code { get; init; }

    public GenerationRequest ToGenerationRequest(TurnContext context) => new()
    {
        Acts = Acts,
        Language = Next.Language,
        Style = Next.Style,
        Seed = context.Seed,
        SaidBefore = Next.SaidBefore,
    };
}
