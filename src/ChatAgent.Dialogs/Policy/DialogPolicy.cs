using ChatAgent.Nlg;
using ChatAgent.Nlu;

namespace ChatAgent.Dialogs;

/// <summary>Decides what a turn says and does. Immutable and safe for concurrent callers; all that changes is in the step that it returns.</summary>
/// <remarks>
/// The order of the rules is here and nowhere else; what each flow does after a rule has chosen it stands in flows/*.yml. The first rule that has something
/// to say ends the turn: an answer that was chosen by a button, help in an emergency, another language, a person, the open question, a flow, a public fact, small talk, and last not understanding.
/// </remarks>
public sealed class DialogPolicy
{
    /// <summary>A reading of a message is answered in a proposal too when its score is at least this share of the best one's.</summary>
    private const double ShareOfBest = 0.6;

    /// <summary>Readings of a message, beside the best, that proposals answer.</summary>
    private const int MaxReadings = 2;

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

    /// <summary>What a person could say in the bot's place. Nothing is done or written.</summary>
    /// <param name="context">The conversation as the bot would have it, with the messages that wait for an answer.</param>
    /// <param name="meaning">Of those messages.</param>
    /// <param name="tools">The agenda, which is only read.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>For each likely reading of the messages what the bot would say to it, best first; and what fits at any time.</returns>
    public async Task<(IReadOnlyList<IReadOnlyList<DialogAct>> Answers, IReadOnlyList<IReadOnlyList<DialogAct>> AnyTime)> ProposeAsync(
        TurnContext context, Meaning meaning, IAgendaTools tools, CancellationToken cancellationToken)
    {
        var answers = new List<IReadOnlyList<DialogAct>>();
        if (context.Utterances.Count > 0)
        {
            answers.Add(PolicyTurn.Sayable(_bot, await DecideAsync(context, meaning, tools, cancellationToken)));
            foreach (var other in meaning.Intents.Skip(meaning.IsInScope ? 1 : 0).Where(other => other.Score >= ShareOfBest * meaning.Confidence).Take(MaxReadings))
            {
                var read = meaning with { Intents = [other], IsInScope = true, Parts = [], Reply = null };
                answers.Add(PolicyTurn.Sayable(_bot, await DecideAsync(context, read, tools, cancellationToken)));
            }
        }

        var anyTime = new PolicyTurn(_bot, _options, context, meaning, tools).AnyTime(greets: !context.State.Greeted);
        return ([.. answers.Where(acts => acts.Count > 0)], [.. anyTime.Select(act => (IReadOnlyList<DialogAct>)[act])]);
    }

    /// <summary>Every slot that has a value in a conversation now: what a person who writes in it may state as a fact.</summary>
    public IReadOnlyDictionary<string, string> KnownValues(TurnContext context, IAgendaTools tools) =>
        new PolicyTurn(_bot, _options, context, new Meaning { Text = string.Empty, Language = context.State.Language, Intents = [], IsInScope = false }, tools).KnownValues();

    /// <summary>The step of a turn that could not be decided: a person is called, nothing else is done.</summary>
    internal DialogStep GiveUp(TurnContext context, IAgendaTools tools) =>
        new PolicyTurn(_bot, _options, context, new Meaning { Text = string.Empty, Language = context.State.Language, Intents = [], IsInScope = false }, tools).GiveUp();
}
