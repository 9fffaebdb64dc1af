namespace ChatAgent.Neural;

/// <summary>Trains a <see cref="SequenceClassifier"/>: many to one.</summary>
public static class SequenceClassifierTrainer
{
    /// <summary>Trains by cross-entropy over batches of about the same length.</summary>
    /// <param name="network">Changed in place.</param>
    /// <param name="optimizer">Over the network's parameters.</param>
    /// <param name="train">Sequences and their classes, one or more; an empty sequence is a vector of zeros.</param>
    /// <param name="validation">Not learnt from; chooses the epoch. May be empty.</param>
    /// <param name="options">Rates, batch, limits.</param>
    /// <param name="validate">What validation costs, lower being better, instead of the mean loss; null for that.</param>
    /// <inheritdoc cref="TrainingLoop.Run" path="/param"/>
    /// <inheritdoc cref="TrainingLoop.Run" path="/exception"/>
    public static TrainingResult Train(
        SequenceClassifier network, IOptimizer optimizer, IReadOnlyList<(FeatureSequence Sequence, int Class)> train, IReadOnlyList<(FeatureSequence Sequence, int Class)> validation,
        TrainingOptions options, Func<double>? validate = null, IProgress<TrainingProgress>? progress = null, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        TrainingOptions.Require(options);
        ArgumentOutOfRangeException.ThrowIfZero(train.Count, nameof(train));
        return TrainingLoop.Run(new Task(network, train, validation, options, validate), optimizer, options, progress, time, cancellationToken);
    }

    private sealed class Task : ITrainingTask
    {
        private readonly SequenceClassifier _network;
        private readonly IReadOnlyList<(FeatureSequence Sequence, int Class)> _train;
        private readonly IReadOnlyList<(FeatureSequence Sequence, int Class)> _validation;
        private readonly TrainingOptions _options;
        private readonly Func<double>? _validate;
        private readonly SequenceTape _tape;
        private readonly FeatureSequence[] _sequences;
        private readonly int[] _classes;
        private int[][] _batches = [];

        public Task(
            SequenceClassifier network, IReadOnlyList<(FeatureSequence Sequence, int Class)> train, IReadOnlyList<(FeatureSequence Sequence, int Class)> validation,
            TrainingOptions options, Func<double>? validate)
        {
            (_network, _train, _validation, _options, _validate) = (network, train, validation, options, validate);
            var longest = Math.Clamp(train.Concat(validation).Max(row => row.Sequence.Length), 1, options.MaxSteps);
            _tape = network.CreateTape(longest, options.Batch, new Random(options.Seed));
            (_sequences, _classes) = (new FeatureSequence[options.Batch], new int[options.Batch]);
        }

        public ParameterSet Parameters => _network.Parameters;

        public string SpeedUnit => "tokens/s";

        public bool IsPerToken => false;

        public IReadOnlyList<(string Name, float[] Values)> Carried => [];

        public IReadOnlyList<Dropout> Chance => [.. _tape.Dropouts];

        public int BeginEpoch(int epoch)
        {
            _batches = LengthBatches.Make([.. _train.Select(row => row.Sequence.Length)], _options.Batch, _options.Seed, epoch);
            return _batches.Length;
        }

        public (double Loss, int Units) ForwardBackward(int batch, long step)
        {
            var (count, tokens) = Fill(_train, _batches[batch]);
            return (_network.ForwardBackward(_tape, _sequences.AsSpan(0, count), _classes.AsSpan(0, count), step), tokens);
        }

        public double? Validate()
        {
            if (_validate is not null || _validation.Count == 0)
            {
                return _validate?.Invoke();
            }

            var loss = 0.0;
            foreach (var rows in Enumerable.Range(0, _validation.Count).Chunk(_options.Batch))
            {
                var (count, _) = Fill(_validation, rows);
                loss += _network.Evaluate(_tape, _sequences.AsSpan(0, count), _classes.AsSpan(0, count));
            }

            return loss / _validation.Count;
        }

        private (int Count, int Tokens) Fill(IReadOnlyList<(FeatureSequence Sequence, int Class)> from, int[] rows)
        {
            var tokens = 0;
            for (var i = 0; i < rows.Length; i++)
            {
                (_sequences[i], _classes[i]) = from[rows[i]];
                tokens += Math.Min(_tape.MaxSteps, _sequences[i].Length);
            }

            return (rows.Length, tokens);
        }
    }
}
