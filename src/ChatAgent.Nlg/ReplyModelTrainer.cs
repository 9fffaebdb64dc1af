using System.Globalization;
using System.Runtime.ExceptionServices;
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

        if (options is not { Epochs: >= 1, Batch: >= 1, LearningRate: > 0f, Clip: > 0f, Threads: >= 1, LeastPairs: >= 1, MinimumCount: >= 1, Members: >= 1 and <= ReplyModel.MaxMembers, KeptShare: > 0 and <= 1 })
        {
            throw new ArgumentOutOfRangeException(nameof(options), options, $"epochs, batch, threads, least pairs and counts at least 1, 1 to {ReplyModel.MaxMembers} members, rate and clip above 0, kept share above 0 to 1");
        }

        var lessons = Lessons.From(train, options);
        var vocabulary = Vocabulary.Build(lessons.Units.SelectMany(words => words.Append(ReplyModel.StartUnit).Append(ReplyModel.EndUnit)), options.MinimumCount);
        var knowledge = ReplyKnowledge.From(train, lessons, vocabulary).WithTexts(lessons, vocabulary);
        var layout = new ReplyLayout(knowledge);
        var tracker = new SlotTracker(vocabulary, layout);
        Example[] examples = [.. lessons.Pairs.Zip(lessons.Units).GroupBy(row => (row.First.Act, row.First.Language, row.First.Style))
            .SelectMany(group => Repeated([.. group.Select(row => Encode(row.First, row.Second, vocabulary, layout, tracker))], options.LeastPairs))];
        Example[] judges = [.. heldOut.Select(pair => (Pair: pair, Meaning: lessons.MeaningOf(pair))).Where(row => layout.Knows(row.Meaning)).Select(row => Encode(row.Pair, lessons.UnitsOf(row.Pair), vocabulary, layout, tracker))];
        var course = new Course(examples, judges, knowledge, vocabulary, embeddingOf, new ProgressMeter(progress, "tokens/s", time ?? TimeProvider.System));

        return new ReplyModel(TrainMembers(course, options, cancellationToken), knowledge);
    }

    /// <summary>Whether the pairs' acts are said with more than one set of slots, or with values that have to be worded: then the model has to be <see cref="ReplyModelOptions.Open"/>.</summary>
    public static bool CombinesFreely(IReadOnlyList<ReplyPair> pairs) =>
        pairs.Any(pair => pair.Slots.Values.Any(SlotLexicon.IsSpecial))
        || pairs.GroupBy(pair => (pair.Act, pair.Language)).Any(act => act.Select(pair => string.Join(' ', pair.Slots.Keys.Order(StringComparer.Ordinal))).Distinct(StringComparer.Ordinal).Skip(1).Any());

    /// <summary>Members learn side by side, a thread each: no thread waits for another within a step.</summary>
    private static TokenNetwork[] TrainMembers(Course course, ReplyModelOptions options, CancellationToken cancellationToken)
    {
        if (options.Members == 1)
        {
            return [TrainMember(course, options, reports: true, cancellationToken)];
        }

        var networks = new TokenNetwork[options.Members];
        try
        {
            Parallel.For(0, networks.Length, new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellationToken }, member =>
                networks[member] = TrainMember(course, options with { Seed = options.Seed + member, Threads = 1 }, reports: member == 0, cancellationToken));
        }
        catch (AggregateException several)
        {
            ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
        }

        return networks;
    }

    private static TokenNetwork TrainMember(Course course, ReplyModelOptions options, bool reports, CancellationToken cancellationToken)
    {
        using var pool = new WorkerPool(options.Threads);
        var random = new Random(options.Seed);
        var (examples, judges) = (course.Examples, course.Judges);
        var network = new TokenNetwork(ReplyModel.Options(new ReplySizes(options.Embedding, options.Hidden, options.Layers, 1), course.Knowledge, options.Dropout), random, pool);
        Plant(network, course.Vocabulary, course.EmbeddingOf);
        var chunk = new Chunk(new ReplyLayout(course.Knowledge).Size, options.Batch, examples.Concat(judges).Max(example => example.Tokens.Length));
        var tape = network.CreateTape(chunk.MaxSteps, options.Batch, random);
        var optimizer = new AdamW(network.Parameters, new AdamWOptions { WeightDecay = options.WeightDecay });
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
                if (reports)
                {
                    course.Meter.Report(stage, done, tokens, sum / steps);
                }
            }

            loss = sum / steps;
        }

        if (reports)
        {
            course.Meter.Report("reply model", 1.0, tokens, judges.Length == 0 ? loss : Judge(network, tape, chunk, judges, options.Batch));
        }

        return network;
    }

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

    private static Example Encode(ReplyPair pair, string[] units, Vocabulary vocabulary, ReplyLayout layout, SlotTracker tracker)
    {
        var context = new float[layout.Size];
        layout.Write(new ReplyMeaning(pair.Act, layout.Lexicon.FeaturesOf(pair.Slots), pair.Language, pair.Style), context);
        int[] tokens = [vocabulary[ReplyModel.StartUnit], .. units.Select(unit => vocabulary[unit]), vocabulary[ReplyModel.EndUnit]];
        var state = 0;
        return new Example(tokens, context, [.. tokens.Select(token => tracker.Place(ref state, token))]);
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
    /// <param name="Places">For each token the place in the context that it empties, or −1.</param>
    private sealed record Example(int[] Tokens, float[] Context, int[] Places);

    /// <summary>What every member learns from.</summary>
    private sealed record Course(Example[] Examples, Example[] Judges, ReplyKnowledge Knowledge, Vocabulary Vocabulary, Func<string, float[]?>? EmbeddingOf, ProgressMeter Meter);

    /// <summary>Buffers of one step, time first.</summary>
    private sealed class Chunk(int contextSize, int batch, int longest)
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
                var (tokens, places, context) = (examples[b].Tokens, examples[b].Places, (float[])examples[b].Context.Clone());
                for (var t = 0; t < tokens.Length - 1; t++)
                {
                    if (places[t] is >= 0 and var place)
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
