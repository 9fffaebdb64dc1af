using System.Globalization;
using ChatAgent.Neural;

namespace ChatAgent.Nlu.Appointments;

/// <summary>The learned half of the reader: a softmax over the eight intents and a logistic "needs a person", linear in <see cref="ReplyFeatures"/>, with calibration and risk thresholds.</summary>
/// <remarks>
/// p(intent) = softmax(W x / T)      W (<see cref="ReplyFeatures.Buckets"/>, 9), columns 0 to 7 the intents, column 8 the person
/// p(person) = σ(w x)                x the reply's features, divided by their Euclidean length times √8
/// confidence = <see cref="ReplyDoubt"/> of the reading: how far words, rules and both agree on it
/// File: safetensors with the tensors <c>weights</c>, <c>doubt</c> and <c>risk</c> (R, 3: risk, least confidence of a yes, least confidence of a no) and the metadata <c>format</c>, <c>temperature</c>, <c>person</c>.
/// Immutable once trained or loaded; thread-safe.
/// </remarks>
public sealed class AppointmentReplyModel
{
    /// <summary>The file's name in a folder of trained parts.</summary>
    public const string FileName = "appointment-reply.safetensors";

    internal const int Intents = 8;
    internal const int Outputs = 9;
    private const string Format = "appointment-reply 2";

    private readonly float[] _weights;
    private readonly float[] _doubt;
    private readonly float[] _risk;

    internal AppointmentReplyModel(float[] weights, float[] doubt, double temperature, double personThreshold, float[] risk)
    {
        _weights = weights;
        _doubt = doubt;
        Temperature = temperature;
        PersonThreshold = personThreshold;
        _risk = risk;
    }

    internal double Temperature { get; }

    internal double PersonThreshold { get; }

    /// <summary>Writes the model to a file; the folder must exist.</summary>
    public void Save(string path) => ModelFile.Save(
        path,
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["format"] = Format,
            ["temperature"] = Temperature.ToString("R", CultureInfo.InvariantCulture),
            ["person"] = PersonThreshold.ToString("R", CultureInfo.InvariantCulture),
        },
        [
            new ModelTensor("weights", [ReplyFeatures.Buckets, Outputs], _weights),
            new ModelTensor("doubt", [ReplyDoubt.Count], _doubt),
            new ModelTensor("risk", [_risk.Length / 3, 3], _risk),
        ]);

    /// <summary>Reads a model that <see cref="Save"/> wrote.</summary>
    /// <exception cref="ModelFormatException">The file is broken or of another format.</exception>
    public static AppointmentReplyModel Load(string path)
    {
        var file = ModelFile.Load(path);
        if (file.RequireText("format") != Format)
        {
            throw new ModelFormatException(path, $"format \"{file.RequireText("format")}\", this build reads \"{Format}\". Train again or upgrade.");
        }

        var weights = new float[ReplyFeatures.Buckets * Outputs];
        file.CopyTo("weights", [ReplyFeatures.Buckets, Outputs], weights);
        var doubt = new float[ReplyDoubt.Count];
        file.CopyTo("doubt", [ReplyDoubt.Count], doubt);
        if (!file.Tensors.TryGetValue("risk", out var table) || table.Shape.Count != 2 || table.Shape[1] != 3)
        {
            throw new ModelFormatException(path, "tensor \"risk\" is missing or not (R, 3).");
        }

        return new AppointmentReplyModel(weights, doubt, Number(path, file, "temperature"), Number(path, file, "person"), table.Values.ToArray());
    }

    /// <summary>The intent read, the probability that it is right, and that of a person being needed.</summary>
    internal (AppointmentIntent Intent, double Confidence, double Person) Read(ReplyReading reading, RuleVerdict verdict, bool hasOtherAppointments)
    {
        var (whole, words, rules) = Members(_weights, ReplyFeatures.Of(reading, verdict, hasOtherAppointments), Temperature);
        var best = ReplyDoubt.Best(whole);
        return ((AppointmentIntent)best, ReplyDoubt.Probability(_doubt, ReplyDoubt.Of(best, whole, words, rules, reading, verdict)), whole[Intents]);
    }

    /// <summary>Nine probabilities (the intents, then a person being needed) by all features, by words alone, and by what the rules found alone.</summary>
    internal static (double[] Whole, double[] Words, double[] Rules) Members(float[] weights, FeatureVector features, double temperature)
    {
        var (rules, words) = (Scores(weights, features, 0, features.FromRules), Scores(weights, features, features.FromRules));
        var whole = new double[Outputs];
        for (var k = 0; k < Outputs; k++)
        {
            whole[k] = rules[k] + words[k];
        }

        Calibrate(whole, temperature);
        Calibrate(words, temperature);
        Calibrate(rules, temperature);
        return (whole, words, rules);
    }

    /// <summary>The least confidence at which a yes (or a no) may be recorded so that at most the given share of the others is recorded wrongly.</summary>
    internal double LeastOf(AppointmentIntent intent, double risk)
    {
        var column = intent == AppointmentIntent.Confirm ? 1 : 2;
        var least = 1.0;
        for (var row = 0; row < _risk.Length / 3; row++)
        {
            if (_risk[3 * row] <= risk + 1e-9)
            {
                least = _risk[(3 * row) + column];
            }
        }

        return least;
    }

    /// <summary>Raw scores W x over the entries from..to, nine numbers.</summary>
    internal static double[] Scores(float[] weights, FeatureVector features, int from = 0, int to = int.MaxValue)
    {
        var scores = new double[Outputs];
        var scale = Scale(features.Values);
        for (var i = from; i < Math.Min(to, features.Buckets.Length); i++)
        {
            var row = weights.AsSpan(features.Buckets[i] * Outputs, Outputs);
            var value = features.Values[i] * scale;
            for (var k = 0; k < Outputs; k++)
            {
                scores[k] += row[k] * value;
            }
        }

        return scores;
    }

    /// <summary>1 / length of the features, times √8: long replies weigh as much as short ones.</summary>
    internal static float Scale(float[] values)
    {
        var squares = 0f;
        foreach (var value in values)
        {
            squares += value * value;
        }

        return MathF.Sqrt(8f / Math.Max(squares, 1e-6f));
    }

    /// <summary>Turns raw scores into probabilities in place.</summary>
    internal static void Calibrate(double[] scores, double temperature)
    {
        var largest = scores.AsSpan(0, Intents).ToArray().Max();
        var sum = 0.0;
        for (var k = 0; k < Intents; k++)
        {
            scores[k] = Math.Exp((scores[k] - largest) / temperature);
            sum += scores[k];
        }

        for (var k = 0; k < Intents; k++)
        {
            scores[k] /= sum;
        }

        scores[Intents] = 1 / (1 + Math.Exp(-scores[Intents]));
    }

    private static double Number(string path, ModelFile file, string key) =>
        double.TryParse(file.RequireText(key), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : throw new ModelFormatException(path, $"metadata \"{key}\" is no number.");
}
