using System.Text.Json;
using ChatAgent.Cli.Commands;
using ChatAgent.Tests;

namespace ChatAgent.Cli.Tests;

/// <summary>chatagent nlg, as COMMANDS.md states it, on a corpus of a few pairs.</summary>
[Collection("console")]
public sealed class NlgCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chatagent-nlg-").FullName;

    private string Model => In("model");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task TrainGenerateEvaluateExplain_TheClinicsGreetings_HoldTheContract()
    {
        var corpus = Path.Combine(Repository.Root, "corpora", "clinic", "nlg", "es.train.jsonl");
        var rows = (await File.ReadAllLinesAsync(corpus)).Where(row => row.Contains("\"act\":\"welcome\"", StringComparison.Ordinal) || row.Contains("\"act\":\"greet_known\"", StringComparison.Ordinal) || row.Contains("\"act\": \"welcome\"", StringComparison.Ordinal) || row.Contains("\"act\": \"greet_known\"", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(rows);
        await File.WriteAllLinesAsync(In("es.jsonl"), rows);

        Assert.Equal(0, (await Run("train", "--pairs", In("es.jsonl"), "--model", Model, "--epochs", "40", "--json")).Code);
        Assert.Equal(0, (await Run("generate", "--model", Model, "--input", In("es.jsonl"), "--output", In("out.txt"), "--beam", "3")).Code);
        var evaluated = await Run("evaluate", "--hypotheses", In("out.txt"), "--references", In("es.jsonl"), "--json");
        var explained = await Run("explain", "--model", Model, "--input", In("es.jsonl"), "--row", "1");

        Assert.Equal(rows.Length, (await File.ReadAllLinesAsync(In("out.txt"))).Length);
        var scores = JsonDocument.Parse(evaluated.Output).RootElement;
        Assert.InRange(scores.GetProperty("bleu").GetDouble(), 0.01, 1.0);
        Assert.Equal(0.0, scores.GetProperty("slotErrorRate").GetDouble());
        Assert.True(scores.GetProperty("nist").GetDouble() > 0 && scores.GetProperty("rougeL").GetDouble() > 0);
        Assert.Equal(0, explained.Code);
        Assert.Contains("[chosen; log p", explained.Output, StringComparison.Ordinal);
        Assert.Contains("{patient}", explained.Output, StringComparison.Ordinal);
        Assert.Matches(@"perplexity 1\.\d{3} a unit", explained.Output);
        Assert.Matches(@"nearest \d+ ?% in common with the taught ""[^""]*\{patient\}", explained.Output);
    }

    [Fact]
    public async Task Generate_BrokenInput_IsCode2()
    {
        await File.WriteAllTextAsync(In("broken.jsonl"), "{\"slots\":{}}\n");
        await File.WriteAllTextAsync(In("es.pairs.jsonl"), "{\"act\":\"greet\"}\n");
        Assert.Equal(2, (await Run("train", "--pairs", In("es.pairs.jsonl"), "--model", Model)).Code);
        Assert.Equal(2, (await Run("generate", "--model", Model, "--input", In("broken.jsonl"), "--output", In("out.txt"))).Code);
        Assert.Equal(2, (await Run("evaluate", "--hypotheses", In("none.txt"), "--references", In("es.pairs.jsonl"))).Code);
    }

    [Fact]
    public async Task Generate_MeaningsThatCannotBeSaid_NameTheLineAndKeepItsPlace()
    {
        string[] pairs = ["{\"act\":\"call\",\"slots\":{\"name\":\"Eva\"},\"text\":\"Llame a Eva.\"}", "{\"act\":\"call\",\"slots\":{\"name\":\"Ana\"},\"text\":\"Por favor llame a Ana.\"}"];
        await File.WriteAllLinesAsync(In("es.jsonl"), pairs);
        Assert.Equal(0, (await Run("train", "--pairs", In("es.jsonl"), "--model", Model, "--epochs", "60")).Code);
        await File.WriteAllLinesAsync(In("es.meanings.jsonl"), [
            "{\"act\":\"call\",\"slots\":{\"name\":\"Luz\"}}", "{\"act\":\"sing\",\"slots\":{\"name\":\"Luz\"}}", "{\"act\":\"call\",\"slots\":{\"name\":\"Luz\",\"hour\":\"9:00\"}}", "{\"act\":\"call\",\"slots\":{\"name\":\" \"}}",
            $"{{\"act\":\"call\",\"slots\":{{\"name\":\"{new string('x', 501)}\"}}}}", "{\"act\":\"call\",\"slots\":{\"name\":\"{date} <b>Luz</b>\"}}", $"{{\"act\":\"call\",\"slots\":{{\"name\":\"{new string('x', 500)}\"}}}}"]);

        var (code, _, errors) = await RunWithErrors("generate", "--model", Model, "--input", In("es.meanings.jsonl"), "--output", In("out.txt"));

        var lines = await File.ReadAllLinesAsync(In("out.txt"));
        Assert.Equal(1, code);
        Assert.Equal(7, lines.Length);
        Assert.Contains("Luz", lines[0], StringComparison.Ordinal);
        Assert.All(lines[1..5], line => Assert.Equal(string.Empty, line));
        Assert.Contains("(date) (b)Luz(/b)", lines[5], StringComparison.Ordinal);
        Assert.True(lines[6].Length == 0 || lines[6].Contains(new string('x', 500), StringComparison.Ordinal), lines[6]);
        foreach (var (line, reason) in ((int, string)[])[(2, "\"sing\""), (3, "\"call\""), (4, "\"name\" is empty"), (5, "501 characters")])
        {
            Assert.Contains(errors.Split('\n'), error => error.Contains($"es.meanings.jsonl({line},1)", StringComparison.Ordinal) && error.Contains(reason, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("contradiction.jsonl", "{\"act\":\"call\",\"slots\":{\"name\":\"Luz\",\"name\":\"Eva\"}}", "both \"Luz\" and \"Eva\"")]
    [InlineData("empty.csv", "MR\n\"name[], food[French]\"", "\"name\" is empty")]
    [InlineData("torn.csv", "MR\n\"name[Luz], food\"", "expected slot[value]")]
    [InlineData("torn.json", "[[\"inform(name=luz\", \"luz\", \"luz\"]]", "expected act(slot=value")]
    public async Task Generate_FileThatIsNoMeaning_IsCode2AndSaysWhere(string name, string content, string reason)
    {
        await File.WriteAllLinesAsync(In("es.jsonl"), ["{\"act\":\"call\",\"slots\":{\"name\":\"Eva\"},\"text\":\"Llame a Eva.\"}"]);
        Assert.Equal(0, (await Run("train", "--pairs", In("es.jsonl"), "--model", Model, "--epochs", "1")).Code);
        await File.WriteAllTextAsync(In(name), content);

        var (code, _, errors) = await RunWithErrors("generate", "--model", Model, "--input", In(name), "--output", In("out.txt"));

        Assert.Equal(2, code);
        Assert.Contains(name, errors, StringComparison.Ordinal);
        Assert.Contains(reason, errors, StringComparison.Ordinal);
        Assert.False(File.Exists(In("out.txt")));
    }

    private string In(string name) => Path.Combine(_folder, name);

    private static async Task<(int Code, string Output, string Errors)> RunWithErrors(params string[] args)
    {
        var (before, errors) = (System.Console.Error, new StringWriter());
        System.Console.SetError(errors);
        try
        {
            var (code, output) = await Run(args);
            return (code, output, errors.ToString());
        }
        finally
        {
            System.Console.SetError(before);
        }
    }

    private static async Task<(int Code, string Output)> Run(params string[] args)
    {
        var (before, output) = (System.Console.Out, new StringWriter());
        System.Console.SetOut(output);
        try
        {
            return (await NlgCommand.Create().Parse(args).InvokeAsync(), output.ToString());
        }
        finally
        {
            System.Console.SetOut(before);
        }
    }
}
