using System.Runtime.CompilerServices;
using System.Security.Claims;
using ChatAgent.Dialogs.Operators;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;

namespace ChatAgent.Server.Operator;

/// <summary>The console's live view. Both streams begin with what there is and go on with what comes; after a lost connection the console asks again.</summary>
/// <remarks>A connection is let in once, but a stream may live for a day: before anything is sent the session is looked at again, so that a reset password ends it.</remarks>
[Authorize(Policy = OperatorConsole.Policy)]
internal sealed class OperatorHub(ConversationBoard board, LiveFeed feed, OperatorAccounts accounts) : Hub
{
    /// <summary>How long news of several conversations are gathered before they are sent.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(40);

    /// <summary>All conversations, then those that changed.</summary>
    public async IAsyncEnumerable<ConversationSummary[]> Conversations([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var subscription = feed.Subscribe(null);
        yield return await board.ListAsync(cancellationToken);
        while (true)
        {
            var changed = new HashSet<string>(StringComparer.Ordinal) { await subscription.Hints.ReadAsync(cancellationToken) };
            await Task.Delay(Gathering, cancellationToken);
            while (subscription.Hints.TryRead(out var id))
            {
                changed.Add(id);
            }

            var summaries = new List<ConversationSummary>();
            foreach (var id in changed)
            {
                if (await board.SummariseAsync(id, cancellationToken) is { } summary)
                {
                    summaries.Add(summary);
                }
            }

            await CheckSessionAsync(cancellationToken);
            yield return [.. summaries];
        }
    }

    /// <summary>The log of one conversation after a sequence, page by page.</summary>
    public async IAsyncEnumerable<LogRow[]> Log(string conversationId, long afterSequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var subscription = feed.Subscribe(conversationId);
        for (var isFirst = true; ; isFirst = false)
        {
            var (rows, readTo) = await board.ReadAsync(conversationId, afterSequence, cancellationToken);
            if (rows.Length > 0 || isFirst)
            {
                await CheckSessionAsync(cancellationToken);
                yield return rows;
            }

            if (readTo == afterSequence)
            {
                await subscription.Hints.ReadAsync(cancellationToken);
            }

            afterSequence = readTo;
        }
    }

    /// <exception cref="HubException">The session is over; the console shows its entrance.</exception>
    private async Task CheckSessionAsync(CancellationToken cancellationToken)
    {
        var account = await accounts.FindAsync(Context.User!.Identity!.Name!, cancellationToken);
        if (account is null || account.Stamp != Context.User.FindFirstValue(OperatorConsole.StampClaim))
        {
            Context.Abort();
            throw new HubException("the session is over");
        }
    }
}
