namespace ChatAgent.Neural;

/// <summary>Trains a <see cref="EncoderDecoder"/>: many to many, unaligned.</summary>
public static class EncoderDecoderTrainer
{
    /// <summary>Trains by cross-entropy with the right tokens before each (teacher forcing), over batches of about the same length.</summary>
    /// <param name="network">Changed in place.</param>
    /// <param name="optimizer">Over the network's parameters.</param>
    /// <param name="train">Sources and targets, one pair or more; either may be empty.</param>
    /// <param name="validation">Not learnt from; chooses the epoch. May be empty.</param>
    /// <param name="options">Rates, batch, limits.</param>
    /// <param name="validate">What validation costs, lower being better, instead of the mean loss; null for that.</param>
    /// <inheritdoc cref="TrainingLoop.Run" path="/param"/>
    /// <inheritdoc cref="TrainingLoop.Run" path="/exception"/>
    public static TrainingResult Train(
        EncoderDecoder network, IOptimizer optimizer, IReadOnlyList<(int[] Source, int[] Target)> train, IReadOnlyList<(int[] Source, int[] Target)> validation,
        TrainingOptions options, Func<double>? validate = null, IProgress<TrainingProgress>? progress = null, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        TrainingOptions.Require(options);
        ArgumentOutOfRangeException.ThrowIfZero(train.Count, nameof(train));
        return TrainingLoop.Run(new Task(network, train, validation, options, validate), optimizer, options, progress, time, cancellationToken);
    }

    private sealed class Task : ITrainingTask
    {
        private readonly EncoderDecoder _network;
        private readonly IReadOnlyList<(int[] Source, int[] Target)> _train;
        private readonly IReadOnlyList<(int[] Source, int[] Target)> _validation;
        private readonly TrainingOptions _options;
        private readonly Func<double>? _validate;
        private readonly EncoderDecoderTape _tape;
        private readonly int[][] _sources;
        private readonly int[][] _targets;
        private int[][] _batches = [];

        public Task(EncoderDecoder network, IReadOnlyList<(int[] Source, int[] Target)> train, IReadOnlyList<(int[] Source, int[] Target)> validation, TrainingOptions options, Func<double>? validate)
        {
            (_network, _train, _validation, _options, _validate) = (network, train, validation, options, validate);
            var all = train.Concat(validation);
            _tape = network.CreateTape(
                Math.Clamp(all.Max(pair => pair.Source.Length), 1, options.MaxSteps), Math.Min(all.Max(pair => pair.Target.Length), options.MaxSteps) + 1, options.Batch, new Random(options.Seed));
            (_sources, _targets) = (new int[options.Batch][], new int[options.Batch][]);
        }

        public ParameterSet Parameters => _network.Parameters;

        public string SpeedUnit => "tokens/s";

        public bool IsPerToken => true;

        public IReadOnlyList<(string Name, float[] Values)> Carried => [];

        public IReadOnlyList<Dropout> Chance => [.. _tape.Dropouts];

        public int BeginEpoch(int epoch)
        {
            _batches = LengthBatches.Make([.. _train.Select(pair => pair.Source.Length + pair.Target.Length)], _options.Batch, _options.Seed, epoch);
            return _batches.Length;
        }

        public (double Loss, int Units) ForwardBackward(int batch, long step)
        {
            var count = Fill(_train, _batches[batch]);
            return _network.ForwardBackward(_tape, _sources.AsSpan(0, count), _targets.AsSpan(0, count), step);
        }

        public double? Validate()
        {
            if (_validate is not null || _validation.Count == 0)
            {
                return _validate?.Invoke();
            }

            var (loss, tokens) = (0.0, 0);
            foreach (var rows in Enumerable.Range(0, _validation.Count).Chunk(_options.Batch))
            {
                var count = Fill(_validation, rows);
                var (sum, seen) = _network.Evaluate(_tape, _sources.AsSpan(0, count), _targets.AsSpan(0, count));
                (loss, tokens) = (loss + sum, tokens + seen);
            }

            return loss / tokens;
        }

        private int Fill(IReadOnlyList<(int[] Source, int[] Target)> from, int[] rows)
        {
            for (var i = 0; i < rows.Length; i++)
            {
                (_sources[i], _targets[i]) = from[rows[i]];
            }

            return rows.Length;
        }
    }
}
