using System.Globalization;
using ChatAgent.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ChatAgent.Nlu.Distance;

/// <summary>What a free answer is graded against: the question and its model answer in points.</summary>
/// <remarks>
/// A YAML or JSON file (JSON is YAML): <c>question</c>; <c>language</c>, es or en; <c>pass</c>, the least score that passes, 0.6 by default; <c>points</c>, a list of a text or of
/// <c>{id, text, also: [other wordings], weight}</c>; <c>must_not</c>, a list of the same form whose <c>weight</c> is taken off.
/// </remarks>
public sealed class Rubric
{
    private Rubric(string question, Language? language, double pass, IReadOnlyList<RubricPoint> points, IReadOnlyList<RubricPoint> mustNot) =>
        (Question, Language, Pass, Points, MustNot) = (question, language, pass, points, mustNot);

    public string Question { get; }

    /// <summary>The language of question and answers; null finds it.</summary>
    public Language? Language { get; }

    /// <summary>The least score that passes, 0 to 1.</summary>
    public double Pass { get; }

    /// <summary>At least one.</summary>
    public IReadOnlyList<RubricPoint> Points { get; }

    public IReadOnlyList<RubricPoint> MustNot { get; }

    /// <summary>Reads a rubric's file.</summary>
    /// <exception cref="FormatException">It is not of the form above: "file(line,column): found, expected".</exception>
    public static Rubric Load(string path) => Parse(File.ReadAllText(path), path);

    /// <summary>Reads a rubric.</summary>
    /// <param name="content">YAML or JSON.</param>
    /// <param name="path">The name that errors bear.</param>
    /// <exception cref="FormatException">It is not of the form above.</exception>
    public static Rubric Parse(string content, string path)
    {
        var yaml = new YamlStream();
        try
        {
            yaml.Load(new StringReader(content));
        }
        catch (YamlException broken)
        {
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{path}({broken.Start.Line},{broken.Start.Column}): broken YAML ({broken.Message})."), broken);
        }

        if (yaml.Documents.Count == 0 || yaml.Documents[0].RootNode is not YamlMappingNode root)
        {
            throw new FormatException($"{path}(1,1): found no mapping, expected question, points and must_not.");
        }

        var question = string.Empty;
        var pass = 0.6;
        Language? language = null;
        List<RubricPoint> points = [], mustNot = [];
        foreach (var (key, value) in root.Children)
        {
            switch ((key as YamlScalarNode)?.Value)
            {
                case "question":
                    question = TextOf(value, path, "question");
                    break;
                case "language":
                    language = LanguageCodes.TryParse(TextOf(value, path, "language"), out var code) ? code : throw At(value, path, $"\"{value}\"", "es or en");
                    break;
                case "pass":
                    pass = NumberOf(value, path, "pass");
                    _ = pass is >= 0 and <= 1 ? 0 : throw At(value, path, $"pass {value}", "0 to 1");
                    break;
                case "points":
                    points = PointsOf(value, path, "points");
                    break;
                case "must_not":
                    mustNot = PointsOf(value, path, "must_not");
                    break;
                default:
                    throw At(key, path, $"\"{key}\"", "question, language, pass, points or must_not");
            }
        }

        if (points.Count == 0)
        {
            throw At(root, path, "no point", "at least one under \"points\"");
        }

        var twice = points.Concat(mustNot).GroupBy(static p => p.Id, StringComparer.Ordinal).FirstOrDefault(static g => g.Count() > 1);
        return twice is null ? new Rubric(question, language, pass, points, mustNot) : throw At(root, path, $"two points with the id \"{twice.Key}\"", "an id of its own for each");
    }

    private static List<RubricPoint> PointsOf(YamlNode node, string path, string list)
    {
        if (node is not YamlSequenceNode items)
        {
            throw At(node, path, $"no list under \"{list}\"", "a list of texts or of {id, text, also, weight}");
        }

        var points = new List<RubricPoint>();
        foreach (var item in items)
        {
            var id = $"{(list == "points" ? string.Empty : "must_not_")}{points.Count + 1}";
            if (item is not YamlMappingNode fields)
            {
                points.Add(new RubricPoint(id, [TextOf(item, path, "text")], 1));
                continue;
            }

            var weight = 1.0;
            var wordings = new List<string>();
            foreach (var (key, value) in fields.Children)
            {
                switch ((key as YamlScalarNode)?.Value)
                {
                    case "id":
                        id = TextOf(value, path, "id");
                        break;
                    case "text":
                        wordings.Insert(0, TextOf(value, path, "text"));
                        break;
                    case "also":
                        wordings.AddRange(value is YamlSequenceNode others ? others.Select(other => TextOf(other, path, "also")) : [TextOf(value, path, "also")]);
                        break;
                    case "weight":
                        weight = NumberOf(value, path, "weight");
                        _ = weight > 0 ? 0 : throw At(value, path, $"weight {value}", "a number above 0");
                        break;
                    default:
                        throw At(key, path, $"\"{key}\"", "id, text, also or weight");
                }
            }

            points.Add(wordings.Count > 0 ? new RubricPoint(id, wordings, weight) : throw At(item, path, $"point \"{id}\" without text", "\"text\""));
        }

        return points;
    }

    private static string TextOf(YamlNode node, string path, string name) => node is YamlScalarNode { Value: { } text } && text.AsSpan().Trim().Length > 0 ? text.Trim() : throw At(node, path, $"no text under \"{name}\"", "a text");

    private static double NumberOf(YamlNode node, string path, string name) =>
        node is YamlScalarNode { Value: { } text } && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : throw At(node, path, $"\"{name}\" {node}", "a number");

    private static FormatException At(YamlNode node, string path, string found, string expected) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{path}({node.Start.Line},{node.Start.Column}): found {found}, expected {expected}."));
}
