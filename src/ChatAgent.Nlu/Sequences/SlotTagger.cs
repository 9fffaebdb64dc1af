using System.Text.Json;
using System.Text.Json.Serialization;
using ChatAgent.Neural;
using ChatAgent.Text;

namespace ChatAgent.Nlu;

/// <summary>Names stretches of a text: a bidirectional recurrent network with a CRF over BIO tags. Immutable and thread-safe.</summary>
/// <remarks>
/// Source: Lample et al. 2016, arXiv:1603.01360; the CRF allows "I-x" only after "B-x" and "I-x". File: safetensors with "format" "slot-tagger 1" and "shape" as JSON.
/// </remarks>
public sealed partial class SlotTagger
{
    private const string Format = "slot-tagger 1";
    private const int Pieces = 20_000;
    private const int MaxWords = 256;

    private readonly SequenceTagger _network;
    private readonly SequenceFeatures _features;
    private readonly Shape _shape;

    private SlotTagger(SequenceTagger network, SequenceFeatures features, Shape shape)
    {
        (_network, _features, _shape) = (network, features, shape);
        network.Freeze();
    }

    /// <summary>The tags, in ordinal order.</summary>
    public IReadOnlyList<string> Tags => _shape.Tags;

    /// <summary>Trains.</summary>
    /// <param name="rows">One or more.</param>
    /// <param name="validation">Not learnt from; chooses the epoch by its F1. May be empty.</param>
    /// <param name="options">Sizes, rates.</param>
    /// <param name="pool">Threads; one where null.</param>
    /// <param name="progress">Told a few times a second.</param>
    /// <param name="cancellationToken">Ends the training.</param>
    /// <exception cref="ArgumentException">There are no rows.</exception>
    public static SlotTagger Train(
        IReadOnlyList<TaggedText> rows,
        IReadOnlyList<TaggedText> validation,
        SequenceTrainingOptions options,
        WorkerPool? pool = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        if (rows.Count == 0)
        {
            throw new ArgumentException("there are no rows, expected words with tags", nameof(rows));
        }

        string[] tags = [.. rows.SelectMany(row => row.Tags).Append(TaggedText.Outside).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var numbers = tags.Index().ToDictionary(tag => tag.Item, tag => tag.Index, StringComparer.Ordinal);
        var readsCapitals = rows.Any(row => row.Words.Any(word => char.IsUpper(word[0])));
        var features = SequenceFeatures.Build(rows.Select(row => row.Words), 1, Pieces, readsCapitals);
        var shape = new Shape(tags, options.Cell, options.Embedding, options.Hidden, options.Layers, options.Bidirectional, features.Words.Words, Pieces, readsCapitals);
        var network = new SequenceTagger(shape.ToOptions(features.Count, options.Dropout), new Random(options.Seed), (from, to) => IsAllowed(tags, from, to), pool);
        (FeatureSequence, int[])[] Encode(IEnumerable<TaggedText> from) =>
            [.. from.Select(row => (features.Of(row.Words), row.Tags.Select(tag => numbers.GetValueOrDefault(tag, numbers[TaggedText.Outside])).ToArray()))];
        SequenceTaggerTrainer.Train(
            network,
            new AdamW(network.Parameters),
            Encode(rows),
            Encode(validation),
            options.ToTraining("tagger", rows.Count),
            validation.Count == 0 ? null : () => 1 - SlotScores.Of(validation, row => Tag(network, features, tags, row.Words)).F1,
            progress,
            cancellationToken: cancellationToken);
        return new SlotTagger(network, features, shape);
    }

    /// <summary>A tag for each word; longer texts than 256 words are tagged up to there.</summary>
    public IReadOnlyList<string> Tag(IReadOnlyList<string> words) => Tag(_network, _features, _shape.Tags, words);

    /// <summary>Writes the model.</summary>
    /// <exception cref="IOException">It cannot be written; a file that was there is as it was.</exception>
    public void Save(string path) => ModelFile.Save(
        path,
        new Dictionary<string, string>(StringComparer.Ordinal) { ["format"] = Format, ["shape"] = JsonSerializer.Serialize(_shape, TaggerJson.Default.Shape) },
        ModelFile.TensorsOf(_network.Parameters));

    /// <summary>Reads a model.</summary>
    /// <exception cref="ModelFormatException">The file is broken, of another kind or of another version.</exception>
    /// <exception cref="IOException">It is missing or cannot be read.</exception>
    public static SlotTagger Load(string path)
    {
        var (file, name) = (ModelFile.Load(path), Path.GetFileName(path));
        if (file.RequireText("format") is var format && format != Format)
        {
            throw new ModelFormatException(name, $"format \"{format}\", this build reads \"{Format}\". Train again.");
        }

        try
        {
            var shape = JsonSerializer.Deserialize(file.RequireText("shape"), TaggerJson.Default.Shape) ?? throw new ModelFormatException(name, "the header has no shape");
            var features = new SequenceFeatures(Vocabulary.FromWords(shape.Words), shape.Pieces, shape.ReadsCapitals);
            var network = new SequenceTagger(shape.ToOptions(features.Count, dropout: 0f), new Random(0), (from, to) => IsAllowed(shape.Tags, from, to));
            file.CopyTo(network.Parameters);
            return new SlotTagger(network, features, shape);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new ModelFormatException(name, $"its shape is not what it should be: {e.Message}", e);
        }
    }

    private static IReadOnlyList<string> Tag(SequenceTagger network, SequenceFeatures features, IReadOnlyList<string> tags, IReadOnlyList<string> words)
    {
        if (words.Count == 0)
        {
            return [];
        }

        var sequence = features.Of([.. words.Take(MaxWords)]);
        var said = network.Tag(network.CreateTape(sequence.Length, 1), sequence);
        return [.. said.Select(tag => tags[tag]), .. Enumerable.Repeat(TaggedText.Outside, words.Count - said.Length)];
    }

    /// <summary>Before the first tag and after the last stands the number of tags.</summary>
    private static bool IsAllowed(IReadOnlyList<string> tags, int from, int to) =>
        (uint)to >= (uint)tags.Count || !tags[to].StartsWith("I-", StringComparison.Ordinal)
        || ((uint)from < (uint)tags.Count && tags[from] != TaggedText.Outside && tags[from].AsSpan(2).SequenceEqual(tags[to].AsSpan(2)));

    /// <summary>What the file says of the model.</summary>
    private sealed record Shape(IReadOnlyList<string> Tags, RecurrentCell Cell, int Embedding, int Hidden, int Layers, bool Bidirectional, IReadOnlyList<string> Words, int Pieces, bool ReadsCapitals)
    {
        public SequenceNetworkOptions ToOptions(int features, float dropout) => new()
        {
            Features = features, Classes = Tags.Count, Cell = Cell, Embedding = Embedding, Hidden = Hidden, Layers = Layers, Bidirectional = Bidirectional, Dropout = dropout, Crf = true,
            WordDropout = dropout > 0 ? 0.1f : 0f,
        };
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
    [JsonSerializable(typeof(Shape))]
    private sealed partial class TaggerJson : JsonSerializerContext;
}
