using ChatAgent.Neural;

namespace ChatAgent.Nlg;

/// <summary>Beam search over any next-token model, with constraints inside the search. Stateless and thread-safe.</summary>
/// <remarks>
/// score = log p(text) / lp(n)          n  tokens of the text with its end
/// lp(n) = ((5 + n) / 6)^α              Wu et al. 2016, arXiv:1609.08144, equation 14, without the coverage term
/// After each token the best <c>BeamWidth</c> unfinished hypotheses go on; a hypothesis is finished when its end is among the best <c>BeamWidth</c>
/// continuations of the step. The search stops early when no unfinished hypothesis can enter the result any more: log p only falls and lp only grows, so
/// log p / lp(MaxTokens + 1) bounds every score that can still come of it. <see cref="BeamSearchOptions.StopAtCount"/> ends it sooner, and then the result may
/// lack a better text.
/// With <see cref="BeamSearchOptions.Groups"/> the width is cut into groups that search one after the other at each token, after Vijayakumar et al. 2016, arXiv:1610.02424, section 4 with
/// Hamming diversity: a continuation loses <see cref="BeamSearchOptions.Diversity"/> for each hypothesis of an earlier group that took the same token there. The loss steers the choice
/// and is no part of a score. The early end looks at the likeliest hypothesis of all groups, and stays safe. Groups may find the same text: it comes back once.
/// </remarks>
public static class BeamSearch
{
    private const int BlockTokens = 64;

    /// <summary>Searches.</summary>
    /// <param name="model">Gives the next token's distribution.</param>
    /// <param name="constraints">Held by every text that comes back.</param>
    /// <param name="options">Width, penalty, count.</param>
    /// <param name="check">Gives a reason to refuse a finished text, or null; the search then goes on for others. Null accepts all.</param>
    /// <param name="cancellationToken">Asked before each step.</param>
    /// <returns>Finished texts, best score first, refused ones among them; at most <c>Count</c> accepted. Empty when nothing that holds the constraints ends in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option or a token is outside its range.</exception>
    public static IReadOnlyList<BeamHypothesis> Search<TState>(
        INextTokenModel<TState> model, BeamConstraints constraints, BeamSearchOptions options, Func<IReadOnlyList<int>, string?>? check = null, CancellationToken cancellationToken = default)
    {
        BeamSearchOptions.Require(options);
        var vocabulary = model.VocabularySize;
        var groups = new GroupTable(constraints, vocabulary);
        var results = new Results(options);
        var (state, live) = (model.Start(1), new List<Partial> { Partial.Empty });
        int[] last = [model.StartToken];
        var logProbabilities = new float[Math.Max(1, options.BeamWidth) * vocabulary];
        var share = options.BeamWidth / options.Groups;
        var best = new Candidate[2 * share];
        var taken = options.Groups > 1 ? new int[vocabulary] : [];
        for (var length = 0; length <= options.MaxTokens; length++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var rows = logProbabilities.AsSpan(0, live.Count * vocabulary);
            model.Step(state, last, rows);
            for (var row = 0; row < live.Count; row++)
            {
                Constrain(rows.Slice(row * vocabulary, vocabulary), live[row], length, model, constraints, groups, options);
            }

            var next = new List<Partial>(options.BeamWidth);
            var parents = new List<int>(options.BeamWidth);
            Array.Clear(taken);
            for (var group = 0; group < options.Groups; group++)
            {
                var found = TakeBest(rows, live, group, vocabulary, best, taken, options.Diversity);
                var kept = 0;
                for (var rank = 0; rank < found && kept < share; rank++)
                {
                    var (row, token, _) = best[rank];
                    var grown = live[row].Grow(token, rows[(row * vocabulary) + token], groups, group);
                    if (token != model.EndToken)
                    {
                        next.Add(grown);
                        parents.Add(row);
                        kept++;
                    }
                    else if (rank < share)
                    {
                        results.Add(grown, check);
                    }
                }

                for (var i = next.Count - kept; i < next.Count && taken.Length > 0; i++)
                {
                    taken[next[i].Tokens[^1]]++;
                }
            }

            if (next.Count == 0 || (options.BeamWidth == 1 && results.AcceptedCount > 0) || !results.CanStillEnter(next.Max(partial => partial.LogProbability)))
            {
                break;
            }

            state = model.Gather(state, parents.ToArray());
            live = next;
            last = [.. live.Select(partial => partial.Tokens[^1])];
        }

        return results.Ranked();
    }

    /// <summary>Draws the first tokens of a text from the model: a forced prefix that gives the search another place to begin.</summary>
    /// <param name="tokens">Number of tokens drawn.</param>
    /// <param name="mass">Each is drawn among the likeliest tokens that together have this share of the probability, above 0 to 1.</param>
    /// <param name="random">Decides.</param>
    /// <returns>Shorter when the text could end; empty when nothing is allowed.</returns>
    public static IReadOnlyList<int> DrawOpening<TState>(INextTokenModel<TState> model, BeamConstraints constraints, BeamSearchOptions options, int tokens, double mass, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(mass);
        BeamSearchOptions.Require(options);
        var groups = new GroupTable(constraints, model.VocabularySize);
        var (state, partial, last) = (model.Start(1), Partial.Empty, model.StartToken);
        var (row, kept) = (new float[model.VocabularySize], new List<(int Token, float LogProbability)>());
        for (var length = 0; length < Math.Min(tokens, options.MaxTokens); length++)
        {
            model.Step(state, [last], row);
            Constrain(row, partial, length, model, constraints, groups, options);
            var total = 0.0;
            foreach (var value in row)
            {
                total += Math.Exp(value);
            }

            // The likeliest few hold the mass: taking them one by one is cheaper than sorting the vocabulary.
            kept.Clear();
            var sum = 0.0;
            while (sum < mass * total && IndexOfMax(row) is var token && row[token] > float.NegativeInfinity)
            {
                kept.Add((token, row[token]));
                sum += Math.Exp(row[token]);
                row[token] = float.NegativeInfinity;
            }

            var (draw, chosen) = (random.NextDouble() * sum, 0);
            while (chosen < kept.Count - 1 && draw >= Math.Exp(kept[chosen].LogProbability))
            {
                draw -= Math.Exp(kept[chosen++].LogProbability);
            }

            if (kept.Count == 0 || kept[chosen].Token == model.EndToken)
            {
                break;
            }

            last = kept[chosen].Token;
            partial = partial.Grow(last, kept[chosen].LogProbability, groups, group: 0);
        }

        return partial.Tokens;
    }

    /// <summary>Of equal values the first.</summary>
    private static int IndexOfMax(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
        {
            best = values[i] > values[best] ? i : best;
        }

        return best;
    }

    /// <summary>lp(n) of the remarks.</summary>
    internal static double LengthPenalty(int tokens, double exponent) => Math.Pow((5 + tokens) / 6.0, exponent);

    /// <summary>Sets what may not follow to negative infinity.</summary>
    private static void Constrain<TState>(
        Span<float> row, Partial partial, int length, INextTokenModel<TState> model, BeamConstraints constraints, GroupTable groups, BeamSearchOptions options)
    {
        const float Never = float.NegativeInfinity;
        row[model.StartToken] = Never;
        if (length < constraints.Prefix.Count)
        {
            var forced = constraints.Prefix[length];
            var kept = row[forced];
            row.Fill(Never);
            row[forced] = kept;
            return;
        }

        if (constraints.Continuations is { } continuations)
        {
            var last = length > 0 ? partial.Tokens[^1] : model.StartToken;
            var beforeLast = length > 1 ? partial.Tokens[^2] : model.StartToken;
            KeepOnly(row, continuations.TryGetValue((beforeLast, last), out var follow) ? follow : []);
        }

        foreach (var token in constraints.Forbidden)
        {
            row[token] = Never;
        }

        foreach (var (token, group) in groups.Members)
        {
            if ((partial.Said & (1UL << group)) != 0)
            {
                row[token] = Never;
            }
        }

        if (groups.Phrases is { } phrases)
        {
            foreach (var (token, phrase) in phrases.Completions(partial.PhraseState))
            {
                if (!groups.MaySay(phrase, partial, length))
                {
                    row[token] = Never;
                }
            }
        }

        if (partial.Said != groups.All)
        {
            row[model.EndToken] = Never;
        }

        if (length == options.MaxTokens)
        {
            var end = row[model.EndToken];
            row.Fill(Never);
            row[model.EndToken] = end;
            return;
        }

        if (options.NoRepeatLength > 0 && length > 0)
        {
            BlockRepeats(row, partial.Tokens, options.NoRepeatLength);
        }
    }

    private static void KeepOnly(Span<float> row, int[] tokens)
    {
        Span<float> kept = tokens.Length <= 256 ? stackalloc float[tokens.Length] : new float[tokens.Length];
        for (var i = 0; i < tokens.Length; i++)
        {
            kept[i] = row[tokens[i]];
        }

        row.Fill(float.NegativeInfinity);
        for (var i = 0; i < tokens.Length; i++)
        {
            row[tokens[i]] = kept[i];
        }
    }

    private static void BlockRepeats(Span<float> row, int[] tokens, int length)
    {
        row[tokens[^1]] = float.NegativeInfinity;
        var tail = tokens.AsSpan(Math.Max(0, tokens.Length - length + 1));
        for (var start = 0; tail.Length == length - 1 && start + tail.Length < tokens.Length; start++)
        {
            if (tokens.AsSpan(start, tail.Length).SequenceEqual(tail))
            {
                row[tokens[start + tail.Length]] = float.NegativeInfinity;
            }
        }
    }

    /// <summary>The best continuations over all rows of a group, best first; of equal ones the smaller row and token.</summary>
    /// <param name="taken">How many hypotheses of the groups before took each token here, or empty.</param>
    /// <param name="diversity">What each of them costs.</param>
    /// <returns>How many there are.</returns>
    private static int TakeBest(ReadOnlySpan<float> rows, List<Partial> live, int group, int vocabulary, Candidate[] best, int[] taken, double diversity)
    {
        var count = 0;
        for (var row = 0; row < live.Count; row++)
        {
            // All groups begin with the one empty text.
            if (live[row].Group != group && live[row].Tokens.Length > 0)
            {
                continue;
            }

            var before = live[row].LogProbability;
            var values = rows.Slice(row * vocabulary, vocabulary);
            for (var token = 0; token < values.Length; token++)
            {
                // Once the list is full most tokens are far below its end: whole blocks of them are passed over by their largest.
                while (token % BlockTokens == 0 && count == best.Length && token < values.Length
                    && before + Kernels.Max(values.Slice(token, Math.Min(BlockTokens, values.Length - token))) <= best[^1].Rank)
                {
                    token += BlockTokens;
                }

                if (token >= values.Length)
                {
                    break;
                }

                var sum = before + values[token] - (taken.Length > 0 ? diversity * taken[token] : 0.0);
                if (float.IsNegativeInfinity(values[token]) || (count == best.Length && sum <= best[^1].Rank))
                {
                    continue;
                }

                var place = count < best.Length ? count++ : count - 1;
                for (; place > 0 && best[place - 1].Rank < sum; place--)
                {
                    best[place] = best[place - 1];
                }

                best[place] = new Candidate(row, token, sum);
            }
        }

        return count;
    }

    /// <param name="Row">Of the hypothesis that goes on.</param>
    /// <param name="Token">With it.</param>
    /// <param name="Rank">Log-probability, less what the diversity of groups takes.</param>
    private readonly record struct Candidate(int Row, int Token, double Rank);

    /// <summary>Which required group a token belongs to.</summary>
    private sealed class GroupTable
    {
        private readonly sbyte[] _groupOfToken;
        private readonly int[] _groupOfPhrase;

        public GroupTable(BeamConstraints constraints, int vocabulary)
        {
            Phrases = constraints.Phrases is { Count: > 0 } table ? table : null;
            if (Phrases is not null && constraints.PhraseGroups.Count != Phrases.Count)
            {
                throw new ArgumentException($"{constraints.PhraseGroups.Count} groups for {Phrases.Count} phrases", nameof(constraints));
            }

            _groupOfPhrase = Phrases is null ? [] : [.. constraints.PhraseGroups];
            var count = Math.Max(constraints.Required.Count, _groupOfPhrase.Length == 0 ? 0 : _groupOfPhrase.Max() + 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 64, nameof(constraints));
            foreach (var token in constraints.Prefix.Concat(constraints.Forbidden).Concat(constraints.Required.SelectMany(group => group)))
            {
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)token, (uint)vocabulary, nameof(constraints));
            }

            _groupOfToken = new sbyte[vocabulary];
            Array.Fill(_groupOfToken, (sbyte)-1);
            Members = [.. constraints.Required.SelectMany((group, index) => group.Select(token => (token, index)))];
            foreach (var (token, group) in Members)
            {
                _groupOfToken[token] = (sbyte)group;
            }

            All = count == 64 ? ulong.MaxValue : (1UL << count) - 1;
        }

        public PhraseTable? Phrases { get; }

        public (int Token, int Group)[] Members { get; }

        /// <summary>A bit for each group.</summary>
        public ulong All { get; }

        public ulong BitOf(int token) => _groupOfToken[token] is >= 0 and var group ? 1UL << group : 0UL;

        public int GroupOf(int phrase) => phrase < 0 ? BeamConstraints.Free : _groupOfPhrase[phrase];

        /// <summary>Whether a phrase may end with token number <paramref name="at"/>: its group is not said yet, or the phrase goes on from the one that said it.</summary>
        public bool MaySay(int phrase, Partial partial, int at) => _groupOfPhrase[phrase] switch
        {
            BeamConstraints.Never => false,
            BeamConstraints.Free => true,
            var group => (partial.Said & (1UL << group)) == 0 || (partial.LastGroup == group && at - Phrases!.LengthOf(phrase) < partial.LastEnd),
        };
    }

    /// <summary>An unfinished hypothesis.</summary>
    /// <param name="Group">That it belongs to, from 0.</param>
    /// <param name="PhraseState">Of the phrase table.</param>
    /// <param name="LastGroup">Group of the last phrase, or −1.</param>
    /// <param name="LastEnd">Number of that phrase's last token.</param>
    private sealed record Partial(int[] Tokens, float[] TokenLogProbabilities, double LogProbability, int Group, ulong Said, int PhraseState, int LastGroup, int LastEnd)
    {
        public static Partial Empty { get; } = new([], [], 0.0, 0, 0UL, 0, -1, -1);

        public Partial Grow(int token, float tokenLogProbability, GroupTable groups, int group)
        {
            var (state, said, last, end) = (0, Said | groups.BitOf(token), LastGroup, LastEnd);
            if (groups.Phrases is { } phrases)
            {
                state = phrases.Next(PhraseState, token);
                if (groups.GroupOf(phrases.PhraseAt(state)) is >= 0 and var says)
                {
                    (said, last, end) = (said | (1UL << says), says, Tokens.Length);
                }
            }

            return new Partial([.. Tokens, token], [.. TokenLogProbabilities, tokenLogProbability], LogProbability + tokenLogProbability, group, said, state, last, end);
        }
    }

    /// <summary>Finished hypotheses and what can still join them.</summary>
    private sealed class Results(BeamSearchOptions options)
    {
        private readonly List<BeamHypothesis> _accepted = [];
        private readonly List<BeamHypothesis> _refused = [];
        private readonly double _widestPenalty = LengthPenalty(options.MaxTokens + 1, options.LengthPenalty);

        public int AcceptedCount => _accepted.Count;

        public void Add(Partial ended, Func<IReadOnlyList<int>, string?>? check)
        {
            var tokens = ended.Tokens[..^1];
            var score = ended.LogProbability / LengthPenalty(ended.Tokens.Length, options.LengthPenalty);
            var hypothesis = new BeamHypothesis(tokens, ended.TokenLogProbabilities, ended.LogProbability, score, check?.Invoke(tokens));
            var list = hypothesis.Refused is null ? _accepted : _refused;
            if (options.Groups > 1 && list.Exists(other => other.Tokens.SequenceEqual(tokens)))
            {
                return;
            }

            var place = list.FindIndex(other => other.Score < score);
            list.Insert(place < 0 ? list.Count : place, hypothesis);
            if (_accepted.Count > options.Count)
            {
                _accepted.RemoveAt(options.Count);
            }
        }

        /// <summary>Whether a hypothesis of that log-probability can still become part of the result.</summary>
        public bool CanStillEnter(double logProbability)
        {
            if (_accepted.Count == 0)
            {
                return true;
            }

            var bound = logProbability / _widestPenalty;
            return !(options.StopAtCount && _accepted.Count == options.Count)
                && bound > (_accepted.Count == options.Count ? _accepted[^1].Score : double.NegativeInfinity)
                && bound >= _accepted[0].Score - options.Margin;
        }

        public IReadOnlyList<BeamHypothesis> Ranked() => [.. _accepted.Where(hypothesis => hypothesis.Score >= _accepted[0].Score - options.Margin).Concat(_refused).OrderByDescending(hypothesis => hypothesis.Score)];
    }
}
