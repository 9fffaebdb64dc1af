using ChatAgent.Text;

namespace ChatAgent.Nlu.Intents;

/// <summary>Finds the words that carry a decision, by leaving them out.</summary>
/// <remarks>
/// Greedy: of the words that remain, the one without which the intent's score is lowest goes, until the message is read otherwise or <see cref="MaxEvidence"/> words (and half of all) are gone.
/// What is shown is so what the model itself rests on, both paths and the spelling guide included, not a second model's opinion of it. Of a long message the first
/// <see cref="MaxWords"/> words are tried: at most 5·64 readings. Thread-safe.
/// </remarks>
internal sealed class IntentExplainer(IntentModel model)
{
    private const int MaxEvidence = 5;
    private const int MaxWords = 64;

    /// <param name="tokens">Of the message, at least one.</param>
    /// <param name="reading">Of all of them, without the intent ruled out.</param>
    /// <param name="ruledOut">An intent that the message denies, or −1.</param>
    public IntentExplanation Explain(IReadOnlyList<Token> tokens, IntentReading reading, int ruledOut)
    {
        var intent = reading.Best;
        int[] words = [.. Enumerable.Range(0, tokens.Count).Where(i => tokens[i].Kind != TokenKind.Punctuation).Take(MaxWords)];
        var most = Math.Min(MaxEvidence, Math.Max(1, words.Length / 2));
        var gone = new HashSet<int>();
        var evidence = new List<(int Token, double Weight)>();
        var score = (double)reading.Scores[intent];
        IntentChange? change = null;
        while (change is null && evidence.Count < most && gone.Count < words.Length)
        {
            var (lightest, without) = (-1, reading);
            foreach (var word in words)
            {
                if (gone.Contains(word))
                {
                    continue;
                }

                var next = Read(tokens, gone, word, ruledOut);
                if (lightest < 0 || next.Scores[intent] < without.Scores[intent])
                {
                    (lightest, without) = (word, next);
                }
            }

            if (without.Scores[intent] >= score)
            {
                break;
            }

            evidence.Add((lightest, score - without.Scores[intent]));
            gone.Add(lightest);
            score = without.Scores[intent];
            if (without.Best != intent || without.IsInScope != reading.IsInScope)
            {
                change = new IntentChange([.. gone.Order().Select(i => tokens[i].Text)], without.IsInScope ? model.Labels[without.Best] : null, without.Scores[without.Best]);
            }
        }

        int[] others = [.. IntentModel.Ranked(reading.Scores, 2).Where(other => other != intent)];
        return new IntentExplanation(
            model.Labels[intent],
            reading.Scores[intent],
            others is [var second, ..] ? new IntentScore(model.Labels[second], reading.Scores[second]) : null,
            reading.IsExact,
            [.. evidence.OrderBy(entry => entry.Token).Select(entry => new IntentEvidence(tokens[entry.Token].Span, tokens[entry.Token].Text, entry.Weight))],
            change,
            []);
    }

    private IntentReading Read(IReadOnlyList<Token> tokens, HashSet<int> gone, int word, int ruledOut)
    {
        var reading = model.Read(UtteranceWords.Of([.. tokens.Where((_, i) => i != word && !gone.Contains(i))]));
        return ruledOut < 0 ? reading : model.Without(reading, ruledOut);
    }
}
