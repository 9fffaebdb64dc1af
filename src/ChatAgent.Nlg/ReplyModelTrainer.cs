using System.Globalization;
using ChatAgent.Neural;
using ChatAgent.Text;

namespace ChatAgent.Nlg;

/// <summary>Trains a <see cref="ReplyModel"/> from pairs of meaning and wording.</summary>
/// <remarks>The same pairs, options and seed give the same model at any number of threads. Thread-safe.</remarks>
public static class ReplyModelTrainer
{
    /// <summary>Trains for as many passes as the options say.</summary>
    /// <remarks>
    /// Held-out loss does not end the run. It is least after about ten passes, when wordings are still broken (ended there, an early version said every
    /// slot once in 88 % of its greedy wordings); after 36 it is more than twice as high and greedy wordings are whole. The price is that the model mostly
    /// says what it was taught: fit for a clinic's replies, unfit to judge by perplexity.
    /// </remarks>
    /// <param name="train">Pairs to learn from, at least one; their texts hold the slots' values.</param>
    /// <param name="heldOut">Pairs never learnt from: the last report's loss is theirs; empty reports that of the last pass.</param>
    /// <param name="options">Sizes and rates.</param>
    /// <param name="progress">Told a few times a second.</param>
    /// <param name="embeddingOf">First embedding of a word, or null where none is known; of the size that the options say. Null begins all at random.</param>
    /// <param name="time">The clock of the progress.</param>
    /// <param name="cancellationToken">Ends the run between two steps.</param>
    /// <exception cref="ArgumentException">No pairs, or an option or embedding out of range.</exception>
    /// <exception cref="TrainingDivergedException">A number became infinite or NaN.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static ReplyModel Train(
        IReadOnlyList<ReplyPair> train, IReadOnlyList<ReplyPair> heldOut, ReplyModelOptions options,
        IProgress<TrainingProgress>? progress = null, Func<string, float[]?>? embeddingOf = null, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        if (train.Count == 0)
        {
            throw new ArgumentException("no pairs to learn from", nameof(train));
        }

        if (options is not { Epochs: >= 1, Batch: >= 1, LearningRate: > 0f, Clip: > 0f, Threads: >= 1, LeastPairs: >= 1 })
        {
            throw new ArgumentOutOfRangeException(nameof(options), options, "epochs, batch, threads and least pairs at least 1, rate and clip above 0");
        }

        string[][] units = [.. train.Select(UnitsOf)];
        var vocabulary = Vocabulary.Build(units.SelectMany(words => words.Append(ReplyModel.StartUnit).Append(ReplyModel.EndUnit)));
        var knowledge = ReplyKnowledge.From(train, vocabulary);
        var layout = new ReplyLayout(knowledge);
        using var pool = new WorkerPool(options.Threads);
        var random = new Random(options.Seed);
        var network = new TokenNetwork(ReplyModel.Options(new ReplySizes(options.Embedding, options.Hidden, options.Layers), knowledge, options.Dropout), random, pool);
        Plant(network, vocabulary, embeddingOf);

        Example[] examples = [.. train.Zip(units).GroupBy(row => (row.First.Act, row.First.Language, row.First.Style))
            .SelectMany(group => Repeated([.. group.Select(row => Encode(row.First, row.Second, vocabulary, layout))], options.LeastPairs))];
        Example[] judges = [.. heldOut.Where(pair => layout.Knows(ReplyMeaning.Of(pair))).Select(pair => Encode(pair, UnitsOf(pair), vocabulary, layout))];
        int[] places = [.. vocabulary.Words.Select(unit => ReplyUnits.SlotOf(unit) is { } slot ? layout.RemainingPlace(slot) : -1)];
        var chunk = new Chunk(layout.Size, options.Batch, examples.Concat(judges).Max(example => example.Tokens.Length), places);
        var tape = network.CreateTape(chunk.MaxSteps, options.Batch, random);
        var optimizer = new AdamW(network.Parameters, new AdamWOptions { WeightDecay = options.WeightDecay });
        var meter = new ProgressMeter(progress, "tokens/s", time ?? TimeProvider.System);
        var perEpoch = (examples.Length + options.Batch - 1) / options.Batch;
        var (loss, tokens) = (double.NaN, 0L);
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            var stage = string.Create(CultureInfo.InvariantCulture, $"reply model, pass {epoch + 1} of {options.Epochs}");
            var (sum, steps) = (0.0, 0);
            foreach (var batch in Batches(examples, options.Batch, random))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var done = ((epoch * perEpoch) + steps) / (double)(options.Epochs * perEpoch);
                var length = chunk.Fill(batch);
                tape.ResetState();
                sum += TokenTrainer.Step(
                    network, optimizer, tape, chunk.Inputs, chunk.Context, chunk.Targets, length, (float)(options.LearningRate * (1.0 - (0.95 * done))), options.Clip);
                steps++;
                tokens += chunk.Counted;
                meter.Report(stage, done, tokens, sum / steps);
            }

            loss = sum / steps;
        }

        meter.Report("reply model", 1.0, tokens, judges.Length == 0 ? loss : Judge(network, tape, chunk, judges, options.Batch));
        return new ReplyModel(network, knowledge);
    }

    private static string[] UnitsOf(ReplyPair pair) => [.. ReplyUnits.Split(Delexicalizer.Delexicalize(pair))];

    private static void Plant(TokenNetwork network, Vocabulary vocabulary, Func<string, float[]?>? embeddingOf)
    {
        if (embeddingOf is null)
        {
            return;
        }

        for (var token = 0; token < vocabulary.Count; token++)
        {
            if (embeddingOf(vocabulary[token].Trim()) is { } values)
            {
                if (values.Length != network.Options.Embedding)
                {
                    throw new ArgumentException($"the embedding of \"{vocabulary[token]}\" has {values.Length} numbers, expected {network.Options.Embedding}", nameof(embeddingOf));
                }

                values.CopyTo(network.Embedding.Weight.Values.Slice(token * network.Options.Embedding, network.Options.Embedding));
            }
        }
    }

    private static Example Encode(ReplyPair pair, string[] units, Vocabulary vocabulary, ReplyLayout layout)
    {
        var context = new float[layout.Size];
        layout.Write(ReplyMeaning.Of(pair), context);
        return new Example([vocabulary[ReplyModel.StartUnit], .. units.Select(unit => vocabulary[unit]), vocabulary[ReplyModel.EndUnit]], context);
    }

    /// <summary>Whole rounds of a thin group, until it has <paramref name="least"/> pairs or each pair stands three times.</summary>
    private static IEnumerable<Example> Repeated(Example[] group, int least) =>
        Enumerable.Repeat(group, Math.Clamp((least + group.Length - 1) / group.Length, 1, 3)).SelectMany(round => round);

    /// <summary>Pairs of like length together, in an order that changes from pass to pass.</summary>
    private static Example[][] Batches(Example[] examples, int size, Random random)
    {
        Example[][] batches = [.. examples.OrderBy(example => example.Tokens.Length + (random.NextDouble() * 4.0)).Chunk(size)];
        random.Shuffle(batches);
        return batches;
    }

    /// <summary>Mean loss per token.</summary>
    private static double Judge(TokenNetwork network, TokenTape tape, Chunk chunk, Example[] judges, int batch)
    {
        var (sum, count) = (0.0, 0);
        foreach (var part in judges.OrderBy(example => example.Tokens.Length).Chunk(batch))
        {
            var length = chunk.Fill(part);
            tape.ResetState();
            var (loss, counted) = network.Evaluate(tape, chunk.Inputs, chunk.Context, chunk.Targets, length);
            (sum, count) = (sum + loss, count + counted);
        }

        return sum / Math.Max(1, count);
    }

    /// <param name="Tokens">From start to end.</param>
    /// <param name="Context">Before the first token.</param>
    private sealed record Example(int[] Tokens, float[] Context);

    /// <summary>Buffers of one step, time first.</summary>
    private sealed class Chunk(int contextSize, int batch, int longest, int[] placeOfToken)
    {
        public int MaxSteps { get; } = longest - 1;

        public int[] Inputs { get; } = new int[(longest - 1) * batch];

        public int[] Targets { get; } = new int[(longest - 1) * batch];

        public float[] Context { get; } = new float[(longest - 1) * batch * contextSize];

        /// <summary>Targets of the last fill that count.</summary>
        public int Counted { get; private set; }

        /// <summary>Lays the examples side by side; what lies behind an end, and units that the vocabulary lacks, do not count.</summary>
        public int Fill(Example[] examples)
        {
            var steps = examples.Max(example => example.Tokens.Length) - 1;
            Array.Fill(Targets, -1);
            Array.Clear(Inputs);
            Array.Clear(Context);
            Counted = 0;
            for (var b = 0; b < examples.Length; b++)
            {
                var (tokens, context) = (examples[b].Tokens, (float[])examples[b].Context.Clone());
                for (var t = 0; t < tokens.Length - 1; t++)
                {
                    if (placeOfToken[tokens[t]] is >= 0 and var place)
                    {
                        context[place] = 0f;
                    }

                    Inputs[(t * batch) + b] = tokens[t];
                    context.CopyTo(Context.AsSpan(((t * batch) + b) * contextSize));
                    if (tokens[t + 1] != Vocabulary.Unknown)
                    {
                        Targets[(t * batch) + b] = tokens[t + 1];
                        Counted++;
                    }
                }
            }

            return steps;
        }
    }
}
