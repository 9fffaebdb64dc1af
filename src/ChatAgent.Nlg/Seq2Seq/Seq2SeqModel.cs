using System.Text.Json;
using System.Text.Json.Serialization;
using ChatAgent.Neural;
using ChatAgent.Text;

namespace ChatAgent.Nlg;

/// <summary>A trained encoder-decoder with its units: text to text. Immutable and thread-safe.</summary>
/// <remarks>
/// File: safetensors with "format" "seq2seq 1", "options", and the units of both sides as JSON in the header. An unknown unit of the target is written
/// as the source's unit that was looked at most (Luong et al. 2015, arXiv:1410.8206, section 3.2, with attention in place of alignments).
/// </remarks>
public sealed partial class Seq2SeqModel
{
    private const string Format = "seq2seq 1";

    private readonly EncoderDecoder _network;
    private readonly Seq2SeqOptions _options;
    private readonly Vocabulary _sources;
    private readonly Vocabulary _targets;

    private Seq2SeqModel(EncoderDecoder network, Seq2SeqOptions options, Vocabulary sources, Vocabulary targets)
    {
        (_network, _options, _sources, _targets) = (network, options, sources, targets);
        network.Freeze();
    }

    /// <summary>Numbers that were trained.</summary>
    public int ParameterCount => _network.Parameters.Length;

    /// <summary>Units known on the source's side and on the target's, the unknown one included.</summary>
    public (int Source, int Target) UnitCounts => (_sources.Count, _targets.Count);

    /// <summary>Trains a model.</summary>
    /// <param name="train">Pairs that are learnt from, one or more.</param>
    /// <param name="validation">Pairs that choose the epoch; may be empty, and then the last is taken.</param>
    /// <param name="options">Sizes, rates.</param>
    /// <param name="pool">Threads; one where null.</param>
    /// <param name="progress">Told a few times a second.</param>
    /// <param name="cancellationToken">Ends the training.</param>
    /// <returns>The model, and how the training ended.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range, or there is no pair.</exception>
    /// <exception cref="TrainingDivergedException">A number became infinite or NaN.</exception>
    public static (Seq2SeqModel Model, TrainingResult Result) Train(
        IReadOnlyList<SequencePair> train, IReadOnlyList<SequencePair> validation, Seq2SeqOptions options, WorkerPool? pool = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfZero(train.Count, nameof(train));
        var sources = Vocabulary.Build(train.SelectMany(pair => Split(pair.Source, options.SourceUnit)), options.MinimumCount);
        var targets = Vocabulary.Build(train.SelectMany(pair => Split(pair.Target, options.TargetUnit)), options.MinimumCount);
        var network = new EncoderDecoder(NetworkOptions(options, sources, targets), new Random(options.Training.Seed), pool);
        (int[] Source, int[] Target)[] Encoded(IReadOnlyList<SequencePair> pairs) =>
            [.. pairs.Select(pair => (Numbers(Split(pair.Source, options.SourceUnit), sources), Numbers(Split(pair.Target, options.TargetUnit), targets)))];

        var training = options.Training;
        training = training with { Schedule = training.Schedule ?? new WarmUpSchedule(200, new CosineSchedule(training.Epochs)) };
        var result = EncoderDecoderTrainer.Train(network, new AdamW(network.Parameters), Encoded(train), Encoded(validation), training, progress: progress, cancellationToken: cancellationToken);
        return (new Seq2SeqModel(network, options, sources, targets), result);
    }

    /// <summary>Writes the best target that a beam finds.</summary>
    /// <param name="source">Any text; the empty one too.</param>
    /// <param name="beam">Hypotheses kept after each unit, 1 (greedy) to 32.</param>
    /// <param name="maxUnits">Most units of the target, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public Seq2SeqResult Write(string source, int beam = 1, int maxUnits = 200)
    {
        var units = Split(source, _options.SourceUnit);
        var read = Numbers(units, _sources);
        var search = new BeamSearchOptions { BeamWidth = beam, MaxTokens = maxUnits, LengthPenalty = beam == 1 ? 0f : 0.6f, NoRepeatLength = 0, Count = 1 };
        var found = BeamSearch.Search(new Writer(_network, read), BeamConstraints.None, search)[0];
        int[] written = [.. found.Tokens.Where(token => token != _network.Options.End)];
        var looked = _network.Align(read, written);
        string[] texts = [.. written.Select((token, t) => token == Vocabulary.Unknown ? MostLookedAt(units, looked[t]) : _targets[token])];
        return new Seq2SeqResult(string.Join(_options.TargetUnit == SequenceUnit.Word ? " " : string.Empty, texts), found.LogProbability, units, [.. texts, string.Empty], looked);
    }

    /// <summary>Writes the model.</summary>
    /// <exception cref="IOException">It cannot be written; a file that was there is as it was.</exception>
    public void Save(string path) => ModelFile.Save(
        path,
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["format"] = Format,
            ["options"] = JsonSerializer.Serialize(Shape.Of(_options), JsonContext.Default.Shape),
            ["sources"] = JsonSerializer.Serialize([.. _sources.Words], JsonContext.Default.StringArray),
            ["targets"] = JsonSerializer.Serialize([.. _targets.Words], JsonContext.Default.StringArray),
        },
        ModelFile.TensorsOf(_network.Parameters));

    /// <summary>Reads a model.</summary>
    /// <exception cref="ModelFormatException">The file is broken, of another kind or of another version.</exception>
    /// <exception cref="IOException">It is missing or cannot be read.</exception>
    public static Seq2SeqModel Load(string path)
    {
        var (file, name) = (ModelFile.Load(path), Path.GetFileName(path));
        if (file.RequireText("format") is var format && format != Format)
        {
            throw new ModelFormatException(name, $"format \"{format}\", this build reads \"{Format}\". Train again.");
        }

        try
        {
            var shape = JsonSerializer.Deserialize(file.RequireText("options"), JsonContext.Default.Shape) ?? throw new JsonException("\"options\" is null");
            var sources = Vocabulary.FromWords(JsonSerializer.Deserialize(file.RequireText("sources"), JsonContext.Default.StringArray) ?? []);
            var targets = Vocabulary.FromWords(JsonSerializer.Deserialize(file.RequireText("targets"), JsonContext.Default.StringArray) ?? []);
            var options = shape.ToOptions();

            // The tensors' shapes bound every size before a network of that size is made.
            RequireShape(file, name, "source.weight", sources.Count, options.Embedding);
            RequireShape(file, name, "target.weight", targets.Count + 2, options.Embedding);
            RequireShape(file, name, $"bridge.{options.Layers - 1}.weight", options.Hidden, 2 * options.Hidden);
            var network = new EncoderDecoder(NetworkOptions(options, sources, targets), new Random(0));
            file.CopyTo(network.Parameters);
            return new Seq2SeqModel(network, options, sources, targets);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or OverflowException)
        {
            throw new ModelFormatException(name, e.Message, e);
        }
    }

    private static EncoderDecoderOptions NetworkOptions(Seq2SeqOptions options, Vocabulary sources, Vocabulary targets) => new()
    {
        SourceVocabulary = sources.Count, TargetVocabulary = targets.Count + 2, Begin = targets.Count, End = targets.Count + 1, Cell = options.Cell, Embedding = options.Embedding,
        Hidden = options.Hidden, Layers = options.Layers, Attention = options.Attention, Dropout = options.Dropout, Tied = options.Tied,
    };

    private static void RequireShape(ModelFile file, string name, string tensor, int rows, int columns)
    {
        if (!file.Tensors.TryGetValue(tensor, out var found) || !found.Shape.SequenceEqual([rows, columns]))
        {
            throw new ModelFormatException(name, $"tensor \"{tensor}\" must have shape ({rows}, {columns}), as options and units say");
        }
    }

    private static string[] Split(string text, SequenceUnit unit) =>
        unit == SequenceUnit.Word ? text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) : [.. text.EnumerateRunes().Select(rune => rune.ToString())];

    private static int[] Numbers(string[] units, Vocabulary vocabulary) => [.. units.Select(unit => vocabulary[unit])];

    private static string MostLookedAt(string[] units, float[] weights) => units.Length == 0 ? Vocabulary.UnknownWord : units[Array.IndexOf(weights, weights.Max())];

    /// <summary>One source as the search sees it.</summary>
    private sealed class Writer(EncoderDecoder network, int[] source) : INextTokenModel<EncoderDecoderState>
    {
        public int VocabularySize => network.Options.TargetVocabulary;

        public int StartToken => network.Options.Begin;

        public int EndToken => network.Options.End;

        public EncoderDecoderState Start(int rows) => network.Start(source, rows);

        public void Step(EncoderDecoderState state, ReadOnlySpan<int> tokens, Span<float> logProbabilities)
        {
            network.Step(state, tokens, logProbabilities);
            for (var row = 0; row < tokens.Length; row++)
            {
                Kernels.LogSoftmax(logProbabilities.Slice(row * VocabularySize, VocabularySize));
            }
        }

        public EncoderDecoderState Gather(EncoderDecoderState state, ReadOnlySpan<int> parents) => state.Gather(parents);
    }

    /// <summary>What the file says of the options.</summary>
    private sealed record Shape(SequenceUnit SourceUnit, SequenceUnit TargetUnit, RecurrentCell Cell, AttentionScore Attention, int Embedding, int Hidden, int Layers, bool Tied)
    {
        public static Shape Of(Seq2SeqOptions o) => new(o.SourceUnit, o.TargetUnit, o.Cell, o.Attention, o.Embedding, o.Hidden, o.Layers, o.Tied);

        public Seq2SeqOptions ToOptions() => new()
        {
            SourceUnit = SourceUnit, TargetUnit = TargetUnit, Cell = Cell, Attention = Attention, Embedding = Embedding, Hidden = Hidden, Layers = Layers, Tied = Tied, Dropout = 0f,
        };
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
    [JsonSerializable(typeof(Shape))]
    [JsonSerializable(typeof(string[]))]
    private sealed partial class JsonContext : JsonSerializerContext;
}
