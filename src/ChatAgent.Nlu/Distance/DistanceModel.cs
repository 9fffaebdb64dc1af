using System.Globalization;
using System.Text;
using ChatAgent.Neural;

namespace ChatAgent.Nlu.Distance;

/// <summary>How much each difference between two texts weighs, and from which distance on they are not equivalent.</summary>
/// <remarks>
/// distance = 1 / (1 + exp(bias − Σ w_i f_i)), so that a text's distance to its equal is small and never falls when a difference is added: all w_i ≥ 0. A text file, a line each: <c>name TAB weight</c>, those of
/// <see cref="DifferenceMeasure.Names"/>, with <c>bias</c>, <c>threshold</c>, and the same again under <c>says.</c> for the one-sided question that grading asks. Immutable.
/// </remarks>
public sealed class DistanceModel
{
    private const string Header = "# ChatAgent distance model, version 1";
    private static readonly Lazy<DistanceModel> _builtIn = new(static () => Parse(NluResource.Lines("DistanceModel.txt"), "DistanceModel.txt"));

    internal DistanceModel(Scale both, Scale oneSided) => (Both, OneSided) = (both, oneSided);

    /// <summary>The model that comes with the house, learned from the training pairs of <c>corpora/distance</c>.</summary>
    public static DistanceModel BuiltIn => _builtIn.Value;

    /// <summary>Texts are equivalent up to this distance.</summary>
    public double Threshold => Both.Threshold;

    /// <summary>Weights for "mean the same".</summary>
    internal Scale Both { get; }

    /// <summary>Weights for "the second says what the first does".</summary>
    internal Scale OneSided { get; }

    /// <summary>Reads a model.</summary>
    /// <exception cref="ModelFormatException">The file is not one: the message says what and where.</exception>
    public static DistanceModel Load(string path) => Parse(File.ReadLines(path).Where(static line => line.Length > 0 && line[0] != '#'), path);

    /// <summary>Writes the model.</summary>
    public void Save(string path) => File.WriteAllText(path, ToText());

    /// <summary>The text of the model's file.</summary>
    internal string ToText()
    {
        var text = new StringBuilder(Header).Append('\n');
        foreach (var (prefix, scale) in new[] { (string.Empty, Both), ("says.", OneSided) })
        {
            text.Append(CultureInfo.InvariantCulture, $"{prefix}bias\t{scale.Bias:R}\n{prefix}threshold\t{scale.Threshold:R}\n");
            for (var i = 0; i < scale.Weights.Length; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $"{prefix}{DifferenceMeasure.Names[i]}\t{scale.Weights[i]:R}\n");
            }
        }

        return text.ToString();
    }

    private static DistanceModel Parse(IEnumerable<string> lines, string path)
    {
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            var cells = line.Split('\t');
            if (cells.Length != 2 || !double.TryParse(cells[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
            {
                throw new ModelFormatException(path, $"found \"{(line.Length > 60 ? line[..60] : line)}\", expected a name, a tab and a number.");
            }

            values[cells[0]] = value;
        }

        return new DistanceModel(ScaleOf(string.Empty), ScaleOf("says."));

        Scale ScaleOf(string prefix) => new([.. DifferenceMeasure.Names.Select(name => Value(prefix + name))], Value(prefix + "bias"), Value(prefix + "threshold"));

        double Value(string name) => values.TryGetValue(name, out var value) ? value : throw new ModelFormatException(path, $"\"{name}\" is missing; it was written by another version. Train it again.");
    }

    /// <summary>Weights, bias and threshold of one question.</summary>
    internal sealed record Scale(double[] Weights, double Bias, double Threshold)
    {
        public double Distance(double[] differences)
        {
            var sum = -Bias;
            for (var i = 0; i < Weights.Length; i++)
            {
                sum += Weights[i] * differences[i];
            }

            return 1 / (1 + Math.Exp(-sum));
        }
    }
}
