using System.Text.Json;
using System.Text.Json.Serialization;
using ChatAgent.Neural;
using ChatAgent.Text;

namespace ChatAgent.Nlg;

/// <summary>Reads a text back into worded values by the runs of words it holds, one logistic model a value, learnt from pairs. Immutable and thread-safe.</summary>
/// <remarks>
/// p(f|text) = σ(b_f + Σ_g w_fg / √n)          g  the n runs of one to four folded words of the text, by hash; copied values stand as "#"
/// It shares nothing with the search: neither phrases nor units nor network. A value is said when p is above the value's own threshold, which told the training texts'
/// meanings best; values that it cannot tell are passed over. Copied values have to stand in the text as they are, once.
/// </remarks>
public sealed class MeaningReader : IReplyChecker
{
    /// <summary>The file in a model's folder.</summary>
    public const string FileName = "meaning-reader.safetensors";

    private const string Format = "chatagent meaning reader 1";
    private const int Buckets = 1 << 15;
    private const int LongestRun = 4;
    private const int Passes = 4;
    private const float Rate = 0.5f;

    /// <summary>Least F-measure of a value that is judged: below it the texts do not tell.</summary>
    private const double Readable = 0.75;

    /// <summary>Nobody gave the value, and the text says it this surely.</summary>
    private const float Certain = 0.9f;

    private readonly Knowledge _knowledge;
    private readonly float[] _weights;
    private readonly float[] _bias;
    private readonly SlotLexicon _copied;

    private MeaningReader(Knowledge knowledge, float[] weights, float[] bias) =>
        (_knowledge, _weights, _bias, _copied) = (knowledge, weights, bias, new SlotLexicon(knowledge.Copied, []));

    /// <summary>Learns to read from pairs.</summary>
    /// <param name="pairs">At least one.</param>
    /// <param name="lexicon">Tells which values are copied; its phrases are not looked at.</param>
    /// <param name="seed">Of the order of the pairs.</param>
    public static MeaningReader Train(IReadOnlyList<ReplyPair> pairs, SlotLexicon lexicon, int seed)
    {
        string[][] given = [.. pairs.Select(pair => lexicon.FeaturesOf(pair.Slots).Where(feature => feature.Contains('=', StringComparison.Ordinal)).ToArray())];
        string[] features = [.. given.SelectMany(some => some).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var numbers = features.Index().ToDictionary(feature => feature.Item, feature => feature.Index, StringComparer.Ordinal);
        var reader = new MeaningReader(new Knowledge([.. lexicon.Copied], features, new float[features.Length], new double[features.Length]), new float[features.Length * Buckets], new float[features.Length]);
        int[][] runs = [.. pairs.Select(pair => reader.RunsOf(pair.Text, pair.Slots))];
        bool[][] labels = [.. given.Select(some => Marked(features.Length, some.Select(feature => numbers[feature])))];
        var (order, random) = (Enumerable.Range(0, pairs.Count).ToArray(), new Random(seed));
        var scores = new float[features.Length];
        for (var pass = 0; pass < Passes; pass++)
        {
            random.Shuffle(order);
            foreach (var (step, i) in order.Index())
            {
                reader.Read(runs[i], scores);
                var rate = Rate * (1f - ((pass + ((float)step / order.Length)) / (Passes + 1)));
                var share = rate / MathF.Sqrt(Math.Max(1, runs[i].Length));
                for (var f = 0; f < features.Length; f++)
                {
                    var error = (labels[i][f] ? 1f : 0f) - scores[f];
                    reader._bias[f] += 0.1f * rate * error;
                    foreach (var run in runs[i])
                    {
                        reader._weights[(run * features.Length) + f] += share * error;
                    }
                }
            }
        }

        reader.SetThresholds(runs, labels);
        return reader;
    }

    /// <inheritdoc/>
    public string? Check(string text, IReadOnlyDictionary<string, string> slots, Language language)
    {
        if (text.AsSpan().ContainsAny('{', '}'))
        {
            return "unreadable:placeholder";
        }

        var rest = ValueFinder.Fold(text);
        foreach (var (slot, value) in slots.Where(slot => _copied.IsCopied(slot.Key, slot.Value)).OrderByDescending(slot => slot.Value.Length))
        {
            (int At, int Length)[] places = [.. ValueFinder.Occurrences(rest, ValueFinder.Fold(value))];
            if (places.Length == 0)
            {
                return $"missing:{slot}";
            }

            if (places.Length > 1 && value.Contains(' ', StringComparison.Ordinal))
            {
                return $"repeated:{slot}";
            }

            rest = $"{rest[..places[0].At]}#{rest[(places[0].At + places[0].Length)..]}";
        }

        var scores = new float[_knowledge.Features.Length];
        Read(RunsOf(text, slots), scores);
        var given = slots.ToDictionary(slot => slot.Key, slot => _copied.FeatureOf(slot.Key, slot.Value), StringComparer.Ordinal);
        for (var f = 0; f < scores.Length; f++)
        {
            if (_knowledge.Quality[f] < Readable)
            {
                continue;
            }

            var (feature, slot) = (_knowledge.Features[f], SlotLexicon.SlotOf(_knowledge.Features[f]));
            if (given.ContainsValue(feature) && scores[f] < _knowledge.Thresholds[f])
            {
                return $"missing:{slot}";
            }

            if (!given.ContainsValue(feature) && scores[f] > Math.Max(Certain, _knowledge.Thresholds[f]))
            {
                return $"{(given.ContainsKey(slot) ? "wrong" : "invented")}:{slot}";
            }
        }

        return null;
    }

    /// <summary>Writes the reader into a folder, which must be there.</summary>
    /// <exception cref="IOException">It cannot be written; a file that was there is as it was.</exception>
    public void Save(string folder) => ModelFile.Save(
        Path.Combine(folder, FileName),
        new Dictionary<string, string>(StringComparer.Ordinal) { ["format"] = Format, ["knowledge"] = JsonSerializer.Serialize(_knowledge, MeaningReaderJson.Default.Knowledge) },
        [new ModelTensor("weights", [_weights.Length], _weights), new ModelTensor("bias", [_bias.Length], _bias)]);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="ModelFormatException">The file is broken, of another kind or of another version.</exception>
    /// <exception cref="IOException">It is missing or cannot be read.</exception>
    public static MeaningReader Load(string folder)
    {
        var file = ModelFile.Load(Path.Combine(folder, FileName));
        if (file.RequireText("format") is var format && format != Format)
        {
            throw new ModelFormatException(FileName, $"format \"{format}\", this build reads \"{Format}\". Train again.");
        }

        try
        {
            if (JsonSerializer.Deserialize(file.RequireText("knowledge"), MeaningReaderJson.Default.Knowledge) is not { Copied: not null, Features: { } features, Thresholds: { } thresholds, Quality: { } quality } knowledge
                || thresholds.Length != features.Length || quality.Length != features.Length)
            {
                throw new ModelFormatException(FileName, "\"knowledge\" must have copied, features, and a threshold and a quality for each");
            }

            var (weights, bias) = (new float[features.Length * Buckets], new float[features.Length]);
            file.CopyTo("weights", [weights.Length], weights);
            file.CopyTo("bias", [bias.Length], bias);
            return new MeaningReader(knowledge, weights, bias);
        }
        catch (JsonException e)
        {
            throw new ModelFormatException(FileName, e.Message, e);
        }
    }

    private void Read(int[] runs, float[] probabilities)
    {
        var count = _bias.Length;
        Array.Clear(probabilities);
        foreach (var run in runs)
        {
            Kernels.Add(_weights.AsSpan(run * count, count), probabilities);
        }

        Kernels.Scale(1f / MathF.Sqrt(Math.Max(1, runs.Length)), probabilities);
        Kernels.Add(_bias, probabilities);
        Kernels.Sigmoid(probabilities, probabilities);
    }

    /// <summary>Buckets of the distinct runs of a text whose copied values are struck out.</summary>
    private int[] RunsOf(string text, IReadOnlyDictionary<string, string> slots)
    {
        var rest = ValueFinder.Fold(text);
        foreach (var value in slots.Where(slot => _copied.IsCopied(slot.Key, slot.Value)).Select(slot => slot.Value).OrderByDescending(value => value.Length))
        {
            foreach (var form in ValueFinder.FormsOf(value))
            {
                if (form.Length > 2 && ValueFinder.Occurrences(rest, form).Any())
                {
                    rest = rest.Replace(form, "#", StringComparison.Ordinal);
                    break;
                }
            }
        }

        var words = WordsOf(rest);
        var buckets = new HashSet<int>();
        for (var at = 0; at < words.Count; at++)
        {
            var hash = 14695981039346656037UL;
            for (var length = 0; length < LongestRun && at + length < words.Count; length++)
            {
                // FNV-1a, the same on every machine.
                foreach (var c in words[at + length])
                {
                    hash = (hash ^ c) * 1099511628211UL;
                }

                hash = (hash ^ ' ') * 1099511628211UL;
                buckets.Add((int)((hash ^ (hash >> 29)) % Buckets));
            }
        }

        return [.. buckets];
    }

    /// <summary>Runs of letters, runs of digits, and single marks; hyphens and apostrophes part words.</summary>
    private static List<string> WordsOf(string folded)
    {
        var words = new List<string>();
        for (var at = 0; at < folded.Length;)
        {
            var start = at++;
            if (char.IsLetter(folded[start]))
            {
                while (at < folded.Length && char.IsLetter(folded[at]))
                {
                    at++;
                }
            }
            else if (char.IsDigit(folded[start]))
            {
                while (at < folded.Length && char.IsDigit(folded[at]))
                {
                    at++;
                }
            }
            else if (folded[start] is ' ' or '-' or '\'' or '’')
            {
                continue;
            }

            words.Add(folded[start..at]);
        }

        return words;
    }

    /// <summary>For each value the threshold with the best F-measure over the training texts.</summary>
    private void SetThresholds(int[][] runs, bool[][] labels)
    {
        var scores = new float[runs.Length][];
        for (var i = 0; i < runs.Length; i++)
        {
            Read(runs[i], scores[i] = new float[_bias.Length]);
        }

        for (var f = 0; f < _bias.Length; f++)
        {
            var positives = labels.Count(label => label[f]);
            for (var threshold = 0.1f; threshold <= 0.8f; threshold += 0.1f)
            {
                var (found, right) = (0, 0);
                for (var i = 0; i < runs.Length; i++)
                {
                    found += scores[i][f] >= threshold ? 1 : 0;
                    right += scores[i][f] >= threshold && labels[i][f] ? 1 : 0;
                }

                var measure = 2.0 * right / Math.Max(1, found + positives);
                if (measure > _knowledge.Quality[f])
                {
                    (_knowledge.Quality[f], _knowledge.Thresholds[f]) = (measure, threshold);
                }
            }
        }
    }

    private static bool[] Marked(int count, IEnumerable<int> marked)
    {
        var marks = new bool[count];
        foreach (var one in marked)
        {
            marks[one] = true;
        }

        return marks;
    }

    /// <param name="Copied">Slots whose value is copied.</param>
    /// <param name="Features">Values that are worded, in the order of the weights.</param>
    /// <param name="Thresholds">Of each.</param>
    /// <param name="Quality">F-measure of each over the training texts.</param>
    internal sealed record Knowledge(string[] Copied, string[] Features, float[] Thresholds, double[] Quality);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MeaningReader.Knowledge))]
internal sealed partial class MeaningReaderJson : JsonSerializerContext;
