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

    private string In(string name) => Path.Combine(_folder, name);

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
