using System.Buffers;
using ChatAgent.Text;

namespace ChatAgent.Nlu.Intents;

/// <summary>Cuts a message with several intents into stretches that have one each.</summary>
/// <remarks>
/// Clauses end at punctuation, line feeds and joining words ("y", "pero", "and"). Over all ways to gather C clauses into runs of at most <see cref="LongestRun"/>, or into
/// the whole, the one with the highest Σ_runs clauses·score / C + <see cref="SplitBonus"/>·(runs − 1) is taken, by dynamic programming; a run of several must be in scope and reach
/// <see cref="LeastScore"/>, or counts nothing and is left out. Neighbours with one intent are one part. At most 4·<see cref="MaxClauses"/> readings a message. Thread-safe.
/// </remarks>
internal sealed class IntentSegmenter(IntentModel model)
{
    private const int MaxClauses = 12;
    private const int LongestRun = 4;

    private static readonly SearchValues<char> Enders = SearchValues.Create(".,;:!?…\u2014");

    private static readonly HashSet<string> Joiners = new(StringComparer.Ordinal) { "y", "e", "pero", "ademas", "tambien", "and", "but", "also", "plus" };

    /// <summary>Least score of a part of several. Chosen on joined development rows of the clinic, as the next.</summary>
    public double LeastScore { get; init; } = 0.8;

    /// <summary>What one more part is worth; a negative one asks the parts to be clearer than the whole.</summary>
    public double SplitBonus { get; init; } = 0.05;

    /// <param name="text">The message.</param>
    /// <param name="tokens">Of the text, at least one.</param>
    /// <param name="whole">The reading of all of it.</param>
    /// <returns>In the order of the text; empty when nothing is in scope.</returns>
    public IReadOnlyList<IntentPart> Split(string text, IReadOnlyList<Token> tokens, IntentReading whole)
    {
        var clauses = whole.IsExact ? [] : Clauses(text, tokens);
        if (clauses.Count < 2)
        {
            return whole.IsInScope ? [new IntentPart(model.Labels[whole.Best], whole.Scores[whole.Best], SpanOf(tokens, 0, tokens.Count - 1))] : [];
        }

        var best = new double[clauses.Count + 1];
        var from = new int[clauses.Count + 1];
        var found = new (int Intent, double Score)[clauses.Count + 1];
        Array.Fill(best, double.NegativeInfinity, 1, clauses.Count);
        for (var end = 1; end <= clauses.Count; end++)
        {
            for (var start = end - 1; start >= 0; start--)
            {
                var isWhole = start == 0 && end == clauses.Count;
                if (end - start > LongestRun && !isWhole)
                {
                    continue;
                }

                var (intent, score) = isWhole
                    ? (whole.IsInScope ? whole.Best : -1, (double)whole.Scores[whole.Best])
                    : Read(text, tokens, clauses[start].First, clauses[end - 1].Last);
                var value = best[start] + (intent < 0 ? 0 : ((end - start) * score / clauses.Count) + (start > 0 ? SplitBonus : 0));
                if (value > best[end])
                {
                    (best[end], from[end], found[end]) = (value, start, (intent, score));
                }
            }
        }

        var parts = new List<IntentPart>();
        for (var end = clauses.Count; end > 0; end = from[end])
        {
            var (intent, score) = found[end];
            if (intent < 0)
            {
                continue;
            }

            var span = SpanOf(tokens, clauses[from[end]].First, clauses[end - 1].Last);
            if (parts.Count > 0 && parts[^1] is var next && next.Intent == model.Labels[intent])
            {
                parts[^1] = next with { Score = Math.Max(score, next.Score), Span = new TextSpan(span.Start, next.Span.End - span.Start) };
            }
            else
            {
                parts.Add(new IntentPart(model.Labels[intent], score, span));
            }
        }

        parts.Reverse();
        return parts;
    }

    private (int Intent, double Score) Read(string text, IReadOnlyList<Token> tokens, int first, int last)
    {
        var reading = model.Read(UtteranceWords.Of([.. tokens.Skip(first).Take(last - first + 1)]));
        if (model.Labels[reading.Best] == UrgencyReader.EmergencyIntent && UrgencyReader.IsDenied(text))
        {
            reading = model.Without(reading, reading.Best);
        }

        var score = reading.Scores[reading.Best];
        return reading.IsInScope && score >= LeastScore ? (reading.Best, score) : (-1, 0);
    }

    /// <summary>First and last token of each clause, joining words and commas left out.</summary>
    private static List<(int First, int Last)> Clauses(string text, IReadOnlyList<Token> tokens)
    {
        var clauses = new List<(int First, int Last)>();
        var (first, hasWord) = (0, false);
        for (var i = 0; i < tokens.Count; i++)
        {
            if (hasWord && clauses.Count < MaxClauses - 1 && IsBorder(text, tokens, i))
            {
                clauses.Add((first, i - 1));
                (first, hasWord) = (i, false);
            }

            hasWord |= tokens[i].Kind is not (TokenKind.Punctuation or TokenKind.Emoji) && !Joiners.Contains(tokens[i].Folded);
            if (!hasWord && !IsOpening(tokens[i]))
            {
                first = i + 1;
            }
        }

        if (hasWord)
        {
            clauses.Add((first, tokens.Count - 1));
        }

        return [.. clauses.Select(clause => (clause.First, TrimEnd(tokens, clause)))];
    }

    private static bool IsBorder(string text, IReadOnlyList<Token> tokens, int i) =>
        Joiners.Contains(tokens[i].Folded) || IsOpening(tokens[i])
        || (tokens[i].Kind != TokenKind.Punctuation && tokens[i - 1].Kind == TokenKind.Punctuation && Enders.Contains(tokens[i - 1].Text[0]))
        || text.AsSpan(tokens[i - 1].Span.End, tokens[i].Span.Start - tokens[i - 1].Span.End).Contains('\n');

    private static bool IsOpening(Token token) => token.Text is "¿" or "¡";

    private static int TrimEnd(IReadOnlyList<Token> tokens, (int First, int Last) clause)
    {
        var last = clause.Last;
        while (last > clause.First && (tokens[last].Text is "," or ";" or ":" || Joiners.Contains(tokens[last].Folded)))
        {
            last--;
        }

        return last;
    }

    private static TextSpan SpanOf(IReadOnlyList<Token> tokens, int first, int last) => new(tokens[first].Span.Start, tokens[last].Span.End - tokens[first].Span.Start);
}
