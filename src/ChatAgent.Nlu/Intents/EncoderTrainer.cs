using ChatAgent.Neural;
using ChatAgent.Text;

namespace ChatAgent.Nlu.Intents;

/// <summary>Trains an <see cref="EncoderNetwork"/> on labelled utterances.</summary>
/// <remarks>
/// Batches of 64, each in two halves on two threads whose gradients are added in a fixed order: the same seed gives the same bits on any number of cores.
/// AdamW for the matrices; for word and piece vectors Adagrad with one sum of squares a row, which touches only the rows that occur and costs a
/// quarter of Adam on them at the same accuracy (clinc150, development rows). The rate rises over the first 5 % and falls as a cosine to 0.
/// </remarks>
internal sealed class EncoderTrainer
{
    private const int Batch = 64;
    private const int Halves = 2;
    private const float Rate = 0.003f;
    private const float RowRate = 0.05f;
    private const float Scale = 14f;
    private const float Smoothing = 0.1f;

    private readonly EncoderNetwork _network;
    private readonly EncodedWord[][] _rows;
    private readonly int[] _labels;
    private readonly AdamW _optimizer;
    private readonly float[] _wordSquares;
    private readonly float[] _pieceSquares;
    private readonly SparseRows _wordGradients;
    private readonly SparseRows _pieceGradients;
    private readonly EncoderTape[] _tapes = [new(), new()];

    private EncoderTrainer(EncoderNetwork network, EncodedWord[][] rows, int[] labels)
    {
        (_network, _rows, _labels) = (network, rows, labels);
        _optimizer = new AdamW(network.Parameters, new AdamWOptions { Beta2 = 0.99f, WeightDecay = 0.01f });
        _wordSquares = new float[network.Vocabulary.Count];
        _pieceSquares = new float[network.Shape.PieceBuckets];
        _wordGradients = new SparseRows(_wordSquares.Length, network.Shape.Embedding);
        _pieceGradients = new SparseRows(_pieceSquares.Length, network.Shape.Embedding);
    }

    /// <param name="labels">Number of the intent of each row.</param>
    /// <param name="onBatch">Told the share that is done and the mean loss of the batch.</param>
    public static EncoderNetwork Train(
        IReadOnlyList<List<string>> rows, int[] labels, int intents, EncoderShape shape, int epochs, int seed, Action<double, double> onBatch, CancellationToken cancellation)
    {
        var vocabulary = Vocabulary.Build(rows.SelectMany(row => row), minimumCount: 2);
        var network = new EncoderNetwork(shape, vocabulary, intents);
        var random = new Random(seed);
        network.Initialize(random);
        new EncoderTrainer(network, [.. rows.Select(network.Look)], labels).Run(epochs, random, onBatch, cancellation);
        return network;
    }

    private void Run(int epochs, Random random, Action<double, double> onBatch, CancellationToken cancellation)
    {
        var order = Enumerable.Range(0, _rows.Length).ToArray();
        var batches = (_rows.Length + Batch - 1) / Batch;
        for (var step = 0; step < batches * epochs; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (step % batches == 0)
            {
                random.Shuffle(order);
            }

            var done = (step + 1.0) / (batches * epochs);
            var factor = (float)(done < 0.05 ? done / 0.05 : 0.5 * (1 + Math.Cos(Math.PI * (done - 0.05) / 0.95)));
            var members = order.AsMemory(step % batches * Batch, Math.Min(Batch, _rows.Length - (step % batches * Batch)));
            onBatch(done, Step(members, factor, random) / members.Length);
        }

        _network.Prepare(forTraining: false);
    }

    private double Step(ReadOnlyMemory<int> members, float factor, Random random)
    {
        _network.Prepare(forTraining: true);
        var middle = (members.Length + 1) / Halves;
        var seeds = (random.NextInt64(), random.NextInt64());
        var losses = new double[Halves];
        Parallel.Invoke(
            () => losses[0] = Half(members[..middle], 0, seeds.Item1, members.Length),
            () => losses[1] = Half(members[middle..], 1, seeds.Item2, members.Length));

        // Each of the two tables of vectors is one thread's, and the matrices go with the smaller one.
        Parallel.Invoke(
            () =>
            {
                var gradients = _network.Parameters.Gradients;
                gradients.Clear();
                for (var half = 0; half < Halves && (half == 0 || members.Length > 1); half++)
                {
                    Kernels.Add(_tapes[half].Gradients.AsSpan(0, gradients.Length), gradients);
                }

                _optimizer.Step(Rate * factor);
                Vectors(members, middle, _wordGradients, _network.WordVectors, _wordSquares, RowRate * factor, ofPieces: false);
            },
            () => Vectors(members, middle, _pieceGradients, _network.PieceVectors, _pieceSquares, RowRate * factor, ofPieces: true));
        return losses[0] + losses[1];
    }

    private double Half(ReadOnlyMemory<int> members, int half, long seed, int rows)
    {
        if (members.Length == 0)
        {
            return 0;
        }

        var batch = new EncodedWord[members.Length][];
        var labels = new int[members.Length];
        for (var i = 0; i < batch.Length; i++)
        {
            batch[i] = _rows[members.Span[i]];
            labels[i] = _labels[members.Span[i]];
        }

        var dropout = new EncoderDropout((ulong)seed);
        _network.Forward(batch, _tapes[half], dropout);
        return _network.Backward(batch, labels, _tapes[half], dropout, Scale, Smoothing, rows);
    }

    /// <summary>Adagrad on the rows of one table: s ← s + |g|²/E, w ← w − rate·g/√s.</summary>
    private void Vectors(ReadOnlyMemory<int> members, int middle, SparseRows gradients, float[] vectors, float[] squares, float rate, bool ofPieces)
    {
        var e = _network.Shape.Embedding;
        gradients.Begin();
        for (var i = 0; i < members.Length; i++)
        {
            var tape = _tapes[i < middle ? 0 : 1];
            var row = tape.Offsets[i < middle ? i : i - middle];
            foreach (var (word, pieces) in _rows[members.Span[i]])
            {
                var d = tape.DX.AsSpan(row * e, e);
                if (ofPieces)
                {
                    foreach (var piece in pieces)
                    {
                        Kernels.Axpy(1f / pieces.Length, d, gradients.Row(piece));
                    }
                }
                else if (word != Vocabulary.Unknown && !tape.WordDropped[row])
                {
                    Kernels.Add(d, gradients.Row(word));
                }

                row++;
            }
        }

        foreach (var touched in gradients.Touched)
        {
            var g = gradients.Row(touched);
            squares[touched] += Kernels.Dot(g, g) / e;
            Kernels.Axpy(-rate / (MathF.Sqrt(squares[touched]) + 1e-7f), g, vectors.AsSpan(touched * e, e));
        }
    }

    /// <summary>Gradients of the rows that a batch touches.</summary>
    private sealed class SparseRows(int rows, int columns)
    {
        private readonly int[] _places = new int[rows];
        private float[] _values = [];

        public List<int> Touched { get; } = [];

        public void Begin()
        {
            foreach (var row in Touched)
            {
                _places[row] = 0;
            }

            Touched.Clear();
        }

        /// <summary>The row's gradient; zeros when it is touched for the first time.</summary>
        public Span<float> Row(int row)
        {
            if (_places[row] == 0)
            {
                Touched.Add(row);
                _places[row] = Touched.Count;
                if (_values.Length < Touched.Count * columns)
                {
                    Array.Resize(ref _values, Touched.Count * 2 * columns);
                }

                _values.AsSpan((Touched.Count - 1) * columns, columns).Clear();
            }

            return _values.AsSpan((_places[row] - 1) * columns, columns);
        }
    }
}
