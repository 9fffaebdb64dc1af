using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ChatAgent.Nlu.Distance;

namespace ChatAgent.Cli.Commands;

/// <summary><c>chatagent grade</c>: free answers held against a model answer in points.</summary>
internal static class GradeCommand
{
    public static Command Create()
    {
        var rubric = new Option<string>("--rubric") { Description = "Question and points, YAML or JSON.", Required = true };
        var answers = new Option<string>("--answers") { Description = "Answers, one JSON object a line: {\"id\",\"text\"}; with \"points\":{id: covered|missing|contradicted} the agreement is measured.", Required = true };
        var (json, model, vectors) = (DistanceCommand.Json(), DistanceCommand.Model(), DistanceCommand.Vectors());
        var command = new Command("grade", "Score free answers against a model answer, with what was covered, missing and contradicted.") { rubric, answers, json, model, vectors };
        command.SetAction(result => CommandExit.Guarded(() =>
        {
            var grader = new AnswerGrader(Rubric.Load(result.GetValue(rubric)!), DistanceCommand.Comparer(result.GetValue(model), result.GetValue(vectors)));
            var path = result.GetValue(answers)!;
            if (!JsonLines.TryRead(path, out var rows, out var problem))
            {
                return CommandExit.Usage(problem);
            }

            var graded = new List<Graded>();
            foreach (var (line, row) in rows)
            {
                if (!row.TryGetProperty("text", out var text) || text.ValueKind != JsonValueKind.String)
                {
                    return CommandExit.Usage($"{path}({line},1): found no \"text\", expected a string.");
                }

                var expected = new Dictionary<string, PointStatus>(StringComparer.Ordinal);
                if (row.TryGetProperty("points", out var points) && !TryExpected(points, grader.Rubric, expected, out var wrong))
                {
                    return CommandExit.Usage($"{path}({line},1): {wrong}");
                }

                var id = row.TryGetProperty("id", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString()! : line.ToString(CultureInfo.InvariantCulture);
                graded.Add(new Graded(id, text.GetString()!, grader.Grade(text.GetString()!), expected));
            }

            if (graded.Count == 0)
            {
                return CommandExit.Usage($"{path}(1,1): found no answer, expected a JSON object a line.");
            }

            if (result.GetValue(json))
            {
                WriteJson(graded);
            }
            else
            {
                WriteText(graded);
            }

            return CommandExit.Done;
        }));
        return command;
    }

    private static bool TryExpected(JsonElement points, Rubric rubric, Dictionary<string, PointStatus> expected, out string problem)
    {
        problem = string.Empty;
        if (points.ValueKind != JsonValueKind.Object)
        {
            problem = "\"points\" is no object, expected {id: covered, missing or contradicted}.";
            return false;
        }

        foreach (var point in points.EnumerateObject())
        {
            if (rubric.Points.All(p => p.Id != point.Name))
            {
                problem = $"found point \"{point.Name}\", expected one of {string.Join(", ", rubric.Points.Select(static p => p.Id))}.";
                return false;
            }

            if (point.Value.ValueKind != JsonValueKind.String || !Enum.TryParse<PointStatus>(point.Value.GetString(), ignoreCase: true, out var status) || !Enum.IsDefined(status))
            {
                problem = $"\"{point.Name}\" is {point.Value}, expected covered, missing or contradicted.";
                return false;
            }

            expected[point.Name] = status;
        }

        return true;
    }

    private static (int Right, int All) Agreement(IEnumerable<Graded> graded)
    {
        var (right, all) = (0, 0);
        foreach (var answer in graded)
        {
            foreach (var point in answer.Grade.Points)
            {
                if (answer.Expected.TryGetValue(point.Point.Id, out var status))
                {
                    all++;
                    right += point.Status == status ? 1 : 0;
                }
            }
        }

        return (right, all);
    }

    private static void WriteText(List<Graded> graded)
    {
        foreach (var answer in graded)
        {
            System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{answer.Id}: {answer.Grade.Score:F2} {(answer.Grade.IsPassed ? "passed" : "failed")}"));
            foreach (var point in answer.Grade.Points)
            {
                var why = point.Status == PointStatus.Contradicted ? $" ({string.Join(", ", Reasons(point))})" : string.Empty;
                System.Console.WriteLine($"  {point.Status.ToString().ToLowerInvariant(),-12} {point.Point.Id}{why}{Quoted(point, answer.Text)}");
            }

            foreach (var point in answer.Grade.MustNot.Where(static p => p.Status == PointStatus.Covered))
            {
                System.Console.WriteLine($"  {"must not",-12} {point.Point.Id}{Quoted(point, answer.Text)}");
            }
        }

        if (Agreement(graded) is { All: > 0 } agreement)
        {
            System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{agreement.Right} of {agreement.All} points as expected ({100.0 * agreement.Right / agreement.All:F1} %)"));
        }
    }

    private static string Quoted(PointGrade point, string answer) => point.Spans.Count == 0 ? string.Empty : $": «{string.Join("» «", point.Spans.Select(span => span.In(answer)))}»";

    // What is missing besides is no reason of a contradiction.
    private static IEnumerable<string> Reasons(PointGrade point) => point.Differences.Where(static kind => kind != DifferenceKind.Content).Select(static kind => kind.ToString().ToLowerInvariant());

    private static void WriteJson(List<Graded> graded)
    {
        System.Console.WriteLine(JsonLines.Object(writer =>
        {
            writer.WriteNumber("meanScore", Math.Round(graded.Average(static g => g.Grade.Score), 4));
            writer.WriteNumber("passed", graded.Count(static g => g.Grade.IsPassed));
            if (Agreement(graded) is { All: > 0 } agreement)
            {
                writer.WriteNumber("pointsAsExpected", agreement.Right);
                writer.WriteNumber("pointsWithExpectation", agreement.All);
            }

            writer.WriteStartArray("answers");
            foreach (var answer in graded)
            {
                writer.WriteStartObject();
                writer.WriteString("id", answer.Id);
                writer.WriteNumber("score", Math.Round(answer.Grade.Score, 4));
                writer.WriteBoolean("passed", answer.Grade.IsPassed);
                Points(writer, "points", answer.Grade.Points, answer.Text);
                Points(writer, "mustNot", answer.Grade.MustNot.Where(static p => p.Status == PointStatus.Covered), answer.Text);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }));
    }

    private static void Points(Utf8JsonWriter writer, string name, IEnumerable<PointGrade> points, string answer)
    {
        writer.WriteStartArray(name);
        foreach (var point in points)
        {
            writer.WriteStartObject();
            writer.WriteString("id", point.Point.Id);
            writer.WriteString("status", point.Status.ToString().ToLowerInvariant());
            writer.WriteNumber("weight", point.Point.Weight);
            writer.WriteNumber("distance", Math.Round(point.Distance, 4));
            writer.WriteStartArray("spans");
            foreach (var span in point.Spans)
            {
                writer.WriteStartObject();
                writer.WriteNumber("start", span.Start);
                writer.WriteNumber("end", span.End);
                writer.WriteString("text", span.In(answer));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartArray("why");
            foreach (var reason in point.Status == PointStatus.Contradicted ? Reasons(point) : [])
            {
                writer.WriteStringValue(reason);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private sealed record Graded(string Id, string Text, AnswerGrade Grade, Dictionary<string, PointStatus> Expected);
}
