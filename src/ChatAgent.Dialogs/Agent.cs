using System.Collections.Concurrent;
using ChatAgent.Nlu;
using ChatAgent.Store;
using Microsoft.Extensions.Logging;

namespace ChatAgent.Dialogs;

/// <summary>The agent: takes messages in, answers them one turn at a time per conversation, and lets operators take over.</summary>
/// <remarks>Safe for concurrent callers. Several conversations are answered in parallel; one conversation never.</remarks>
public sealed partial class Agent
{
    private readonly IConversationStore _store;
    private readonly BundleHolder _bundles;
    private readonly IAgendaTools _tools;
    private readonly AgentOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<Agent> _logger;
    private readonly WakeQueue _wakes = new();
    private readonly ConcurrentDictionary<string, int> _failures = new(StringComparer.Ordinal);

    public Agent(IConversationStore store, BundleHolder bundles, IAgendaTools tools, AgentOptions options, TimeProvider time, ILogger<Agent> logger)
    {
        options.Check();
        (_store, _bundles, _tools, _options, _time, _logger) = (store, bundles, tools, options, time, logger);
    }

    /// <summary>Puts an activity on disk and wakes the worker; when this returns the client may be told 2xx.</summary>
    public async Task<Accepted> AcceptAsync(IncomingActivity activity, CancellationToken cancellationToken)
    {
        var accepted = await _store.AcceptAsync(activity, cancellationToken);
        if (activity.Entry.IsInput && !accepted.IsRetry)
        {
            _wakes.Wake(accepted.ConversationId);
        }

        return accepted;
    }

    /// <summary>Answers what waits in one conversation: the whole walk of a message, from the claim to the commit.</summary>
    /// <returns>Null when nothing waits, or another has the conversation.</returns>
    /// <exception cref="StoreConflictException">Others came first <see cref="AgentOptions.MaxRuns"/> times; the messages still wait.</exception>
    public async Task<TurnOutcome?> RunTurnAsync(string conversationId, CancellationToken cancellationToken)
    {
        for (var run = 1; ; run++)
        {
            var bundle = _bundles.Current;
            var clock = new StageClock(_time);
            await using var turn = await ConversationTurn.ClaimAsync(_store, _tools, bundle.Definition, _options, conversationId, _time.GetUtcNow(), cancellationToken);
            if (turn is null)
            {
                return null;
            }

            clock.Mark();
            var meaning = Understand(bundle, turn.Context);
            clock.Mark();
            var step = await bundle.Policy.DecideAsync(turn.Context, meaning, _tools, cancellationToken);
            clock.Mark();
            var reply = bundle.Generator.Generate(step.ToGenerationRequest(turn.Context));
            clock.Mark();

            try
            {
                var sequence = await turn.CommitAsync(bundle.Hash, meaning, step, reply, cancellationToken);
                clock.Mark();
                var outcome = new TurnOutcome(conversationId, sequence, meaning, step, reply, clock.ToLatency(), run);
                TurnMetrics.Record(outcome.Latency, _time.GetUtcNow() - turn.OldestInput, step.Rule);
                LogTurn(conversationId, meaning.Intent ?? "none", meaning.Confidence, step.Rule, outcome.Latency.Total.TotalMilliseconds);
                await SendCodeAsync(step, conversationId, cancellationToken);
                return outcome;
            }
            catch (StoreConflictException conflict) when (run < _options.MaxRuns)
            {
                // Another was faster: with the hour, or with this conversation. What it did is seen by the next run.
                TurnMetrics.RecordConflict();
                LogConflict(conversationId, run, conflict.TakenKey ?? "none");
            }
        }
    }

    /// <summary>The worker: answers what is accepted, sweeps up what waits from before, and fires due times, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(Enumerable.Range(0, _options.Parallelism).Select(_ => RunTurnsAsync(cancellationToken)).Append(SweepAsync(cancellationToken)));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping is no failure; what is not answered waits on disk.
        }
    }

    /// <summary>Turns the deadlines that have come into inputs and wakes every conversation that waits.</summary>
    public async Task SweepOnceAsync(CancellationToken cancellationToken)
    {
        const int AtOnce = 256;
        foreach (var conversationId in await _store.FireDueAsync(_time.GetUtcNow(), AtOnce, cancellationToken))
        {
            _wakes.Wake(conversationId);
        }

        foreach (var conversationId in await _store.ListWaitingAsync(AtOnce, cancellationToken))
        {
            _wakes.Wake(conversationId);
        }
    }

    private async Task RunTurnsAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var conversationId = await _wakes.TakeAsync(cancellationToken);
            try
            {
                while (await RunTurnAsync(conversationId, cancellationToken) is not null)
                {
                }

                _failures.TryRemove(conversationId, out _);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            catch (StoreUnavailableException unavailable)
            {
                // A full disk is not the conversation's failure, and a person who is called could not be noted either: the sweep tries again until it is writable.
                LogStoreUnavailable(conversationId, unavailable.Message);
            }
            catch (Exception error)
            {
                // One conversation's failure is not another's. The messages wait on disk and the sweep tries again.
                LogFailure(error, conversationId);
                await GiveUpAsync(conversationId, cancellationToken);
            }
            finally
            {
                _wakes.Done(conversationId);
            }
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await SweepOnceAsync(cancellationToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogSweepFailure(error);
            }

            await Task.Delay(_options.SweepInterval, _time, cancellationToken);
        }
    }

    /// <summary>After several failures in a row a person is called, so that nobody waits for ever on a turn that cannot end.</summary>
    private async Task GiveUpAsync(string conversationId, CancellationToken cancellationToken)
    {
        if (_failures.AddOrUpdate(conversationId, 1, (_, failures) => failures + 1) < _options.FailuresBeforeHandover)
        {
            return;
        }

        try
        {
            var bundle = _bundles.Current;
            await using var turn = await ConversationTurn.ClaimAsync(_store, _tools, bundle.Definition, _options, conversationId, _time.GetUtcNow(), cancellationToken);
            if (turn is not null)
            {
                var step = bundle.Policy.GiveUp(turn.Context, _tools);
                await turn.CommitAsync(bundle.Hash, Nothing(turn.Context), step, bundle.Generator.Generate(step.ToGenerationRequest(turn.Context)), cancellationToken);
                _failures.TryRemove(conversationId, out _);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFailure(error, conversationId);
        }
    }

    /// <summary>Events alone (a greeting, a deadline) have nothing to be understood.</summary>
    private static Meaning Understand(Bundle bundle, TurnContext context) => context.Utterances is { Count: > 0 } utterances
        ? bundle.Nlu.Parse(utterances, context.ParseContext)
        : Nothing(context);

    private static Meaning Nothing(TurnContext context) => new() { Text = string.Empty, Language = context.State.Language, Intents = [], IsInScope = false };

    /// <summary>After the commit: a code that failed to leave is asked for again by the person, a code without a challenge on disk would be worthless.</summary>
    private async Task SendCodeAsync(DialogStep step, string conversationId, CancellationToken cancellationToken)
    {
        if (step.Code is not { } code)
        {
            return;
        }

        try
        {
            await _tools.SendCodeAsync(code, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogCodeNotSent(error, conversationId);
        }
    }

    [LoggerMessage(1001, LogLevel.Information, "Conversation {ConversationId}: intent {Intent}, confidence {Confidence}, {Rule}, {ElapsedMs} ms")]
    private partial void LogTurn(string conversationId, string intent, double confidence, string rule, double elapsedMs);

    [LoggerMessage(1002, LogLevel.Information, "Conversation {ConversationId}: another came before run {Run}, taken key {Key}")]
    private partial void LogConflict(string conversationId, int run, string key);

    [LoggerMessage(1003, LogLevel.Error, "Conversation {ConversationId}: the turn failed; its messages still wait")]
    private partial void LogFailure(Exception error, string conversationId);

    [LoggerMessage(1004, LogLevel.Error, "Looking for waiting conversations failed")]
    private partial void LogSweepFailure(Exception error);

    [LoggerMessage(1006, LogLevel.Warning, "Conversation {ConversationId}: its messages wait; {Reason}")]
    private partial void LogStoreUnavailable(string conversationId, string reason);

    [LoggerMessage(1005, LogLevel.Error, "Conversation {ConversationId}: the one-time code could not be sent")]
    private partial void LogCodeNotSent(Exception error, string conversationId);
}
