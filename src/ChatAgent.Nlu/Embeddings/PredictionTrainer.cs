using ChatAgent.Neural;

namespace ChatAgent.Nlu.Embeddings;

/// <summary>Skip-gram, CBOW and fastText with negative sampling.</summary>
/// <remarks>
/// Skip-gram: h = the word's vector, each neighbour is right. FastText: h = mean of the word's own vector and its n-grams'. CBOW: h = mean of the neighbours' vectors, the word is right.
/// The gradient goes to every row that h is the mean of, undivided, as in word2vec and fastText. Because h moves by just that gradient, all neighbours of a word are trained on a copy of h
/// and its rows are written once: the same numbers as writing them after every neighbour, for a fraction of the traffic.
/// The window's reach is drawn anew for every word; frequent words are passed over with 1 − √(t/f) − t/f. The learning rate falls to 0 in proportion to the words read.
/// Threads train on slices of the text and write to shared rows without locks (Recht et al. 2011, "Hogwild").
/// </remarks>
internal sealed class PredictionTrainer
{
    private readonly EmbeddingText _text;
    private readonly EmbeddingOptions _options;
    private readonly RowMatrix _inputs;
    private readonly RowMatrix _outputs;
    private readonly NegativeSampler _sampler;
    private readonly float[] _keep;
    private readonly int[]? _rows;
    private readonly int[] _begin;
    private long _read;

    private PredictionTrainer(EmbeddingText text, EmbeddingOptions options, int[]? rows, int[] begin, int inputs)
    {
        (_text, _options, _rows, _begin) = (text, options, rows, begin);
        _inputs = new RowMatrix(inputs, options.Dimensions);
        _outputs = new RowMatrix(text.Words.Count, options.Dimensions);
        _sampler = new NegativeSampler(text.Counts);
        _keep = [.. text.Counts.Select(count => options.Subsample <= 0 ? 1f : (float)(Math.Sqrt(options.Subsample / (count / (double)text.Total)) + (options.Subsample / (count / (double)text.Total))))];
        var random = new FastRandom(options.Seed, -1);
        for (var row = 0; row < inputs; row++)
        {
            foreach (ref var value in _inputs[row])
            {
                value = ((2f * random.NextSingle()) - 1f) / options.Dimensions;
            }
        }
    }

    public static WordVectors Train(EmbeddingText text, EmbeddingOptions options, ProgressMeter meter, CancellationToken cancellation)
    {
        var words = text.Words.Count;
        if (options.Method != EmbeddingMethod.FastText)
        {
            var plain = new PredictionTrainer(text, options, null, [], words);
            plain.Run(meter, cancellation);
            return new WordVectors([.. text.Words], plain._inputs);
        }

        var grams = new SubwordGrams(options.MinimumGram, options.MaximumGram, options.Buckets);
        var rowOfCell = new Dictionary<int, int>();
        var (rows, begin, cells) = (new List<int>(), new int[words + 1], new List<int>());
        for (var word = 0; word < words; word++)
        {
            cells.Clear();
            grams.Collect(text.Words[word], cells);
            rows.Add(word);
            foreach (var cell in cells)
            {
                if (!rowOfCell.TryGetValue(cell, out var row))
                {
                    rowOfCell.Add(cell, row = words + rowOfCell.Count);
                }

                rows.Add(row);
            }

            begin[word + 1] = rows.Count;
        }

        var trainer = new PredictionTrainer(text, options, [.. rows], begin, words + rowOfCell.Count);
        trainer.Run(meter, cancellation);
        var composed = new RowMatrix(words, options.Dimensions);
        for (var word = 0; word < words; word++)
        {
            trainer.Hidden(word, composed.Whole(word));
        }

        var subwords = new RowMatrix(rowOfCell.Count, options.Dimensions);
        trainer._inputs.Values[(words * subwords.Stride)..].CopyTo(subwords.Values);
        return new WordVectors([.. text.Words], composed, new SubwordVectors(grams, rowOfCell.ToDictionary(cell => cell.Key, cell => cell.Value - words), subwords));
    }

    private void Run(ProgressMeter meter, CancellationToken cancellation)
    {
        var threads = Math.Min(_options.Threads, 1 + (_text.Tokens.Length / 1000));
        var failures = new Exception?[threads];
        var workers = new List<Thread>();
        for (var i = 1; i < threads; i++)
        {
            var part = i;
            var thread = new Thread(() => failures[part] = Guarded(part)) { IsBackground = true, Name = $"embeddings {part}" };
            thread.Start();
            workers.Add(thread);
        }

        failures[0] = Guarded(0);
        workers.ForEach(static worker => worker.Join());
        if (Array.Find(failures, static failure => failure is not null) is { } failed)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failed);
        }

        if (!Kernels.AllFinite(_inputs.Values))
        {
            throw new TrainingDivergedException("word vectors", _options.Passes);
        }

        meter.Report(Stage(_options.Passes), 1, _text.Total * (double)_options.Passes, null);

        Exception? Guarded(int part)
        {
            try
            {
                Slice(part, threads, part == 0 ? meter : null, cancellation);
                return null;
            }
            catch (Exception failure) when (failure is OperationCanceledException or ArgumentException)
            {
                return failure;
            }
        }
    }

    private string Stage(int epoch) => $"{_options.Method.ToString().ToLowerInvariant()}, epoch {Math.Min(epoch, _options.Passes)} of {_options.Passes}";

    /// <summary>All passes over one part of the text.</summary>
    private void Slice(int part, int parts, ProgressMeter? meter, CancellationToken cancellation)
    {
        var tokens = _text.Tokens.Span;
        var (from, to) = (LineAt(tokens, part, parts), LineAt(tokens, part + 1, parts));
        var total = _text.Total * (double)_options.Passes;
        var random = new FastRandom(_options.Seed, part);
        var line = new List<int>();
        var hidden = new float[_inputs.Stride];
        var gradient = new float[_inputs.Stride];
        Span<int> targets = stackalloc int[_options.Negatives + 1];
        var pending = 0;
        for (var epoch = 0; epoch < _options.Passes; epoch++)
        {
            for (var at = from; at < to;)
            {
                line.Clear();
                for (; at < to && tokens[at] != EmbeddingText.LineEnd; at++)
                {
                    pending++;
                    if (_keep[tokens[at]] >= 1f || random.NextSingle() < _keep[tokens[at]])
                    {
                        line.Add(tokens[at]);
                    }
                }

                at++;
                var rate = (float)(_options.FirstRate * Math.Max(0.0, 1.0 - (Volatile.Read(ref _read) / total)));
                var words = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(line);
                if (_options.Method == EmbeddingMethod.Cbow)
                {
                    Cbow(words, rate, hidden, gradient, targets, ref random);
                }
                else
                {
                    SkipGram(words, rate, hidden, gradient, targets, ref random);
                }

                if (pending > 10_000)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var read = Interlocked.Add(ref _read, pending);
                    pending = 0;
                    meter?.Report(Stage(epoch + 1), Math.Min(0.9999, read / total), read, null);
                }
            }
        }

        Interlocked.Add(ref _read, pending);
    }

    private void SkipGram(ReadOnlySpan<int> line, float rate, float[] hidden, float[] gradient, Span<int> targets, ref FastRandom random)
    {
        Span<float> step = stackalloc float[hidden.Length];
        for (var at = 0; at < line.Length; at++)
        {
            var reach = 1 + random.Below(_options.ReachOfWindow);
            var (first, last) = (Math.Max(0, at - reach), Math.Min(line.Length - 1, at + reach));
            if (first == last)
            {
                continue;
            }

            Hidden(line[at], hidden);
            var begin = hidden.AsSpan();
            var sum = gradient.AsSpan();
            sum.Clear();
            for (var other = first; other <= last; other++)
            {
                if (other != at)
                {
                    Draw(line[other], targets, ref random);
                    step.Clear();
                    Kernels.NegativeSampling(begin, step, _outputs, targets, rate);
                    Kernels.Add(step, begin);
                    Kernels.Add(step, sum);
                }
            }

            if (_rows is null)
            {
                Kernels.Add(sum, _inputs.Whole(line[at]));
                continue;
            }

            for (var i = _begin[line[at]]; i < _begin[line[at] + 1]; i++)
            {
                Kernels.Add(sum, _inputs.Whole(_rows[i]));
            }
        }
    }

    private void Cbow(ReadOnlySpan<int> line, float rate, float[] hidden, float[] gradient, Span<int> targets, ref FastRandom random)
    {
        for (var at = 0; at < line.Length; at++)
        {
            var reach = 1 + random.Below(_options.ReachOfWindow);
            var (first, last) = (Math.Max(0, at - reach), Math.Min(line.Length - 1, at + reach));
            if (first == last)
            {
                continue;
            }

            Array.Clear(hidden);
            Array.Clear(gradient);
            for (var other = first; other <= last; other++)
            {
                if (other != at)
                {
                    Kernels.Add(_inputs.Whole(line[other]), hidden);
                }
            }

            Kernels.Scale(1f / (last - first), hidden);
            Draw(line[at], targets, ref random);
            Kernels.NegativeSampling(hidden, gradient, _outputs, targets, rate);
            for (var other = first; other <= last; other++)
            {
                if (other != at)
                {
                    Kernels.Add(gradient, _inputs.Whole(line[other]));
                }
            }
        }
    }

    /// <summary>The right word, then wrong ones; a draw of the right word is drawn again.</summary>
    private void Draw(int right, Span<int> targets, ref FastRandom random)
    {
        targets[0] = right;
        for (var k = 1; k < targets.Length; k++)
        {
            do
            {
                targets[k] = _sampler.Draw(ref random);
            }
            while (targets[k] == right && _text.Words.Count > 1);
        }
    }

    private void Hidden(int word, Span<float> hidden)
    {
        if (_rows is null)
        {
            _inputs.Whole(word).CopyTo(hidden);
            return;
        }

        hidden.Clear();
        for (var i = _begin[word]; i < _begin[word + 1]; i++)
        {
            Kernels.Add(_inputs.Whole(_rows[i]), hidden);
        }

        Kernels.Scale(1f / (_begin[word + 1] - _begin[word]), hidden);
    }

    /// <summary>The first beginning of a line at or behind a share of the text.</summary>
    private static int LineAt(ReadOnlySpan<int> tokens, int part, int parts)
    {
        var at = (int)((long)tokens.Length * part / parts);
        while (at > 0 && at < tokens.Length && tokens[at - 1] != EmbeddingText.LineEnd)
        {
            at++;
        }

        return at;
    }
}
