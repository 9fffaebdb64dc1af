using ChatAgent.Nlu;

namespace ChatAgent.Dialogs;

/// <summary>Decides what a turn says and does. Immutable and safe for concurrent callers; all that changes is in the step that it returns.</summary>
/// <remarks>
/// The order of the rules is here and nowhere else; what each flow does after a rule has chosen it stands in flows/*.yml. The first rule that has something
/// to say ends the turn: an answer that was chosen by a button, help in an emergency, another language, a person, the open question, a flow, a public fact, small talk, and last not understanding.
/// </remarks>
public sealed class DialogPolicy
{
    private readonly BotDefinition _bot;
    private readonly DialogPolicyOptions _options;

    /// <exception cref="DialogFormatException">The bot lacks an act, an intent or a slot value that the policy itself needs.</exception>
    public DialogPolicy(BotDefinition bot, DialogPolicyOptions? options = null)
    {
        _bot = bot;
        _options = options ?? new DialogPolicyOptions();
        _options.Check();
        PolicyVocabulary.Check(bot.Domain);
    }

    /// <summary>Decides one turn. Nothing is written: effects join the turn's commit.</summary>
    public async Task<DialogStep> DecideAsync(TurnContext context, Meaning meaning, IAgendaTools tools, CancellationToken cancellationToken)
    {
        var turn = new PolicyTurn(_bot, _options, context, meaning, tools);
        if (turn.IsHeldByOperator)
        {
            return turn.StaySilent();
        }

        await turn.ReactToEventsAsync(cancellationToken);
        if (await turn.TakeChosenAsync(cancellationToken) is { } chosen)
        {
            return turn.Finish(chosen);
        }

        if (context.Utterances.Count == 0)
        {
            return turn.Finish("events");
        }

        var rule = turn.CallForHelp()
            ?? turn.SwitchLanguage()
            ?? turn.CallPerson()
            ?? await turn.TakeAnswerAsync(cancellationToken)
            ?? await turn.StartFlowAsync(cancellationToken)
            ?? turn.AnswerFact()
            ?? turn.MakeSmallTalk()
            ?? turn.AdmitNotUnderstanding();
        return turn.Finish(rule);
    }

    /// <summary>The step of a turn that could not be decided: a person is called, nothing else is done.</summary>
    internal DialogStep GiveUp(TurnContext context, IAgendaTools tools) =>
        new PolicyTurn(_bot, _options, context, new Meaning { Text = string.Empty, Language = context.State.Language, Intents = [], IsInScope = false }, tools).GiveUp();
}
