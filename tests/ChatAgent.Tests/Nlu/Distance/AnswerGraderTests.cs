using System.Text.Json;
using ChatAgent.Nlu.Distance;
using ChatAgent.Tests;

namespace ChatAgent.Nlu.Tests.Distance;

/// <summary>Free answers held against a model answer.</summary>
public sealed class AnswerGraderTests
{
    private const string Law = """
        question: ¿Qué ley protege a los consumidores?
        language: es
        points:
          - { id: ley, text: La ley 19.496 protege a los consumidores., weight: 3 }
          - { id: plazo, text: La garantía legal dura seis meses. }
        must_not:
          - { id: cobro, text: El consumidor debe pagar la reparación. }
        """;

    [Theory]
    [InlineData("Los consumidores están amparados por la ley 19.496. Durante 6 meses rige la garantía legal.", PointStatus.Covered, PointStatus.Covered, 1.0)]
    [InlineData("La ley 19.496 no protege a los consumidores. La garantía legal dura tres meses.", PointStatus.Contradicted, PointStatus.Contradicted, 0.0)]
    [InlineData("Hace buen tiempo hoy.", PointStatus.Missing, PointStatus.Missing, 0.0)]
    [InlineData("La ley 19.496 protege a los consumidores. El consumidor debe pagar la reparación.", PointStatus.Covered, PointStatus.Missing, 0.5)]
    public void Grade_AnAnswer_SaysWhatBecameOfEachPoint(string answer, PointStatus law, PointStatus term, double score)
    {
        var grade = new AnswerGrader(Rubric.Parse(Law, "law.yml")).Grade(answer);

        Assert.Equal([law, term], grade.Points.Select(static p => p.Status));
        Assert.Equal(score, grade.Score, 6);
        Assert.Equal(score >= 0.6, grade.IsPassed);
        Assert.All(grade.Points, point => Assert.Equal(point.Status == PointStatus.Missing, point.Spans.Count == 0));
        Assert.All(grade.Points.SelectMany(static p => p.Spans), span => Assert.InRange(span.End, 1, answer.Length));
    }

    [Fact]
    public void Grade_DeniedAtADistance_IsNotCovered()
    {
        var grade = new AnswerGrader(Rubric.Parse(Law, "law.yml")).Grade("No es verdad que la ley 19.496 proteja a los consumidores.");

        Assert.NotEqual(PointStatus.Covered, grade.Points[0].Status);
    }

    [Theory]
    [InlineData("consumidor", 0.85)]
    [InlineData("examen", 0.75)]
    public void Grade_WrittenAnswers_AgreeWithTheirAuthor(string name, double atLeast)
    {
        var folder = Path.Combine(Repository.Root, "corpora", "distance", "grading");
        var grader = new AnswerGrader(Rubric.Load(Path.Combine(folder, $"{name}.yml")));
        var (right, all) = (0, 0);
        foreach (var row in File.ReadLines(Path.Combine(folder, $"{name}.answers.jsonl")).Select(static line => JsonDocument.Parse(line).RootElement))
        {
            var grade = grader.Grade(row.GetProperty("text").GetString()!);
            foreach (var point in grade.Points)
            {
                all++;
                right += string.Equals(row.GetProperty("points").GetProperty(point.Point.Id).GetString(), point.Status.ToString(), StringComparison.OrdinalIgnoreCase) ? 1 : 0;
            }
        }

        Assert.InRange((double)right / all, atLeast, 1);
    }

    [Theory]
    [InlineData("points: [a, a]\nfoo: 1", "(2,1)", "foo")]
    [InlineData("question: x", "(1,1)", "at least one")]
    [InlineData("points:\n  - { id: a, text: x, weight: -1 }", "(2,", "above 0")]
    [InlineData("points:\n  - { id: a, text: x }\n  - { id: a, text: y }", "(1,1)", "\"a\"")]
    [InlineData("points:\n  - { id: a }", "(2,", "\"text\"")]
    [InlineData("pass: 7\npoints: [a]", "(1,", "0 to 1")]
    [InlineData("points: [", "broken", "YAML")]
    [InlineData("- a", "(1,1)", "mapping")]
    public void Parse_BrokenRubric_NamesThePlace(string content, string place, string reason)
    {
        var error = Assert.Throws<FormatException>(() => Rubric.Parse(content, "r.yml"));

        Assert.StartsWith("r.yml", error.Message, StringComparison.Ordinal);
        Assert.Contains(place, error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_Json_IsReadToo()
    {
        var rubric = Rubric.Parse("""{"question":"x","pass":0.5,"points":[{"id":"a","text":"t","also":["u"],"weight":2},"v"]}""", "r.json");

        Assert.Equal(("x", 0.5), (rubric.Question, rubric.Pass));
        Assert.Equal(["a", "2"], rubric.Points.Select(static p => p.Id));
        Assert.Equal(["t", "u"], rubric.Points[0].Wordings);
    }
}
