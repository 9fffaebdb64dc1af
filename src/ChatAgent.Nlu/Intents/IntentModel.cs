using ChatAgent.Neural;

namespace ChatAgent.Nlu.Intents;

/// <summary>Intents of an utterance by both paths, with the examples that it was trained on. Immutable and thread-safe.</summary>
internal sealed class IntentModel
{
    private readonly Dictionary<ulong, int> _exact;
    private readonly int[][] _rowsOfIntent;
    private readonly float[] _vectors;

    [ThreadStatic]
    private static EncoderTape? t_tape;

    public IntentModel(
        IReadOnlyList<string> labels, LinearPath? linear, EncoderNetwork? encoder, SpellingGuide spelling, IntentCalibration calibration, ExampleTable examples)
    {
        (Labels, Linear, Encoder, Spelling, Calibration, Examples) = (labels, linear, encoder, spelling, calibration, examples);
        _exact = new Dictionary<ulong, int>(examples.Exact.Count);
        foreach (var (key, intent) in examples.Exact)
        {
            _exact[key] = intent;
        }

        _rowsOfIntent = [.. Enumerable.Range(0, labels.Count).Select(intent => (int[])[.. Enumerable.Range(0, examples.Count).Where(row => examples.Intents[row] == intent)])];
        _vectors = examples.Vectors?.ToFloats(examples.Vectors.Columns) ?? [];
    }

    /// <summary>In ordinal order.</summary>
    public IReadOnlyList<string> Labels { get; }

    public LinearPath? Linear { get; }

    public EncoderNetwork? Encoder { get; }

    public SpellingGuide Spelling { get; }

    public IntentCalibration Calibration { get; }

    public ExampleTable Examples { get; }

    /// <summary>Scores an utterance.</summary>
    public IntentReading Read(List<string> words)
    {
        var (margins, cosines, vector) = Paths(words);
        var scores = Calibration.Mix(margins, cosines);
        Calibration.ToScores(scores);
        var best = Array.IndexOf(scores, scores.Max());
        if (words.Count > 0 && _exact.TryGetValue(ExampleTable.Key(words), out var exact))
        {
            scores[exact] = 1f;
            return new IntentReading(scores, exact, true, true, vector);
        }

        return new IntentReading(scores, best, scores[best] >= Calibration.Threshold, false, vector);
    }

    /// <summary>The reading with one intent ruled out by other means.</summary>
    public IntentReading Without(IntentReading reading, int intent)
    {
        float[] scores = [.. reading.Scores];
        scores[intent] = 0f;
        var best = Array.IndexOf(scores, scores.Max());
        return reading with { Scores = scores, Best = best, IsInScope = scores[best] >= Calibration.Threshold, IsExact = false };
    }

    /// <summary>What each path says alone: margins and cosines of every intent, null for a path that there is not, and the unit vector.</summary>
    public (float[]? Margins, float[]? Cosines, float[] Vector) Paths(List<string> words)
    {
        words = Spelling.Correct(words, Linear is null ? null : Linear.Features.HasPair);
        float[]? margins = null;
        if (Linear is not null)
        {
            margins = new float[Labels.Count];
            Linear.Score(words, margins);
        }

        if (Encoder is null)
        {
            return (margins, null, []);
        }

        var tape = t_tape ??= new EncoderTape();
        Encoder.Forward([Encoder.Look(words)], tape, dropout: null);
        return (margins, tape.Cosines.AsSpan(0, Labels.Count).ToArray(), tape.Unit.AsSpan(0, Encoder.Shape.Vector).ToArray());
    }

    /// <summary>The nearest examples of the best intents, nearest first; empty without the dense path.</summary>
    /// <remarks>Only the examples of the five best intents are measured: an example of another one is never shown, and 15,000 rows would cost more than the parse.</remarks>
    public IReadOnlyList<NearestExample> Nearest(IntentReading reading, int count)
    {
        if (reading.Vector.Length == 0 || count == 0)
        {
            return [];
        }

        var best = new PriorityQueue<int, float>();
        foreach (var intent in Ranked(reading.Scores, 5))
        {
            foreach (var row in _rowsOfIntent[intent])
            {
                var similarity = Kernels.Dot(reading.Vector, _vectors.AsSpan(row * reading.Vector.Length, reading.Vector.Length));
                if (best.Count < count)
                {
                    best.Enqueue(row, similarity);
                }
                else
                {
                    best.EnqueueDequeue(row, similarity);
                }
            }
        }

        var nearest = new NearestExample[best.Count];
        for (var i = best.Count - 1; i >= 0; i--)
        {
            best.TryDequeue(out var row, out var similarity);
            nearest[i] = new NearestExample(row, Labels[Examples.Intents[row]], Examples.Texts[row], Math.Clamp(similarity, -1f, 1f));
        }

        return nearest;
    }

    /// <summary>Numbers of the best intents, best first; ties in the order of labels.</summary>
    public static int[] Ranked(float[] scores, int count)
    {
        var ranked = Enumerable.Range(0, scores.Length).ToArray();
        Array.Sort(ranked, (a, b) => scores[a] != scores[b] ? scores[b].CompareTo(scores[a]) : a.CompareTo(b));
        return ranked.Length <= count ? ranked : ranked[..count];
    }
}
