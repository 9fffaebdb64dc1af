namespace ChatAgent.Neural;

/// <summary>Softmax and cross-entropy in one: the loss of each row and, in the logits' place, its gradient.</summary>
/// <remarks>
/// L = Σ_i w_i · (ln Σ_j e^(x_ij) − x_i,target)          x  logits, shape (M, V)      w  weight of a row, 0 for padding
/// dL/dx_ij = w_i · (softmax(x_i)_j − [j = target_i])
/// </remarks>
public static class SoftmaxCrossEntropy
{
    /// <summary>Loss and gradient.</summary>
    /// <param name="logits">(M, V) in, the gradient out.</param>
    /// <param name="targets">(M); a negative one marks a row that does not count: its gradient is zero.</param>
    /// <param name="weight">Weight of every counted row, usually 1 over their number.</param>
    /// <returns>The weighted sum, in double. Infinite or NaN when a logit is.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A target is V or more.</exception>
    public static double ForwardBackward(Span<float> logits, ReadOnlySpan<int> targets, float weight, WorkerPool? pool = null) =>
        Run(logits, targets, weight, gradient: true, pool);

    /// <summary>Loss only; the logits are left as they are.</summary>
    public static double Forward(Span<float> logits, ReadOnlySpan<int> targets, float weight, WorkerPool? pool = null) =>
        Run(logits, targets, weight, gradient: false, pool);

    private static unsafe double Run(Span<float> logits, ReadOnlySpan<int> targets, float weight, bool gradient, WorkerPool? pool)
    {
        if (targets.IsEmpty || logits.Length % targets.Length != 0)
        {
            throw new ArgumentException($"{logits.Length} logits are no whole rows for {targets.Length} targets", nameof(logits));
        }

        var vocabulary = logits.Length / targets.Length;
        foreach (var target in targets)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(target, vocabulary, nameof(targets));
        }

        Span<double> losses = targets.Length <= 1024 ? stackalloc double[targets.Length] : new double[targets.Length];
        fixed (float* x = logits)
        fixed (int* t = targets)
        fixed (double* l = losses)
        {
            var job = new Job { Logits = x, Targets = t, Losses = l, Rows = targets.Length, Vocabulary = vocabulary, Weight = weight, Gradient = gradient };
            Kernels.PoolFor(logits.Length, 50_000, pool).Run(&Part, &job);
        }

        var sum = 0.0;
        foreach (var loss in losses)
        {
            sum += loss;
        }

        return sum * weight;
    }

    private static unsafe void Part(void* context, int part, int parts)
    {
        ref var job = ref *(Job*)context;
        for (var i = (int)((long)job.Rows * part / parts); i < (int)((long)job.Rows * (part + 1) / parts); i++)
        {
            var row = new Span<float>(job.Logits + ((long)i * job.Vocabulary), job.Vocabulary);
            var target = job.Targets[i];
            job.Losses[i] = 0.0;
            if (target < 0)
            {
                if (job.Gradient)
                {
                    row.Clear();
                }

                continue;
            }

            var logit = row[target];
            if (job.Gradient)
            {
                job.Losses[i] = Kernels.SoftmaxScaled(row, job.Weight) - logit;
                row[target] -= job.Weight;
            }
            else
            {
                job.Losses[i] = Kernels.LogSumExp(row) - logit;
            }
        }
    }

    private unsafe struct Job
    {
        public float* Logits;
        public int* Targets;
        public double* Losses;
        public int Rows;
        public int Vocabulary;
        public float Weight;
        public bool Gradient;
    }
}
