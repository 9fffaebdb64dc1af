using System.Text.Json;
using System.Text.Json.Serialization;
using ChatAgent.Neural;

namespace ChatAgent.Nlg;

/// <summary>A recurrent language model with its tokens. Immutable and thread-safe.</summary>
/// <remarks>File: safetensors with "format" "language-model 1", "options" (sizes) and "units" (tokens) as JSON in the header.</remarks>
public sealed partial class RecurrentLanguageModel : LanguageModel
{
    private const string Format = "language-model 1";
    private const string EmbeddingTensor = "embedding.weight";

    /// <summary>Tokens from which on a text is read in several streams at once, which costs each stream but the first its context.</summary>
    private const int ManyTokens = 20_000;
    private const int Streams = 8;
    private const int Steps = 64;

    private readonly TokenNetwork _network;
    private readonly Lazy<TokenDecoder> _decoder;
    private readonly Lock _evaluates = new();

    /// <param name="network">Trained; not changed from now on.</param>
    /// <param name="units">The tokens.</param>
    /// <param name="words">What may be suggested.</param>
    /// <param name="weights">Width of the weights while decoding.</param>
    public RecurrentLanguageModel(TokenNetwork network, TextUnits units, PublicWords words, WeightFormat weights = WeightFormat.Float32)
        : base(units, words)
    {
        if (network.Options.Vocabulary != units.Vocabulary.Count || network.Options.Context != 0)
        {
            throw new ArgumentException($"a network of {network.Options.Vocabulary} tokens and context {network.Options.Context} with {units.Vocabulary.Count} words", nameof(network));
        }

        (_network, Weights) = (network, weights);
        _decoder = new Lazy<TokenDecoder>(() => new TokenDecoder(network, weights));
    }

    /// <summary>Width of the weights with which it writes, suggests and, where they are narrow, reads.</summary>
    public WeightFormat Weights { get; }

    /// <inheritdoc/>
    public override LanguageModel With(WeightFormat weights) => weights == Weights ? this : new RecurrentLanguageModel(_network, Units, Words, weights);

    /// <summary>How far the gates of each layer open at the end of the text before, with which every text begins, and at each token.</summary>
    /// <param name="tokens">As <see cref="TextUnits.Encode"/> gives them; the report's values are one more.</param>
    public GateReport Gates(ReadOnlySpan<int> tokens)
    {
        lock (_evaluates)
        {
            return GateReport.Of(_network, [EndToken, .. tokens]);
        }
    }

    /// <summary>Sizes.</summary>
    public TokenNetworkOptions Options => _network.Options;

    /// <inheritdoc/>
    public override long ParameterCount => _network.Parameters.Length;

    /// <inheritdoc/>
    public override LanguageState Start(int rows) => new State(_decoder.Value.Start(rows));

    /// <inheritdoc/>
    public override LanguageState Gather(LanguageState state, ReadOnlySpan<int> parents) => new State(((State)state).Inner.Gather(parents));

    /// <inheritdoc/>
    public override void Next(LanguageState state, ReadOnlySpan<int> tokens, Span<float> logProbabilities)
    {
        var known = Units.Vocabulary.Count;
        _decoder.Value.Step(((State)state).Inner, tokens, logProbabilities);
        for (var row = 0; row < tokens.Length; row++)
        {
            Kernels.LogSoftmax(logProbabilities.Slice(row * known, known));
        }
    }

    /// <inheritdoc/>
    public override float[] LogProbabilities(ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default)
    {
        if (Weights != WeightFormat.Float32)
        {
            return base.LogProbabilities(tokens, cancellationToken);
        }

        var batch = tokens.Length < ManyTokens ? 1 : Streams;
        var perStream = (tokens.Length + batch - 1) / batch;
        var result = new float[tokens.Length];
        var (inputs, targets) = (new int[Steps * batch], new int[Steps * batch]);
        var tape = _network.CreateTape(Steps, batch, new Random(0));
        for (var start = 0; start < perStream; start += Steps)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var steps = Math.Min(Steps, perStream - start);
            for (var t = 0; t < steps; t++)
            {
                for (var b = 0; b < batch; b++)
                {
                    var at = (b * perStream) + start + t;
                    inputs[(t * batch) + b] = at == 0 || at > tokens.Length ? EndToken : tokens[at - 1];
                    targets[(t * batch) + b] = at < tokens.Length ? tokens[at] : -1;
                }
            }

            lock (_evaluates)
            {
                _network.Evaluate(tape, inputs, [], targets, steps);
            }

            for (var row = 0; row < steps * batch; row++)
            {
                if (targets[row] >= 0)
                {
                    result[(row % batch * perStream) + start + (row / batch)] = LogProbability(tape.Logits.AsSpan(row * Units.Vocabulary.Count, Units.Vocabulary.Count), targets[row]);
                }
            }
        }

        return result;
    }

    /// <inheritdoc/>
    public override void Save(string path) => ModelFile.Save(
        path,
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["format"] = Format,
            ["options"] = JsonSerializer.Serialize(Shape.Of(Options), RecurrentShapeJson.Default.Shape),
            ["units"] = LanguageModelHeader.Of(this).ToJson(),
        },
        ModelFile.TensorsOf(_network.Parameters));

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    internal static RecurrentLanguageModel LoadFile(string path, bool mapped)
    {
        var name = Path.GetFileName(path);
        using var file = mapped ? ModelFile.Map(path) : ModelFile.Load(path);
        if (file.RequireText("format") is var format && format != Format)
        {
            throw new ModelFormatException(name, $"format \"{format}\", this build reads \"{Format}\" and n-gram models. Train again.");
        }

        var header = LanguageModelHeader.FromJson(file.RequireText("units"), name);
        try
        {
            var shape = JsonSerializer.Deserialize(file.RequireText("options"), RecurrentShapeJson.Default.Shape) ?? throw new ModelFormatException(name, "the header has no sizes");
            var options = shape.ToOptions(header.Tokens.Count);
            if (!file.Tensors.TryGetValue(EmbeddingTensor, out var embedding) || !embedding.Shape.SequenceEqual([options.Vocabulary, options.Embedding]))
            {
                throw new ModelFormatException(name, $"tensor \"{EmbeddingTensor}\" must have shape ({options.Vocabulary}, {options.Embedding}), as options and tokens say");
            }

            var network = new TokenNetwork(options, new Random(0));
            file.CopyTo(network.Parameters);
            return new RecurrentLanguageModel(network, header.ToUnits(name), PublicWords.FromWords(header.Words));
        }
        catch (Exception e) when (e is JsonException or ArgumentOutOfRangeException)
        {
            throw new ModelFormatException(name, $"its sizes are not what they should be: {e.Message}", e);
        }
    }

    private static float LogProbability(ReadOnlySpan<float> logits, int target)
    {
        var most = float.NegativeInfinity;
        foreach (var value in logits)
        {
            most = Math.Max(most, value);
        }

        var sum = 0.0;
        foreach (var value in logits)
        {
            sum += Math.Exp(value - most);
        }

        return (float)(logits[target] - most - Math.Log(sum));
    }

    private sealed class State(TokenState inner) : LanguageState
    {
        public TokenState Inner => inner;

        public override int Rows => inner.Rows;
    }

    /// <summary>What the file says of the sizes.</summary>
    private sealed record Shape(RecurrentCell Cell, int Embedding, int Hidden, int Layers, bool Tied, bool Residual)
    {
        public static Shape Of(TokenNetworkOptions o) => new(o.Cell, o.Embedding, o.Hidden, o.Layers, o.Tied, o.Residual);

        public TokenNetworkOptions ToOptions(int vocabulary) => new() { Vocabulary = vocabulary, Cell = Cell, Embedding = Embedding, Hidden = Hidden, Layers = Layers, Tied = Tied, Residual = Residual };
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
    [JsonSerializable(typeof(Shape))]
    private sealed partial class RecurrentShapeJson : JsonSerializerContext;
}
