using System.Text.Json;
using System.Text.Json.Serialization;
using ChatAgent.Neural;
using ChatAgent.Nlu.Intents;
using ChatAgent.Text;
using ChatAgent.Text.Corpora;

namespace ChatAgent.Nlu;

/// <summary>A class for a whole text (sentiment, say): a recurrent network over its words, mixed with a linear one. Immutable and thread-safe.</summary>
/// <remarks>
/// P(class) = λ · recurrent + (1 − λ) · linear, λ of 0, ¼, ½, ¾, 1 chosen on rows that neither learnt from.
/// File: safetensors with "format" "text-classifier 1", and "shape" as JSON in the header.
/// </remarks>
public sealed partial class TextClassifier
{
    private const string Format = "text-classifier 1";
    private const string LinearTensor = "linear.weight";
    private const int Pieces = 20_000;
    private const int LinearEpochs = 12;
    private const int MaxWords = 128;

    /// <summary>Of equally good ones the first: an even mixture is the safest.</summary>
    private static readonly double[] Shares = [0.5, 0.75, 0.25, 1.0, 0.0];

    private readonly SequenceClassifier _network;
    private readonly HashedLinearModel _linear;
    private readonly SequenceFeatures _features;
    private readonly Shape _shape;

    private TextClassifier(SequenceClassifier network, HashedLinearModel linear, SequenceFeatures features, Shape shape)
    {
        (_network, _linear, _features, _shape) = (network, linear, features, shape);
        network.Freeze();
    }

    /// <summary>The classes, in ordinal order.</summary>
    public IReadOnlyList<string> Labels => _shape.Labels;

    /// <summary>λ: how much the recurrent network counts, 0 to 1.</summary>
    public double RecurrentShare => _shape.Share;

    /// <summary>Trains.</summary>
    /// <param name="rows">One or more, of one class or more.</param>
    /// <param name="validation">Not learnt from; chooses epoch and mixture. Empty: a tenth of the rows.</param>
    /// <param name="options">Sizes, rates.</param>
    /// <param name="pool">Threads; one where null.</param>
    /// <param name="progress">Told a few times a second.</param>
    /// <param name="cancellationToken">Ends the training.</param>
    /// <exception cref="ArgumentException">There are no rows.</exception>
    public static TextClassifier Train(
        IReadOnlyList<LabelledText> rows,
        IReadOnlyList<LabelledText> validation,
        SequenceTrainingOptions options,
        WorkerPool? pool = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        if (rows.Count == 0)
        {
            throw new ArgumentException("there are no rows, expected labelled text", nameof(rows));
        }

        var (train, heldOut) = validation.Count > 0 || rows.Count < 20 ? (rows, validation)
            : ([.. rows.Where((_, i) => i % 10 != 9)], [.. rows.Where((_, i) => i % 10 == 9)]);
        string[] labels = [.. rows.Select(row => row.Label).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var numbers = labels.Index().ToDictionary(label => label.Item, label => label.Index, StringComparer.Ordinal);
        List<string>[] words = [.. train.Select(row => WordsOf(row.Text))];
        var features = SequenceFeatures.Build(words, train.Count > 2_000 ? 2 : 1, Pieces, readsCapitals: false);
        var shape = new Shape(labels, options.Cell, options.Embedding, options.Hidden, options.Layers, options.Bidirectional, options.Pooling, features.Words.Words, Pieces, 1.0);
        var network = new SequenceClassifier(shape.ToOptions(features.Count, options.Dropout), new Random(options.Seed), pool);
        (FeatureSequence, int)[] Encode(IEnumerable<LabelledText> from) => [.. from.Where(row => numbers.ContainsKey(row.Label)).Select(row => (features.Of(WordsOf(row.Text)), numbers[row.Label]))];
        SequenceClassifierTrainer.Train(network, new AdamW(network.Parameters), Encode(train), Encode(heldOut), options.ToTraining("classifier", train.Count), progress: progress, cancellationToken: cancellationToken);
        var linear = new HashedLinearModel(labels.Length);
        linear.Train(words, [.. train.Select(row => numbers[row.Label])], LinearEpochs, options.Seed, cancellationToken);
        var model = new TextClassifier(network, linear, features, shape);
        return new TextClassifier(network, linear, features, shape with { Share = model.ChooseShare(heldOut) });
    }

    /// <summary>The classes of a text, most probable first.</summary>
    public IReadOnlyList<IntentScore> Classify(string text)
    {
        var words = WordsOf(text);
        var (recurrent, linear) = (Predict(words), new float[Labels.Count]);
        _linear.Predict(words, linear);
        return [.. Enumerable.Range(0, Labels.Count).Select(c => new IntentScore(Labels[c], (_shape.Share * recurrent[c]) + ((1 - _shape.Share) * linear[c])))
            .OrderByDescending(score => score.Score).ThenBy(score => score.Intent, StringComparer.Ordinal)];
    }

    /// <summary>Writes the model.</summary>
    /// <exception cref="IOException">It cannot be written; a file that was there is as it was.</exception>
    public void Save(string path) => ModelFile.Save(
        path,
        new Dictionary<string, string>(StringComparer.Ordinal) { ["format"] = Format, ["shape"] = JsonSerializer.Serialize(_shape, ClassifierJson.Default.Shape) },
        [.. ModelFile.TensorsOf(_network.Parameters), new ModelTensor(LinearTensor, [_linear.Places + 1, _linear.Classes], _linear.Weights)]);

    /// <summary>Reads a model.</summary>
    /// <exception cref="ModelFormatException">The file is broken, of another kind or of another version.</exception>
    /// <exception cref="IOException">It is missing or cannot be read.</exception>
    public static TextClassifier Load(string path)
    {
        var (file, name) = (ModelFile.Load(path), Path.GetFileName(path));
        if (file.RequireText("format") is var format && format != Format)
        {
            throw new ModelFormatException(name, $"format \"{format}\", this build reads \"{Format}\". Train again.");
        }

        try
        {
            var shape = JsonSerializer.Deserialize(file.RequireText("shape"), ClassifierJson.Default.Shape) ?? throw new ModelFormatException(name, "the header has no shape");
            var features = new SequenceFeatures(Vocabulary.FromWords(shape.Words), shape.Pieces, readsCapitals: false);
            var network = new SequenceClassifier(shape.ToOptions(features.Count, dropout: 0f), new Random(0));
            file.CopyTo(network.Parameters);
            var linear = new HashedLinearModel(shape.Labels.Count);
            file.CopyTo(LinearTensor, [linear.Places + 1, linear.Classes], linear.Weights);
            return new TextClassifier(network, linear, features, shape);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new ModelFormatException(name, $"its shape is not what it should be: {e.Message}", e);
        }
    }

    private static List<string> WordsOf(string text) => UtteranceWords.Of(text) is var words && words.Count > MaxWords ? words[..MaxWords] : words;

    private float[] Predict(List<string> words)
    {
        var sequence = _features.Of(words);
        var probabilities = new float[Labels.Count];
        _network.Predict(_network.CreateTape(Math.Max(1, sequence.Length), 1), [sequence], probabilities);
        return probabilities;
    }

    private double ChooseShare(IReadOnlyList<LabelledText> validation)
    {
        if (validation.Count == 0)
        {
            return 0.5;
        }

        var rows = validation.Select(row =>
        {
            var (words, linear) = (WordsOf(row.Text), new float[Labels.Count]);
            _linear.Predict(words, linear);
            return (row.Label, Recurrent: Predict(words), Linear: linear);
        }).ToList();
        double Right(double share) => rows.Count(row =>
        {
            var best = Enumerable.Range(0, Labels.Count).MaxBy(c => (share * row.Recurrent[c]) + ((1 - share) * row.Linear[c]));
            return Labels[best] == row.Label;
        });
        return Shares.MaxBy(Right);
    }

    /// <summary>What the file says of the model.</summary>
    private sealed record Shape(
        IReadOnlyList<string> Labels, RecurrentCell Cell, int Embedding, int Hidden, int Layers, bool Bidirectional, SequencePooling Pooling, IReadOnlyList<string> Words, int Pieces, double Share)
    {
        public SequenceNetworkOptions ToOptions(int features, float dropout) => new()
        {
            Features = features, Classes = Labels.Count, Cell = Cell, Embedding = Embedding, Hidden = Hidden, Layers = Layers, Bidirectional = Bidirectional, Pooling = Pooling, Dropout = dropout,
            WordDropout = dropout > 0 ? 0.05f : 0f,
        };
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
    [JsonSerializable(typeof(Shape))]
    private sealed partial class ClassifierJson : JsonSerializerContext;
}
