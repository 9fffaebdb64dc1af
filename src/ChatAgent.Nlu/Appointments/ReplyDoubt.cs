namespace ChatAgent.Nlu.Appointments;

/// <summary>How sure a reading is: the probability that the intent read is right, from how far the members agree on it.</summary>
/// <remarks>
/// c = σ(v f)      f what <see cref="Of"/> lists, v (<see cref="Count"/>), fitted by Newton's method on rows that were held out
/// The members are the whole model, its words alone, its rules' findings alone, and the rules' own verdict. Each may be sure and wrong; seldom are two of them in the same way.
/// </remarks>
internal static class ReplyDoubt
{
    private const int Shared = 14;
    private const int PerIntent = 9;

    /// <summary>Numbers in a list of signs.</summary>
    public const int Count = Shared + (PerIntent * AppointmentReplyModel.Intents);

    /// <summary>L2 penalty of the fit.</summary>
    private const double Penalty = 1.0;

    /// <summary>The signs of doubt about one reading.</summary>
    /// <param name="best">The intent read.</param>
    /// <param name="whole">Probabilities by words and rules.</param>
    /// <param name="words">Probabilities by words alone.</param>
    /// <param name="rules">Probabilities by what the rules found alone.</param>
    /// <param name="reading">The reply.</param>
    /// <param name="verdict">The rules' own reading.</param>
    public static double[] Of(int best, double[] whole, double[] words, double[] rules, ReplyReading reading, RuleVerdict verdict)
    {
        var signs = new double[Count];
        var agrees = (int)verdict.Intent == best ? 1.0 : 0.0;
        var tokens = reading.Words.Tokens.Length;
        var unexplained = Math.Min(reading.Unexplained, 6) / 6.0;
        signs[0] = 1;
        signs[1] = LogOdds(whole[best]);
        signs[2] = LogOdds(words[best]);
        signs[3] = LogOdds(rules[best]);
        signs[4] = Best(words) == best ? 1 : 0;
        signs[5] = Best(rules) == best ? 1 : 0;
        signs[6] = agrees;
        signs[7] = agrees * verdict.Certainty;
        signs[8] = unexplained;
        signs[9] = Math.Min(Math.Sqrt(tokens), 8) / 8;
        signs[10] = reading.Words.Questions.Any(static q => q) ? 1 : 0;
        signs[11] = reading.Slot.HasFlag(SlotRelation.Differs) ? 1 : 0;
        signs[12] = Math.Log(whole[best] / Math.Max(Second(whole, best), 1e-4)) / 4;
        signs[13] = signs[4] * signs[5] * agrees;
        var own = Shared + (PerIntent * best);
        signs[own] = 1;
        signs[own + 1] = signs[1];
        signs[own + 2] = agrees;
        signs[own + 3] = unexplained;
        signs[own + 4] = signs[9];
        signs[own + 5] = LogOdds(Math.Max(words[(int)AppointmentIntent.Conditional], rules[(int)AppointmentIntent.Conditional]));
        signs[own + 6] = reading.Cues.Any(static c => c.Cue is Cue.Condition or Cue.Hedge or Cue.HedgedNo or Cue.Doubt or Cue.PutOff or Cue.Sarcasm) ? 1 : 0;
        signs[own + 7] = reading.Words.Tokens.Any(static t => t.Folded is "pero" or "aunque" or "salvo" or "excepto" or "sino" or "but" or "unless" or "though" or "if" || t is { Folded: "si", Marked: false }) ? 1 : 0;
        signs[own + 8] = reading.Words.Tokens.Any(static t => t.Folded is "no" or "not" or "nunca" or "ni" or "tampoco" or "never") ? 1 : 0;
        return signs;
    }

    /// <summary>Probability that the reading is right, 0 to 1.</summary>
    public static double Probability(float[] weights, double[] signs)
    {
        var sum = 0.0;
        for (var i = 0; i < Count; i++)
        {
            sum += weights[i] * signs[i];
        }

        return 1 / (1 + Math.Exp(-sum));
    }

    /// <summary>The weights under which the readings' rights and wrongs are likeliest.</summary>
    public static float[] Fit(IReadOnlyList<(double[] Signs, bool Right)> rows)
    {
        var v = new double[Count];
        for (var round = 0; round < 25; round++)
        {
            var gradient = new double[Count];
            var hessian = new double[Count, Count];
            for (var i = 0; i < Count; i++)
            {
                gradient[i] = -Penalty * v[i];
                hessian[i, i] = Penalty;
            }

            foreach (var (signs, right) in rows)
            {
                var sum = 0.0;
                for (var i = 0; i < Count; i++)
                {
                    sum += v[i] * signs[i];
                }

                var p = 1 / (1 + Math.Exp(-sum));
                var (error, curve) = ((right ? 1 : 0) - p, Math.Max(p * (1 - p), 1e-6));
                for (var i = 0; i < Count; i++)
                {
                    if (signs[i] != 0)
                    {
                        gradient[i] += error * signs[i];
                        for (var j = 0; j <= i; j++)
                        {
                            hessian[i, j] += curve * signs[i] * signs[j];
                        }
                    }
                }
            }

            var step = Solve(hessian, gradient);
            var largest = 0.0;
            for (var i = 0; i < Count; i++)
            {
                v[i] += step[i];
                largest = Math.Max(largest, Math.Abs(step[i]));
            }

            if (largest < 1e-8)
            {
                break;
            }
        }

        return [.. v.Select(static w => (float)w)];
    }

    public static int Best(ReadOnlySpan<double> p)
    {
        var best = 0;
        for (var k = 1; k < AppointmentReplyModel.Intents; k++)
        {
            best = p[k] > p[best] ? k : best;
        }

        return best;
    }

    private static double Second(double[] p, int best)
    {
        var second = 0.0;
        for (var k = 0; k < AppointmentReplyModel.Intents; k++)
        {
            second = k != best ? Math.Max(second, p[k]) : second;
        }

        return second;
    }

    private static double LogOdds(double p) => Math.Clamp(Math.Log(Math.Max(p, 1e-6) / Math.Max(1 - p, 1e-6)), -6, 6) / 6;

    /// <summary>x with A x = b, by Cholesky; A symmetric and positive, its lower half given.</summary>
    private static double[] Solve(double[,] a, double[] b)
    {
        var n = b.Length;
        var x = (double[])b.Clone();
        for (var j = 0; j < n; j++)
        {
            for (var i = j; i < n; i++)
            {
                var sum = a[i, j];
                for (var k = 0; k < j; k++)
                {
                    sum -= a[i, k] * a[j, k];
                }

                a[i, j] = i == j ? Math.Sqrt(sum) : sum / a[j, j];
            }
        }

        for (var i = 0; i < n; i++)
        {
            for (var k = 0; k < i; k++)
            {
                x[i] -= a[i, k] * x[k];
            }

            x[i] /= a[i, i];
        }

        for (var i = n - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < n; k++)
            {
                x[i] -= a[k, i] * x[k];
            }

            x[i] /= a[i, i];
        }

        return x;
    }
}
