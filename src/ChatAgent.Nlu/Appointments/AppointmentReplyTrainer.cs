using ChatAgent.Neural;

namespace ChatAgent.Nlu.Appointments;

/// <summary>Learns the reply model from labelled replies.</summary>
public static class AppointmentReplyTrainer
{
    private static readonly float[] _risks = [0.001f, 0.002f, 0.003f, 0.005f, 0.0075f, 0.01f, 0.015f, 0.02f, 0.03f, 0.05f, 0.1f, 0.2f];

    /// <summary>Names what a model depends on besides its rows: the features and the rules of this build. A kept model of another version must be trained again.</summary>
    public static string Version { get; } = $"features 2, rules {ReplyRules.Fingerprint}";

    /// <summary>Trains on all rows; temperature, doubt and thresholds come from rows held out fold by fold. Rows without an intent are passed over.</summary>
    /// <param name="rows">At least two labelled rows.</param>
    /// <param name="unread">Tells the rows that nobody read while writing rules: on those alone is measured how sure a reading is, for on the others the rules look better than they are. Null for all.</param>
    /// <param name="options">Passes, step, penalty, folds, seed.</param>
    /// <param name="progress">Told after every pass.</param>
    /// <param name="cancellationToken">Stops between passes.</param>
    /// <exception cref="ArgumentException">Fewer than two labelled rows.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static AppointmentReplyModel Train(
        IReadOnlyList<LabelledReply> rows,
        Func<LabelledReply, bool>? unread = null,
        AppointmentReplyTrainingOptions? options = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new AppointmentReplyTrainingOptions();
        var examples = rows.Where(static r => r.Intent is not null).Select(row => Prepare(row, unread?.Invoke(row) ?? true)).ToArray();
        if (examples.Length < 2)
        {
            throw new ArgumentException($"{examples.Length} labelled replies; at least 2 are needed.", nameof(rows));
        }

        var folds = Math.Min(options.Folds, examples.Length);
        var held = HeldOut(examples, options, folds, progress, cancellationToken);
        var judged = Enumerable.Range(0, examples.Length).Where(i => examples[i].IsUnread).ToArray();
        judged = judged.Length >= 200 ? judged : [.. Enumerable.Range(0, examples.Length)];
        var temperature = Temperature(examples, held, judged);
        var readings = judged.Select(i => Judge(examples[i], held[i], temperature)).ToArray();

        // What each reading's doubt is when it was fitted on the others: the thresholds of risk stand on these.
        for (var fold = 0; fold < folds; fold++)
        {
            var weighed = ReplyDoubt.Fit([.. readings.Where((_, i) => Fold(i, folds) != fold).Select(static r => (r.Signs, r.Right))]);
            foreach (var reading in readings.Where((_, i) => Fold(i, folds) == fold))
            {
                reading.Confidence = ReplyDoubt.Probability(weighed, reading.Signs);
            }
        }

        var doubt = ReplyDoubt.Fit([.. readings.Select(static r => (r.Signs, r.Right))]);
        var weights = Fit(examples, options, folds, folds + 1, progress, cancellationToken);
        return new AppointmentReplyModel(weights, doubt, temperature, PersonThreshold(readings), Risks(readings));
    }

    /// <summary>What the reader makes of each row when it learned only from other rows: an honest figure from training data.</summary>
    internal static IReadOnlyList<AppointmentReply> CrossValidate(IReadOnlyList<LabelledReply> rows, AppointmentReplyTrainingOptions options, AppointmentReplyReaderOptions readerOptions)
    {
        var replies = new AppointmentReply[rows.Count];
        for (var fold = 0; fold < options.Folds; fold++)
        {
            var model = Train(rows.Where((_, i) => Fold(i, options.Folds) != fold).ToArray(), null, options);
            var reader = new AppointmentReplyReader(model, readerOptions);
            for (var i = 0; i < rows.Count; i++)
            {
                if (Fold(i, options.Folds) == fold)
                {
                    replies[i] = reader.Read(rows[i]);
                }
            }
        }

        return replies;
    }

    private static Example Prepare(LabelledReply row, bool isUnread)
    {
        var reading = ReplyReading.Of(row.Text, row.SentAt, row.Appointment, row.Language);
        var verdict = RuleVerdict.Of(reading, row.Others.Count > 0);
        return new Example(ReplyFeatures.Of(reading, verdict, row.Others.Count > 0), reading, verdict, (int)row.Intent!.Value, row.NeedsHuman, isUnread);
    }

    private static Reading Judge(Example example, Held held, double temperature)
    {
        var (whole, words, rules) = (Calibrated(held.Whole, temperature), Calibrated(held.Words, temperature), Calibrated(held.Rules, temperature));
        var best = ReplyDoubt.Best(whole);
        return new Reading(best, example.Intent, ReplyDoubt.Of(best, whole, words, rules, example.Source, example.Verdict), whole[AppointmentReplyModel.Intents], example.NeedsHuman);
    }

    private static Held[] HeldOut(Example[] examples, AppointmentReplyTrainingOptions options, int folds, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var held = new Held[examples.Length];
        for (var fold = 0; fold < folds; fold++)
        {
            var weights = Fit(examples.Where((_, i) => Fold(i, folds) != fold).ToArray(), options, fold, folds + 1, progress, cancellationToken);
            for (var i = 0; i < examples.Length; i++)
            {
                if (Fold(i, folds) == fold)
                {
                    var features = examples[i].Features;
                    held[i] = new Held(
                        AppointmentReplyModel.Scores(weights, features),
                        AppointmentReplyModel.Scores(weights, features, features.FromRules),
                        AppointmentReplyModel.Scores(weights, features, 0, features.FromRules));
                }
            }
        }

        return held;
    }

    // A multiplicative hash of the row's number spreads neighbours, which are often alike, over the folds in the same way every time.
    private static int Fold(int row, int folds) => (int)(((uint)row * 2654435761u) >> 8) % folds is var fold && fold < 0 ? fold + folds : fold;

    /// <summary>AdaGrad over the rows in a shuffled order; one softmax and one logistic loss share the pass.</summary>
    private static float[] Fit(Example[] examples, AppointmentReplyTrainingOptions options, int stage, int stages, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        const int outputs = AppointmentReplyModel.Outputs;
        var weights = new float[ReplyFeatures.Buckets * outputs];
        var squares = new float[weights.Length];
        var random = new Random(options.Seed);
        var order = Enumerable.Range(0, examples.Length).ToArray();
        var started = TimeProvider.System.GetTimestamp();
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            random.Shuffle(order);
            var loss = 0.0;
            foreach (var row in order)
            {
                var example = examples[row];

                // One time in four only the rules are seen, one in four only the words: neither may lean on the other, for rules fit the rows that their author read.
                var dice = random.Next(4);
                var (from, to) = dice == 0 ? (0, example.Features.FromRules) : dice == 1 ? (example.Features.FromRules, example.Features.Buckets.Length) : (0, example.Features.Buckets.Length);
                var p = AppointmentReplyModel.Scores(weights, example.Features, from, to);
                AppointmentReplyModel.Calibrate(p, 1);
                loss -= Math.Log(Math.Max(p[example.Intent], 1e-12));
                p[example.Intent] -= 1;
                p[AppointmentReplyModel.Intents] -= example.NeedsHuman ? 1 : 0;
                var scale = AppointmentReplyModel.Scale(example.Features.Values);
                for (var i = from; i < to; i++)
                {
                    var at = example.Features.Buckets[i] * outputs;
                    var value = example.Features.Values[i] * scale;
                    for (var k = 0; k < outputs; k++)
                    {
                        var gradient = ((float)p[k] * value) + (options.Decay * weights[at + k]);
                        squares[at + k] += gradient * gradient;
                        weights[at + k] -= options.LearningRate * gradient / (MathF.Sqrt(squares[at + k]) + 1e-4f);
                    }
                }
            }

            if (progress is not null)
            {
                var fraction = (stage + ((epoch + 1.0) / options.Epochs)) / stages;
                var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
                var speed = examples.Length * (epoch + 1) / Math.Max(seconds, 1e-6);
                var left = (options.Epochs - epoch - 1 + ((stages - stage - 1) * options.Epochs)) * examples.Length / Math.Max(speed, 1);
                progress.Report(new TrainingProgress("appointment replies", fraction, speed, "rows/s", loss / examples.Length, TimeSpan.FromSeconds(left)));
            }
        }

        return weights;
    }

    /// <summary>The temperature with the least held-out loss, from 0.3 to 3 in steps of 5 percent.</summary>
    private static double Temperature(Example[] examples, Held[] held, int[] judged)
    {
        var best = (Loss: double.MaxValue, Temperature: 1.0);
        for (var temperature = 0.3; temperature < 3; temperature *= 1.05)
        {
            var loss = 0.0;
            foreach (var i in judged)
            {
                loss -= Math.Log(Math.Max(Calibrated(held[i].Whole, temperature)[examples[i].Intent], 1e-12));
            }

            best = loss < best.Loss ? (loss, temperature) : best;
        }

        return best.Temperature;
    }

    private static double[] Calibrated(double[] scores, double temperature)
    {
        var copy = (double[])scores.Clone();
        AppointmentReplyModel.Calibrate(copy, temperature);
        return copy;
    }

    /// <summary>The lowest threshold whose held-out precision is at least 0.82: a missed person is the costly side.</summary>
    private static double PersonThreshold(Reading[] readings)
    {
        var right = 0;
        var threshold = 0.5;
        var raised = 0;
        foreach (var reading in readings.OrderByDescending(static r => r.Person))
        {
            raised++;
            right += reading.NeedsHuman ? 1 : 0;
            if (right >= 0.82 * raised)
            {
                threshold = reading.Person;
            }
        }

        return Math.Clamp(threshold, 0.05, 0.6);
    }

    /// <summary>For each risk the least confidence of a yes and of a no at which no more than half that share of the others passed on held-out rows.</summary>
    /// <remarks>Half: rows of other writers are further away than held-out rows of the same ones.</remarks>
    private static float[] Risks(Reading[] readings)
    {
        var table = new List<float>();
        foreach (var risk in _risks)
        {
            table.AddRange([risk, Least((int)AppointmentIntent.Confirm, risk / 2), Least((int)AppointmentIntent.Decline, risk / 2)]);
        }

        return [.. table];

        float Least(int intent, double share)
        {
            var wrong = readings.Where(r => r.Best == intent && !r.Right).Select(static r => r.Confidence).OrderDescending().ToArray();
            var allowed = (int)(share * readings.Count(r => r.Said != intent));
            return wrong.Length <= allowed ? 0.4f : MathF.BitIncrement((float)wrong[allowed]);
        }
    }

    private sealed record Example(FeatureVector Features, ReplyReading Source, RuleVerdict Verdict, int Intent, bool NeedsHuman, bool IsUnread);

    /// <summary>Raw scores of a row by a model that did not learn from it.</summary>
    private sealed record Held(double[] Whole, double[] Words, double[] Rules);

    /// <summary>A held-out row as it was read.</summary>
    private sealed record Reading(int Best, int Said, double[] Signs, double Person, bool NeedsHuman)
    {
        public bool Right => Best == Said;

        public double Confidence { get; set; }
    }
}
