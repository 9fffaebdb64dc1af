using System.Text.RegularExpressions;
using ChatAgent.Nlg;
using ChatAgent.Store;

namespace ChatAgent.Dialogs;

/// <content>What is suggested to an operator who writes: whole replies, and how a sentence goes on. Nothing of it is written or sent.</content>
public sealed partial class Agent
{
    /// <summary>Replies that are suggested at once.</summary>
    public const int SuggestedReplies = 3;

    /// <summary>Rows looked through for the messages that wait for an answer.</summary>
    private const int RowsBefore = 60;

    /// <summary>Wordings that are tried of each proposal.</summary>
    private const int Wordings = 6;

    /// <summary>Up to three next replies for a conversation, different ones, each worded and checked as the bot's own are. None of them says that something was done.</summary>
    /// <returns>Null when there is no such conversation.</returns>
    public async Task<IReadOnlyList<string>?> SuggestRepliesAsync(string conversationId, CancellationToken cancellationToken)
    {
        var bundle = _bundles.Current;
        if (await ReadForOperatorAsync(bundle, conversationId, cancellationToken) is not { } context)
        {
            return null;
        }

        var meaning = Understand(bundle, context);
        var (answers, anyTime) = await bundle.Policy.ProposeAsync(context, meaning, _tools, cancellationToken);
        var texts = new List<string>();

        // An answer, the same in other words, and only then what fits at any time.
        for (var round = 0; round < Wordings && texts.Count < SuggestedReplies; round++)
        {
            foreach (var (acts, wording) in answers.Select(acts => (acts, round)).Concat(round == 0 ? [] : anyTime.Select(acts => (acts, round - 1))))
            {
                if (texts.Count < SuggestedReplies && TryWord(bundle, context, acts, context.Seed + (ulong)wording) is { } text && !texts.Contains(text, StringComparer.Ordinal) && !context.State.SaidBefore.Contains(text, StringComparer.Ordinal))
                {
                    texts.Add(text);
                }
            }
        }

        return texts;
    }

    /// <summary>What may be put behind the words that an operator has typed, with the values of this conversation only; null when nothing is likely, or there is no such conversation.</summary>
    public async Task<string?> CompleteAsync(string conversationId, string typed, CancellationToken cancellationToken)
    {
        var bundle = _bundles.Current;
        return await ReadForOperatorAsync(bundle, conversationId, cancellationToken) is { } context && bundle.Completions.TryGetValue(context.State.Language, out var learnt) && learnt.Value is { } completion
            ? completion.Complete(typed, bundle.Policy.KnownValues(context, _tools))
            : null;
    }

    /// <summary>The conversation as the bot would have it if no operator held it, with the messages that nobody has answered yet.</summary>
    private async Task<TurnContext?> ReadForOperatorAsync(Bundle bundle, string conversationId, CancellationToken cancellationToken)
    {
        if (await _store.FindConversationAsync(conversationId, cancellationToken) is not { } conversation || await ReadStateAsync(conversationId, cancellationToken) is not { } state)
        {
            return null;
        }

        var rows = await _store.ReadLogAsync(conversationId, Math.Max(0, conversation.LastSequence - RowsBefore), Audience.Internal, RowsBefore, cancellationToken);
        LogEntry[] messages = [.. rows.Where(row => row is { Kind: ConversationEvents.Message, Text: not null })];
        string[] said = [.. messages.Where(row => row.Author == Author.Operator).Select(row => row.Text!)];
        return new TurnContext
        {
            ConversationId = conversationId,
            State = state with { Holder = Holder.Bot, Operator = null, Question = null, Offered = [], Greeted = said.Length > 0, SaidBefore = [.. said, .. state.SaidBefore] },
            Inputs = [.. messages.Skip(1 + Array.FindLastIndex(messages, row => row.Author != Author.Client)).Select(row => ConversationTurn.Shorten(row, _options.MaxCharactersRead))],
            Appointments = state.Person is { } person ? await _tools.ListAppointmentsAsync(person.PatientId, cancellationToken) : [],
            Now = _time.GetUtcNow(),
            KnownFacts = bundle.Definition.Facts.Known,
            Zone = bundle.Definition.Domain.Zone,
            Seed = unchecked((ulong)conversation.LastSequence * 0x9E3779B97F4A7C15UL),
        };
    }

    [GeneratedRegex(@"\b(asistente|assistant|virtual|bot|chatbot)\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AsBot();

    private static string? TryWord(Bundle bundle, TurnContext context, IReadOnlyList<DialogAct> acts, ulong seed)
    {
        try
        {
            var text = bundle.Generator.Generate(new GenerationRequest { Acts = acts, Language = context.State.Language, Style = bundle.Definition.Domain.Style, Seed = seed, SaidBefore = context.State.SaidBefore }).Text;

            // A person does not introduce themselves as an assistant.
            return text.Length == 0 || AsBot().IsMatch(text) ? null : text;
        }
        catch (InvalidOperationException)
        {
            // An act without any wording is not suggested.
            return null;
        }
    }
}
