using System.CommandLine;
using System.Text.Json;
using ChatAgent.Cli.Commands;
using ChatAgent.Tests;

namespace ChatAgent.Cli.Tests;

/// <summary>chatagent distance and chatagent grade, as COMMANDS.md states them.</summary>
[Collection("console")]
public sealed class DistanceCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chatagent-distance-").FullName;

    private static string Corpus => Path.Combine(Repository.Root, "corpora", "distance");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Distance_TwoTexts_PrintsDistanceAndEquivalence()
    {
        var (code, output, _) = await Run(DistanceCommand.Create(), "a las 10:45", "a las once menos cuarto", "--json");
        var other = await Run(DistanceCommand.Create(), "a las 10:45", "a las 11:45");

        var row = JsonDocument.Parse(output).RootElement;
        Assert.Equal(0, code);
        Assert.True(row.GetProperty("equivalent").GetBoolean());
        Assert.InRange(row.GetProperty("distance").GetDouble(), 0, 0.3);
        Assert.Contains("not equivalent", other.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("uno")]
    [InlineData("", "dos")]
    [InlineData("uno", "dos", "--language", "xx")]
    [InlineData("evaluate", "--data", "nowhere.jsonl")]
    public async Task Distance_BadUsage_IsTwoWithOneLine(params string[] args)
    {
        var (code, _, errors) = await Run(DistanceCommand.Create(), args);

        Assert.Equal(2, code);
        Assert.NotEmpty(errors);
    }

    [Fact]
    public async Task TrainAndEvaluate_APartOfTheCorpus_GiveTheSameModelTwice()
    {
        await File.WriteAllLinesAsync(In("some.jsonl"), (await File.ReadAllLinesAsync(Path.Combine(Corpus, "es.train.jsonl"))).Take(60));

        Assert.Equal(0, (await Run(DistanceCommand.Create(), "train", "--data", In("some.jsonl"), "--model", In("a"))).Code);
        Assert.Equal(0, (await Run(DistanceCommand.Create(), "train", "--data", In("some.jsonl"), "--model", In("b"))).Code);
        var (code, output, _) = await Run(DistanceCommand.Create(), "evaluate", "--data", In("some.jsonl"), "--model", In("a"), "--json");

        Assert.Equal(0, code);
        Assert.Equal(await File.ReadAllTextAsync(In("a")), await File.ReadAllTextAsync(In("b")));
        Assert.InRange(JsonDocument.Parse(output).RootElement.GetProperty("balancedAccuracy").GetDouble(), 0.8, 1);
    }

    [Fact]
    public async Task Evaluate_BrokenModel_IsTwo()
    {
        await File.WriteAllTextAsync(In("model"), "bias\tmany\n");

        var (code, _, errors) = await Run(DistanceCommand.Create(), "a b", "c d", "--model", In("model"));

        Assert.Equal(2, code);
        Assert.Contains("a number", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Grade_WrittenAnswers_PrintsPointsWithSpans()
    {
        var grading = Path.Combine(Corpus, "grading");

        var (code, output, _) = await Run(GradeCommand.Create(), "--rubric", Path.Combine(grading, "consumidor.yml"), "--answers", Path.Combine(grading, "consumidor.answers.jsonl"), "--json");
        var text = await Run(GradeCommand.Create(), "--rubric", Path.Combine(grading, "consumidor.yml"), "--answers", Path.Combine(grading, "consumidor.answers.jsonl"));

        var first = JsonDocument.Parse(output).RootElement.GetProperty("answers")[0];
        Assert.Equal(0, code);
        Assert.True(first.GetProperty("passed").GetBoolean());
        Assert.Equal("ley", first.GetProperty("points")[0].GetProperty("id").GetString());
        Assert.Contains("19.496", first.GetProperty("points")[0].GetProperty("spans")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Contains("contradicted ley (negation)", text.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"id\":\"1\"}", "\"text\"")]
    [InlineData("{\"text\":\"x\",\"points\":{\"foo\":\"covered\"}}", "foo")]
    [InlineData("{\"text\":\"x\",\"points\":{\"ley\":\"perhaps\"}}", "covered, missing or contradicted")]
    [InlineData("{\"text\":", "JSON")]
    public async Task Grade_BrokenAnswer_NamesItsLine(string row, string reason)
    {
        await File.WriteAllLinesAsync(In("answers.jsonl"), ["{\"id\":\"0\",\"text\":\"nada\"}", row]);

        var (code, _, errors) = await Run(GradeCommand.Create(), "--rubric", Path.Combine(Corpus, "grading", "consumidor.yml"), "--answers", In("answers.jsonl"));

        Assert.Equal(2, code);
        Assert.Contains("answers.jsonl(2,", errors, StringComparison.Ordinal);
        Assert.Contains(reason, errors, StringComparison.Ordinal);
    }

    private string In(string name) => Path.Combine(_folder, name);

    private static async Task<(int Code, string Output, string Errors)> Run(Command command, params string[] args)
    {
        var (before, beforeErrors, output, errors) = (System.Console.Out, System.Console.Error, new StringWriter(), new StringWriter());
        System.Console.SetOut(output);
        System.Console.SetError(errors);
        try
        {
            return (await command.Parse(args).InvokeAsync(), output.ToString(), errors.ToString());
        }
        finally
        {
            System.Console.SetOut(before);
            System.Console.SetError(beforeErrors);
        }
    }
}
