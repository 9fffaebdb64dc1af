using ChatAgent.Neural;
using ChatAgent.Text.Corpora;

namespace ChatAgent.Nlu.Intents;

/// <summary>Trains an <see cref="IntentModel"/>: both paths, then the mixture, the calibration and the threshold on rows that neither path saw.</summary>
internal static class IntentTrainer
{
    // Fewer held-out rows than this would choose weights by chance.
    private const int LeastHeldOut = 10;

    /// <exception cref="ArgumentException">There is no row.</exception>
    public static IntentModel Train(NluTrainingData data, NluTrainingOptions options, ProgressMeter meter, CancellationToken cancellation)
    {
        if (data.Train.Count == 0)
        {
            throw new ArgumentException("there is no row to train on", nameof(data));
        }

        string[] labels = [.. data.Train.Select(row => row.Label).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var numbers = labels.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
        var train = Rows(data.Train, numbers);
        var heldOut = Rows([.. data.Validation.Where(row => numbers.ContainsKey(row.Label))], numbers);
        var outside = data.OutOfScopeValidation.Select(UtteranceWords.Of).ToArray();

        var isSplit = heldOut.Words.Count == 0;
        var (fitted, judged) = isSplit ? Split(train) : (train, heldOut);
        var final = isSplit ? train : options.TrainOnValidation ? Join(train, heldOut) : train;
        var isCalibrated = judged.Words.Count >= LeastHeldOut;
        var trainings = isCalibrated && !ReferenceEquals(final, fitted) ? 2 : 1;
        var stage = 0;
        void Report(string path, double done, double? loss) =>
            meter.Report($"intents, {path}{(trainings > 1 && stage == 0 ? ", to calibrate" : string.Empty)}", (stage + done) / trainings, (stage + done) * final.Words.Count * options.Epochs, loss);

        IntentCalibration calibration;
        LinearPath? linear;
        EncoderNetwork? encoder;
        if (isCalibrated)
        {
            (linear, encoder) = Fit(fitted, labels.Length, options, Report, cancellation);
            var spelling = SpellingGuide.Build(fitted.Words);
            var (margins, cosines) = Score(linear, encoder, spelling, labels.Length, judged.Words);
            calibration = IntentCalibration.Fit(margins, cosines, judged.Labels);
            var inside = Scores(calibration, margins, cosines);
            var strangers = Score(linear, encoder, spelling, labels.Length, outside);
            calibration = calibration with { Threshold = Threshold(inside, judged.Labels, Scores(calibration, strangers.Margins, strangers.Cosines), options.RejectShare) };
            if (trainings > 1)
            {
                stage = 1;
                (linear, encoder) = Fit(final, labels.Length, options, Report, cancellation);
            }
        }
        else
        {
            (linear, encoder) = Fit(final, labels.Length, options, Report, cancellation);
            calibration = new IntentCalibration { LinearWeight = linear is null ? 0 : 1, DenseWeight = encoder is null ? 0 : 1 };
        }

        return new IntentModel(labels, linear, encoder, SpellingGuide.Build(final.Words), calibration, Examples(final, encoder));
    }

    /// <summary>Refuses the share of the validation's own rows, or, given strangers, is as right as it can be over both.</summary>
    private static float Threshold((float Score, int Best)[] inside, int[] labels, (float Score, int Best)[] strangers, double share)
    {
        if (strangers.Length == 0)
        {
            float[] scores = [.. inside.Select(row => row.Score).Order()];
            return scores[Math.Clamp((int)(share * scores.Length), 0, scores.Length - 1)];
        }

        // Moving the threshold above a row loses it if it was right, and wins it if it is a stranger.
        var rows = inside.Select((row, i) => (row.Score, Gain: row.Best == labels[i] ? -1.0 : 0.0))
            .Concat(strangers.Select(row => (row.Score, Gain: 1.0)))
            .OrderBy(row => row.Score)
            .ToArray();
        var (best, sum, threshold) = (0.0, 0.0, 0f);
        for (var i = 0; i < rows.Length; i++)
        {
            sum += rows[i].Gain;
            if (sum > best && (i + 1 == rows.Length || rows[i + 1].Score > rows[i].Score))
            {
                best = sum;
                threshold = i + 1 == rows.Length ? rows[i].Score * 1.001f : (rows[i].Score + rows[i + 1].Score) / 2;
            }
        }

        return threshold;
    }

    private static (LinearPath?, EncoderNetwork?) Fit(Labelled rows, int intents, NluTrainingOptions options, Action<string, double, double?> report, CancellationToken cancellation)
    {
        // Seconds of the two paths stand about one to four.
        var linearShare = options.Paths switch { IntentPaths.Linear => 1.0, IntentPaths.Dense => 0.0, _ => 0.2 };
        var gate = new Lock();
        LinearPath? linear = null;
        EncoderNetwork? encoder = null;
        if (options.Paths != IntentPaths.Dense)
        {
            linear = LinearPath.Train(rows.Words, rows.Labels, intents, options.LinearCost, options.LinearEpochs, options.Seed, done =>
            {
                lock (gate)
                {
                    report("linear path", done * linearShare * 0.999, null);
                }
            }, cancellation);
        }

        if (options.Paths != IntentPaths.Linear)
        {
            encoder = EncoderTrainer.Train(
                rows.Words, rows.Labels, intents, new EncoderShape(), options.Epochs, options.Seed,
                (done, loss) => report("dense path", linearShare + (done * (1 - linearShare) * 0.999), loss), cancellation);
            encoder.RoundToStorage();
        }

        return (linear, encoder);
    }

    private static (float[][]? Margins, float[][]? Cosines) Score(LinearPath? linear, EncoderNetwork? encoder, SpellingGuide spelling, int intents, IReadOnlyList<List<string>> rows)
    {
        var margins = linear is null ? null : new float[rows.Count][];
        var cosines = encoder is null ? null : new float[rows.Count][];
        var tape = new EncoderTape();
        for (var i = 0; i < rows.Count; i++)
        {
            var words = spelling.Correct(rows[i], linear is null ? null : linear.Features.HasPair);
            if (margins is not null)
            {
                linear!.Score(words, margins[i] = new float[intents]);
            }

            if (cosines is not null)
            {
                encoder!.Forward([encoder.Look(words)], tape, dropout: null);
                cosines[i] = tape.Cosines.AsSpan(0, intents).ToArray();
            }
        }

        return (margins, cosines);
    }

    private static (float Score, int Best)[] Scores(IntentCalibration calibration, float[][]? margins, float[][]? cosines)
    {
        var rows = new (float, int)[(margins ?? cosines)!.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            var scores = calibration.Mix(margins?[i], cosines?[i]);
            calibration.ToScores(scores);
            var best = Array.IndexOf(scores, scores.Max());
            rows[i] = (scores[best], best);
        }

        return rows;
    }

    private static ExampleTable Examples(Labelled rows, EncoderNetwork? encoder)
    {
        QuantizedRows? vectors = null;
        if (encoder is not null)
        {
            var tape = new EncoderTape();
            var all = new float[rows.Words.Count * encoder.Shape.Vector];
            for (var i = 0; i < rows.Words.Count; i++)
            {
                encoder.Forward([encoder.Look(rows.Words[i])], tape, dropout: null);
                tape.Unit.AsSpan(0, encoder.Shape.Vector).CopyTo(all.AsSpan(i * encoder.Shape.Vector));
            }

            vectors = QuantizedRows.From(all, rows.Words.Count, encoder.Shape.Vector);
        }

        return new ExampleTable(rows.Texts, rows.Labels, vectors, ExampleTable.ExactOf(rows.Words, rows.Labels));
    }

    /// <summary>Every fifth row of each label is held out; a label with fewer than five rows keeps them all.</summary>
    private static (Labelled Fitted, Labelled HeldOut) Split(Labelled rows)
    {
        var seen = new Dictionary<int, int>();
        var (fitted, heldOut) = (new List<int>(), new List<int>());
        for (var i = 0; i < rows.Labels.Length; i++)
        {
            var place = seen[rows.Labels[i]] = seen.GetValueOrDefault(rows.Labels[i]) + 1;
            (place % 5 == 0 ? heldOut : fitted).Add(i);
        }

        return (rows.Take(fitted), rows.Take(heldOut));
    }

    private static Labelled Join(Labelled first, Labelled second) =>
        new([.. first.Texts, .. second.Texts], [.. first.Words, .. second.Words], [.. first.Labels, .. second.Labels]);

    private static Labelled Rows(IReadOnlyList<LabelledText> rows, Dictionary<string, int> numbers) => new(
        [.. rows.Select(row => row.Text)],
        [.. rows.Select(row => UtteranceWords.Of(row.Text))],
        [.. rows.Select(row => numbers[row.Label])]);

    private sealed record Labelled(string[] Texts, IReadOnlyList<List<string>> Words, int[] Labels)
    {
        public Labelled Take(List<int> rows) => new([.. rows.Select(i => Texts[i])], [.. rows.Select(i => Words[i])], [.. rows.Select(i => Labels[i])]);
    }
}
