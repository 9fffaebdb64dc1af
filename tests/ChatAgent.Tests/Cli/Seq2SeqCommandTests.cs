using System.Text.Json;
using ChatAgent.Cli.Commands;

namespace ChatAgent.Cli.Tests;

/// <summary>chatagent seq2seq on a few pairs.</summary>
[Collection("console")]
public sealed class Seq2SeqCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chatagent-seq2seq-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task TrainRunEvaluate_NumbersInWords_HoldTheContract()
    {
        string[] tens = ["treinta", "cuarenta", "cincuenta"], units = ["uno", "dos", "tres"];
        await File.WriteAllLinesAsync(In("pairs.tsv"), [.. tens.SelectMany((ten, t) => units.Select((unit, u) => $"{ten} y {unit}\t{t + 3}{u + 1}")), ""]);

        var trained = await Run(
            "train", "--pairs", In("pairs.tsv"), "--model", In("m.safetensors"), "--target-unit", "character", "--epochs", "150", "--batch", "4", "--hidden", "24", "--embedding", "12",
            "--dropout", "0", "--attention", "additive", "--threads", "1", "--checkpoint", In("run"), "--json");
        var evaluated = await Run("evaluate", "--model", In("m.safetensors"), "--pairs", In("pairs.tsv"), "--beam", "3", "--json");
        var shown = await Run("run", "--model", In("m.safetensors"), "cuarenta y dos", "--show-attention");
        var json = await Run("run", "--model", In("m.safetensors"), "cuarenta y dos", "treinta y uno", "--json");

        Assert.Equal(0, trained.Code);
        Assert.True(File.Exists(In("run")));
        Assert.Equal(9, JsonDocument.Parse(trained.Output).RootElement.GetProperty("pairs").GetInt32());
        Assert.Equal(1.0, JsonDocument.Parse(evaluated.Output).RootElement.GetProperty("exact").GetDouble());
        string[] lines = shown.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("42", lines[0].Trim());
        Assert.Contains("cuarenta y  dos", lines[1], StringComparison.Ordinal);
        Assert.Equal(["4", "2", "(end)"], lines[2..].Select(line => line.Split(' ')[0]));
        var row = JsonDocument.Parse(json.Output.Split('\n')[1]).RootElement;
        Assert.Equal("31", row.GetProperty("target").GetString());
        Assert.All(row.GetProperty("attention").EnumerateArray(), weights => Assert.Equal(1.0, weights.EnumerateArray().Sum(weight => weight.GetDouble()), 0.001));
    }

    [Fact]
    public async Task AnyCommand_BrokenInput_IsCode2()
    {
        await File.WriteAllTextAsync(In("bad.tsv"), "uno\t1\ndos 2\n");
        await File.WriteAllTextAsync(In("empty.tsv"), "\n");
        await File.WriteAllTextAsync(In("good.tsv"), "uno\t1\n");
        await File.WriteAllTextAsync(In("bad.safetensors"), "no model");

        Assert.Equal(2, (await Run("train", "--pairs", In("bad.tsv"), "--model", In("m"))).Code);
        Assert.Equal(2, (await Run("train", "--pairs", In("empty.tsv"), "--model", In("m"))).Code);
        Assert.Equal(2, (await Run("train", "--pairs", In("good.tsv"), "--model", In("m"), "--hidden", "0")).Code);
        Assert.Equal(2, (await Run("train", "--pairs", In("good.tsv"), "--model", In("m"), "--epochs", "0")).Code);
        Assert.Equal(2, (await Run("train", "--pairs", In("good.tsv"), "--model", In("m"), "--hidden", "2000000000")).Code);
        Assert.Equal(2, (await Run("train", "--pairs", In("good.tsv"), "--model", In("m"), "--batch", "2000000000")).Code);
        Assert.Equal(2, (await Run("run", "--model", In("bad.safetensors"), "uno")).Code);
        Assert.Equal(2, (await Run("run", "--model", In("none"), "uno")).Code);
        Assert.Equal(2, (await Run("evaluate", "--model", In("bad.safetensors"), "--pairs", In("good.tsv"), "--beam", "0")).Code);
        Assert.False(File.Exists(In("m")));
    }

    private string In(string name) => Path.Combine(_folder, name);

    private static async Task<(int Code, string Output)> Run(params string[] args)
    {
        var (before, output) = (System.Console.Out, new StringWriter());
        System.Console.SetOut(output);
        try
        {
            return (await Seq2SeqCommand.Create().Parse(args).InvokeAsync(), output.ToString());
        }
        finally
        {
            System.Console.SetOut(before);
        }
    }
}
