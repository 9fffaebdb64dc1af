namespace ChatAgent.Neural;

/// <summary>A linear-chain conditional random field over label scores: the loss of a label sequence, the best sequence, and how sure each label is.</summary>
/// <remarks>
/// s(y) = a_y0 + Σ_t e_t,yt + Σ_t A_y(t−1),yt + z_y(n−1)    e  label scores, shape (n, L)     A  transitions, from row to column, shape (L, L)
/// p(y) = exp s(y) / Σ over y' of exp s(y')                 a, z  scores of beginning and of ending with a label, shape (L)
/// L    = −ln p(y)
/// α_t = e_t + ln Σ_i exp(α_(t−1),i + A_i)  and the same from the end, β, are taken as a product with exp A after the largest term was set aside, so that
/// a batch's step is one matrix product; a sum that is too small for a float is taken again in double, term by term.
/// Transitions may be forbidden, such as from O to I-name: they have no parameter worth learning and probability zero.
/// Sources: Lafferty, McCallum and Pereira 2001, ICML, sections 3 and 4; Lample et al. 2016, arXiv:1603.01360, section 2.2. Not thread-safe while training;
/// Decode and Marginals are, with a tape for each thread.
/// </remarks>
public sealed class CrfLayer
{
    /// <summary>Sums of exponentials below this have lost terms to the float's range and are taken again in double.</summary>
    private const float TooSmall = 1e-30f;

    private readonly bool[] _allowed;

    /// <summary>Adds <c>{name}.transitions</c>, <c>{name}.begin</c>, <c>{name}.end</c>, all zero.</summary>
    /// <param name="labels">L, 1 or more.</param>
    /// <param name="isAllowed">Whether the second label may follow the first, −1 standing for the beginning and L for the end; null allows all.</param>
    /// <exception cref="ArgumentException">Nothing is allowed to begin, or a label has no way on.</exception>
    public CrfLayer(ParameterSet parameters, string name, int labels, Func<int, int, bool>? isAllowed = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(labels, 1);
        Labels = labels;
        Transitions = parameters.Add($"{name}.transitions", labels, labels);
        Begin = parameters.Add($"{name}.begin", labels);
        End = parameters.Add($"{name}.end", labels);

        // Row L holds what may begin, column L what may end.
        _allowed = new bool[(labels + 1) * (labels + 1)];
        for (var i = 0; i <= labels; i++)
        {
            for (var j = 0; j <= labels; j++)
            {
                _allowed[(i * (labels + 1)) + j] = isAllowed is null || (i == labels && j == labels) || isAllowed(i == labels ? -1 : i, j);
            }
        }

        var end = Enumerable.Range(0, labels).Where(i => IsAllowed(i, labels)).ToArray();
        var begins = Enumerable.Range(0, labels).Count(j => IsAllowed(-1, j) && IsAllowed(j, labels));
        if (begins == 0)
        {
            throw new ArgumentException($"no label may stand alone: of {labels} labels {end.Length} may end, and none of those may begin", nameof(isAllowed));
        }

        if (Enumerable.Range(0, labels).FirstOrDefault(i => !end.Any(j => IsAllowed(i, j)), -1) is >= 0 and var stuck)
        {
            throw new ArgumentException($"after label {stuck} no label may follow that may end", nameof(isAllowed));
        }
    }

    /// <summary>L.</summary>
    public int Labels { get; }

    /// <summary>A.</summary>
    public Parameter Transitions { get; }

    /// <summary>a.</summary>
    public Parameter Begin { get; }

    /// <summary>z.</summary>
    public Parameter End { get; }

    /// <summary>Buffers for calls of at most that size.</summary>
    public CrfTape CreateTape(int maxSteps, int batch) => new(maxSteps, batch, Labels);

    /// <summary>Whether label <paramref name="to"/> may follow <paramref name="from"/>; −1 is the beginning, L the end.</summary>
    public bool IsAllowed(int from, int to) => _allowed[((from < 0 ? Labels : from) * (Labels + 1)) + to];

    /// <summary>Loss and gradient.</summary>
    /// <param name="scores">(T, B, L) in, their gradient out; zero beyond a row's length.</param>
    /// <param name="labels">(T, B); read within a row's length only.</param>
    /// <param name="lengths">(B): steps of each row, 0 to T.</param>
    /// <param name="weight">Weight of every row, usually 1 over the number of tokens or rows.</param>
    /// <param name="tape">Buffers.</param>
    /// <returns>The weighted sum of −ln p.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A label is not 0 to L − 1.</exception>
    /// <exception cref="ArgumentException">A label sequence takes a forbidden way.</exception>
    public double ForwardBackward(Span<float> scores, ReadOnlySpan<int> labels, ReadOnlySpan<int> lengths, float weight, CrfTape tape)
    {
        var loss = Forward(scores, labels, lengths, weight, tape);
        Marginals(scores, lengths, tape, weight);
        Gradients(scores, labels, lengths, weight, tape);
        return loss;
    }

    /// <summary>Loss only; see <see cref="ForwardBackward"/>.</summary>
    public double Forward(ReadOnlySpan<float> scores, ReadOnlySpan<int> labels, ReadOnlySpan<int> lengths, float weight, CrfTape tape)
    {
        Alphas(scores, lengths, tape);
        var loss = 0.0;
        for (var b = 0; b < lengths.Length; b++)
        {
            if (lengths[b] > 0)
            {
                loss += tape.LogSums[b] - ScoreOf(scores, labels, lengths, b);
            }
        }

        return loss * weight;
    }

    /// <summary>How probable each label is at each step, over all sequences; replaces the scores, zero beyond a row's length.</summary>
    /// <param name="scores">(T, B, L) in, probabilities out.</param>
    public void Marginals(Span<float> scores, ReadOnlySpan<int> lengths, CrfTape tape)
    {
        Alphas(scores, lengths, tape);
        Marginals(scores, lengths, tape, weight: 0f);
        tape.Marginals.AsSpan(0, scores.Length).CopyTo(scores);
    }

    /// <summary>The best label sequence of each row (Viterbi).</summary>
    /// <param name="scores">(T, B, L).</param>
    /// <param name="lengths">(B).</param>
    /// <param name="labels">(T, B), set; −1 beyond a row's length.</param>
    /// <param name="tape">Buffers.</param>
    public void Decode(ReadOnlySpan<float> scores, ReadOnlySpan<int> lengths, Span<int> labels, CrfTape tape)
    {
        var (batch, count) = (lengths.Length, Labels);
        labels.Fill(-1);
        var transitions = (ReadOnlySpan<float>)Transitions.Values;
        var best = tape.Previous.AsSpan(0, count);
        var next = tape.Sums.AsSpan(0, count);
        for (var b = 0; b < batch; b++)
        {
            if (lengths[b] == 0)
            {
                continue;
            }

            for (var j = 0; j < count; j++)
            {
                best[j] = IsAllowed(-1, j) ? Begin.Values[j] + scores[(b * count) + j] : float.NegativeInfinity;
            }

            for (var t = 1; t < lengths[b]; t++)
            {
                var from = tape.Back.AsSpan(t * count, count);
                next.Fill(float.NegativeInfinity);
                for (var i = 0; i < count; i++)
                {
                    for (var j = 0; j < count; j++)
                    {
                        if (best[i] + transitions[(i * count) + j] is var way && way > next[j] && IsAllowed(i, j))
                        {
                            (next[j], from[j]) = (way, i);
                        }
                    }
                }

                Kernels.Add(scores.Slice(((t * batch) + b) * count, count), next);
                next.CopyTo(best);
            }

            var label = -1;
            for (var j = 0; j < count; j++)
            {
                if (IsAllowed(j, count) && (label < 0 || best[j] + End.Values[j] > best[label] + End.Values[label]))
                {
                    label = j;
                }
            }

            for (var t = lengths[b] - 1; t >= 0; t--)
            {
                labels[(t * batch) + b] = label;
                label = t > 0 ? tape.Back[(t * count) + label] : label;
            }
        }
    }

    private double ScoreOf(ReadOnlySpan<float> scores, ReadOnlySpan<int> labels, ReadOnlySpan<int> lengths, int b)
    {
        var (batch, score, before) = (lengths.Length, 0.0, -1);
        for (var t = 0; t < lengths[b]; t++)
        {
            var label = labels[(t * batch) + b];
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)label, (uint)Labels, nameof(labels));
            RequireAllowed(before, label, t, b);
            score += scores[(((t * batch) + b) * Labels) + label] + (t == 0 ? Begin.Values[label] : Transitions.Values[(before * Labels) + label]);
            before = label;
        }

        RequireAllowed(before, Labels, lengths[b], b);
        return score + End.Values[before];
    }

    private void RequireAllowed(int from, int to, int t, int b)
    {
        if (!IsAllowed(from, to))
        {
            throw new ArgumentException($"row {b}, step {t}: label {to} may not follow {from} (−1 is the beginning, {Labels} the end)", nameof(to));
        }
    }

    /// <summary>α of every step, and ln of the sum over all label sequences.</summary>
    private void Alphas(ReadOnlySpan<float> scores, ReadOnlySpan<int> lengths, CrfTape tape)
    {
        var (batch, count) = (lengths.Length, Labels);
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < count; j++)
            {
                tape.Ways[(i * count) + j] = IsAllowed(i, j) ? Transitions.Values[(i * count) + j] : float.NegativeInfinity;
                tape.ExpWays[(i * count) + j] = IsAllowed(i, j) ? MathF.Exp(Transitions.Values[(i * count) + j]) : 0f;
            }
        }

        tape.PackedWays.Pack(tape.ExpWays, count, count, transposed: false);
        var p = tape.Previous.AsSpan(0, batch * count);
        var sums = tape.Sums.AsSpan(0, batch * count);
        for (var t = 0; t < Longest(lengths); t++)
        {
            if (t > 0)
            {
                for (var b = 0; b < batch; b++)
                {
                    tape.AlphaShift[((t - 1) * batch) + b] = ExpShifted(tape.Alpha(t - 1, b, batch), t < lengths[b], p.Slice(b * count, count));
                }

                p.CopyTo(tape.AlphaExp.AsSpan((t - 1) * batch * count));
                Kernels.MatMul(p, false, tape.PackedWays, sums, batch);
            }

            for (var b = 0; b < batch; b++)
            {
                if (t >= lengths[b])
                {
                    continue;
                }

                var alpha = tape.Alpha(t, b, batch);
                for (var j = 0; j < count; j++)
                {
                    var way = t == 0
                        ? (IsAllowed(-1, j) ? Begin.Values[j] : double.NegativeInfinity)
                        : sums[(b * count) + j] < TooSmall
                            ? LogSumInto(tape.Alpha(t - 1, b, batch), tape.Ways, j)
                            : tape.AlphaShift[((t - 1) * batch) + b] + Math.Log(sums[(b * count) + j]);
                    alpha[j] = way + scores[(((t * batch) + b) * count) + j];
                }

                if (t == lengths[b] - 1)
                {
                    tape.LogSums[b] = LogSumEnd(alpha);
                }
            }
        }
    }

    /// <summary>β of every step, the probabilities of each label, and with a weight the transitions' gradients of ln Σ.</summary>
    private void Marginals(ReadOnlySpan<float> scores, ReadOnlySpan<int> lengths, CrfTape tape, float weight)
    {
        var (batch, count, longest) = (lengths.Length, Labels, Longest(lengths));
        tape.PackedWays.Pack(tape.ExpWays, count, count, transposed: true);
        var q = tape.Previous.AsSpan(0, batch * count);
        var sums = tape.Sums.AsSpan(0, batch * count);
        var pairs = tape.Pairs.AsSpan();
        tape.Marginals.AsSpan(0, scores.Length).Clear();
        pairs.Clear();
        for (var t = longest - 1; t >= 0; t--)
        {
            // q = exp(e_(t+1) + β_(t+1)), one row for each sequence that goes on after t.
            if (t < longest - 1)
            {
                for (var b = 0; b < batch; b++)
                {
                    var ahead = tape.Ahead.AsSpan(0, count);
                    var goesOn = t + 1 < lengths[b];
                    for (var j = 0; goesOn && j < count; j++)
                    {
                        ahead[j] = tape.Beta[(b * count) + j] + scores[((((t + 1) * batch) + b) * count) + j];
                    }

                    ahead.CopyTo(tape.AheadAll.AsSpan(b * count, count));
                    tape.BetaShift[b] = ExpShifted(ahead, goesOn, q.Slice(b * count, count));
                }

                Kernels.MatMul(q, false, tape.PackedWays, sums, batch);
                if (weight != 0f)
                {
                    AddPairs(t, lengths, tape, q, pairs);
                }
            }

            for (var b = 0; b < batch; b++)
            {
                if (t >= lengths[b])
                {
                    continue;
                }

                var alpha = tape.Alpha(t, b, batch);
                var beta = tape.Beta.AsSpan(b * count, count);
                for (var i = 0; i < count; i++)
                {
                    beta[i] = t == lengths[b] - 1
                        ? (IsAllowed(i, count) ? End.Values[i] : double.NegativeInfinity)
                        : sums[(b * count) + i] < TooSmall
                            ? LogSumOutOf(tape.AheadAll.AsSpan(b * count, count), tape.Ways, i)
                            : tape.BetaShift[b] + Math.Log(sums[(b * count) + i]);
                    tape.Marginals[(((t * batch) + b) * count) + i] = (float)Math.Exp(alpha[i] + beta[i] - tape.LogSums[b]);
                }
            }
        }

        if (weight != 0f)
        {
            var gradient = Transitions.Gradients;
            for (var at = 0; at < gradient.Length; at++)
            {
                gradient[at] += weight * ((pairs[at] * tape.ExpWays[at]) + tape.RarePairs[at]);
            }

            tape.RarePairs.AsSpan().Clear();
        }
    }

    /// <summary>Adds to pairs[i, j] what, times exp A_ij, is the probability of i at t and j at t + 1, over all rows.</summary>
    private void AddPairs(int t, ReadOnlySpan<int> lengths, CrfTape tape, ReadOnlySpan<float> q, Span<float> pairs)
    {
        var (batch, count) = (lengths.Length, Labels);
        var p = tape.AlphaExp.AsSpan(t * batch * count, batch * count);
        for (var b = 0; b < batch; b++)
        {
            var row = p.Slice(b * count, count);
            if (t + 1 >= lengths[b])
            {
                row.Clear();
                continue;
            }

            var scale = Math.Exp(tape.AlphaShift[(t * batch) + b] + tape.BetaShift[b] - tape.LogSums[b]);
            if (scale < 1e15)
            {
                Kernels.Scale((float)scale, row);
                continue;
            }

            // The best before and the best after cannot be joined: the products are too small for floats.
            row.Clear();
            var alpha = tape.Alpha(t, b, batch);
            var ahead = tape.AheadAll.AsSpan(b * count, count);
            for (var at = 0; at < tape.Ways.Length; at++)
            {
                tape.RarePairs[at] += (float)Math.Exp(alpha[at / count] + tape.Ways[at] + ahead[at % count] - tape.LogSums[b]);
            }
        }

        Kernels.MatMul(p, true, q, false, pairs, count, count, batch, accumulate: true);
    }

    /// <summary>Turns the marginals into the gradient of the scores, and takes the given labels off all gradients.</summary>
    private void Gradients(Span<float> scores, ReadOnlySpan<int> labels, ReadOnlySpan<int> lengths, float weight, CrfTape tape)
    {
        var (batch, count) = (lengths.Length, Labels);
        tape.Marginals.AsSpan(0, scores.Length).CopyTo(scores);
        Kernels.Scale(weight, scores);
        for (var b = 0; b < batch; b++)
        {
            for (var t = 0; t < lengths[b]; t++)
            {
                var label = labels[(t * batch) + b];
                var d = scores.Slice(((t * batch) + b) * count, count);
                d[label] -= weight;
                if (t == 0)
                {
                    Kernels.Add(d, Begin.Gradients);
                }
                else
                {
                    Transitions.Gradients[(labels[((t - 1) * batch) + b] * count) + label] -= weight;
                }

                if (t == lengths[b] - 1)
                {
                    Kernels.Add(d, End.Gradients);
                }
            }
        }
    }

    /// <summary>exp(x − the largest of x) where <paramref name="counts"/>, else zeros.</summary>
    /// <returns>The largest.</returns>
    private static double ExpShifted(ReadOnlySpan<double> x, bool counts, Span<float> y)
    {
        y.Clear();
        if (!counts)
        {
            return 0.0;
        }

        var largest = double.NegativeInfinity;
        foreach (var value in x)
        {
            largest = value > largest || double.IsNaN(value) ? value : largest;
        }

        for (var i = 0; i < y.Length; i++)
        {
            y[i] = (float)Math.Max(x[i] - largest, -87.0);
        }

        Kernels.Exp(y, y);
        return largest;
    }

    private double LogSumInto(ReadOnlySpan<double> alpha, float[] ways, int j)
    {
        var largest = double.NegativeInfinity;
        for (var i = 0; i < Labels; i++)
        {
            largest = Math.Max(largest, alpha[i] + ways[(i * Labels) + j]);
        }

        var sum = 0.0;
        for (var i = 0; i < Labels && !double.IsNegativeInfinity(largest); i++)
        {
            sum += Math.Exp(alpha[i] + ways[(i * Labels) + j] - largest);
        }

        return largest + Math.Log(sum);
    }

    private double LogSumOutOf(ReadOnlySpan<double> ahead, float[] ways, int i)
    {
        var largest = double.NegativeInfinity;
        for (var j = 0; j < Labels; j++)
        {
            largest = Math.Max(largest, ahead[j] + ways[(i * Labels) + j]);
        }

        var sum = 0.0;
        for (var j = 0; j < Labels && !double.IsNegativeInfinity(largest); j++)
        {
            sum += Math.Exp(ahead[j] + ways[(i * Labels) + j] - largest);
        }

        return largest + Math.Log(sum);
    }

    private double LogSumEnd(ReadOnlySpan<double> alpha)
    {
        var (largest, sum) = (double.NegativeInfinity, 0.0);
        for (var j = 0; j < Labels; j++)
        {
            largest = IsAllowed(j, Labels) && !(alpha[j] + End.Values[j] <= largest) ? alpha[j] + End.Values[j] : largest;
        }

        for (var j = 0; j < Labels; j++)
        {
            sum += IsAllowed(j, Labels) ? Math.Exp(alpha[j] + End.Values[j] - largest) : 0.0;
        }

        return largest + Math.Log(sum);
    }

    private static int Longest(ReadOnlySpan<int> lengths)
    {
        var longest = 0;
        foreach (var length in lengths)
        {
            longest = Math.Max(longest, length);
        }

        return longest;
    }
}
