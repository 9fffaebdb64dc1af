using System.CommandLine;
using System.Text.Json;
using ChatAgent.Cli.Commands;
using ChatAgent.Nlu.Tests;

namespace ChatAgent.Cli.Tests;

/// <summary>chatagent intents, as COMMANDS.md states it.</summary>
[Collection("console")]
public sealed class IntentsCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chatagent-intents-").FullName;

    public IntentsCommandTests() => File.WriteAllLines(Rows, SmallClinic.Train.Select(row => $"{row.Label}\t{row.Text}"));

    private string Rows => Path.Combine(_folder, "rows.tsv");

    private string Model => Path.Combine(_folder, "model");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task TrainEvaluate_SmallCorpus_PrintsTheContractsFields()
    {
        var oos = Path.Combine(_folder, "oos.tsv");
        var predictions = Path.Combine(_folder, "predictions.tsv");
        await File.WriteAllTextAsync(oos, "oos\tquién ganó el partido\noos\tva a llover\n");

        var trained = await Invoke("train", "--data", Rows, "--model", Model, "--epochs", "3");
        var evaluated = await Invoke("evaluate", "--model", Model, "--data", Rows, "--oos", oos, "--predictions", predictions, "--json");

        Assert.Equal((0, 0), (trained, evaluated));
        var lines = await File.ReadAllLinesAsync(predictions);
        Assert.Equal(SmallClinic.Train.Count, lines.Length);
        Assert.All(lines, line => Assert.Matches(@"^\w+\t[01]\.\d{6}\t(true|false)$", line));
        Assert.True(JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Model, "training.json"))).RootElement.GetProperty("trainSeconds").GetDouble() > 0);
    }

    [Fact]
    public async Task Train_BrokenRows_IsCode2()
    {
        var broken = Path.Combine(_folder, "broken.tsv");
        await File.WriteAllTextAsync(broken, "no tab here\n");

        Assert.Equal(2, await Invoke("train", "--data", broken, "--model", Model));
        Assert.False(Directory.Exists(Model));
    }

    [Fact]
    public async Task ParseExplain_TwoQuestions_PrintsPartsAndEvidence()
    {
        SmallClinic.Engine.Save(Model);
        var (standard, printed) = (Console.Out, new StringWriter());
        Console.SetOut(printed);
        try
        {
            Assert.Equal(0, await Invoke("parse", "--model", Model, "sí voy, y ¿dónde es?", "--explain", "--json"));
        }
        finally
        {
            Console.SetOut(standard);
        }

        var root = JsonDocument.Parse(printed.ToString()).RootElement;
        Assert.Equal(
            ["confirm 0-6 sí voy", "address 10-20 ¿dónde es?"],
            root.GetProperty("parts").EnumerateArray().Select(part => $"{part.GetProperty("intent")} {part.GetProperty("start")}-{part.GetProperty("end")} {part.GetProperty("text")}"));
        Assert.NotEmpty(root.GetProperty("evidence").EnumerateArray());
        Assert.NotEmpty(root.GetProperty("nearest").EnumerateArray());
    }

    [Theory]
    [InlineData("--paths", "sideways")]
    [InlineData("--reject", "0.9")]
    [InlineData("--epochs", "0")]
    [InlineData("--format", "word")]
    public async Task Train_OptionOutsideItsRange_IsCode2(string option, string value) =>
        Assert.Equal(2, await Invoke("train", "--data", Rows, "--model", Model, option, value));

    [Fact]
    public async Task Evaluate_NoModel_IsCode2() => Assert.Equal(2, await Invoke("evaluate", "--model", Model, "--data", Rows));

    [Fact]
    public async Task Train_EmptyFile_IsCode2()
    {
        await File.WriteAllTextAsync(Rows, string.Empty);

        Assert.Equal(2, await Invoke("train", "--data", Rows, "--model", Model));
    }

    private static Task<int> Invoke(params string[] arguments) => IntentsCommand.Create().Parse(arguments).InvokeAsync();
}
