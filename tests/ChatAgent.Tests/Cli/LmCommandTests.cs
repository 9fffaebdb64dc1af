using System.Text.Json;
using ChatAgent.Cli.Commands;

namespace ChatAgent.Cli.Tests;

/// <summary>chatagent lm on a few lines.</summary>
[Collection("console")]
public sealed class LmCommandTests : IDisposable
{
    private static readonly string[] Lines =
    [
        "hola, quiero cambiar mi hora del martes", "buenas tardes, quiero confirmar mi hora", "muchas gracias, buenas noches", "no me sirve la hora del martes", "¿atienden el jueves por la tarde?",
        "buenas noches, quiero otra hora para el jueves", "sí, confirmo la hora del jueves", "gracias por avisar, nos vemos el martes",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("chatagent-lm-command-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task PerplexityGenerateSuggestGates_OfATrainedModel_HoldTheContract()
    {
        var (model, text) = (await Train(), In("text.txt"));

        var wide = Json(await Run("perplexity", "--model", model, "--text", text, "--vocabulary-from-model", "--json"));
        var narrow = Json(await Run("perplexity", "--model", model, "--text", text, "--weights", "int8", "--map", "--json"));
        var gates = Json(await Run("gates", "--model", model, "hola, quiero otra hora", "--json"));
        var drawn = await Run("gates", "--model", model, "hola, quiero otra hora");
        var plain = Json(await Run("generate", "--model", model, "--beam", "6", "--count", "6", "--tokens", "8", "--weights", "bf16", "--json"));
        var diverse = Json(await Run("generate", "--model", model, "--beam", "6", "--count", "6", "--tokens", "8", "--groups", "3", "--diversity", "20", "--json"));
        var suggested = Json(await Run("suggest", "--model", model, "--prompt", "muchas ", "--weights", "int8", "--json"));

        Assert.False(wide.TryGetProperty("loss", out _));
        Assert.Equal("int8", narrow.GetProperty("weightFormat").GetString());
        Assert.Equal(wide.GetProperty("perplexity").GetDouble(), narrow.GetProperty("float32Perplexity").GetDouble(), 3);
        Assert.Equal(narrow.GetProperty("perplexity").GetDouble() - wide.GetProperty("perplexity").GetDouble(), narrow.GetProperty("loss").GetDouble(), 3);
        string[] words = ["</s>", "hola", ",", "quiero", "otra", "hora"];
        Assert.Equal(words, gates.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()));
        Assert.Equal(["reset", "update"], gates.GetProperty("gates").EnumerateArray().Select(row => row.GetProperty("gate").GetString()));
        Assert.All(gates.GetProperty("gates").EnumerateArray(), row => Assert.Equal(words.Length, row.GetProperty("values").EnumerateArray().Count(value => value.GetDouble() is > 0 and < 1)));
        Assert.Equal(3, drawn.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.True(Beginnings(diverse) >= 3, $"{Beginnings(diverse)} beginnings of three groups");
        Assert.InRange(Beginnings(plain), 1, 6);
        Assert.Equal("gracias", suggested.GetProperty("suggestions")[0].GetProperty("word").GetString());

        static int Beginnings(JsonElement generated) => generated.GetProperty("texts").EnumerateArray().Select(one => one.GetProperty("text").GetString()!.Split(' ', ',')[0]).Distinct().Count();
    }

    [Fact]
    public async Task Train_ResidualWithWeightDropoutAndPatience_IsAModelThatReadsTheSameAfterLoading()
    {
        await File.WriteAllLinesAsync(In("text.txt"), Lines);
        var trained = Json(await Run(
            "train", "--text", In("text.txt"), "--validation", In("text.txt"), "--model", In("deep"), "--epochs", "30", "--patience", "30", "--layers", "2", "--residual", "--recurrent-dropout", "0.2", "--variational",
            "--accumulate", "2", "--hidden", "24", "--embedding", "24", "--tied", "--batch", "2", "--learning-rate", "0.02", "--threads", "1", "--json"));
        var read = Json(await Run("perplexity", "--model", In("deep"), "--text", In("text.txt"), "--json"));
        var gates = Json(await Run("gates", "--model", In("deep"), "hola", "--json"));

        Assert.Equal(trained.GetProperty("validationPerplexity").GetDouble(), read.GetProperty("perplexity").GetDouble(), 2);
        Assert.InRange(read.GetProperty("perplexity").GetDouble(), 1.0, 15.0);
        Assert.Equal(4, gates.GetProperty("gates").GetArrayLength());
        Assert.Equal(2, (await Run("train", "--text", In("text.txt"), "--model", In("m"), "--recurrent-dropout", "1")).Code);
        Assert.Equal(2, (await Run("train", "--text", In("text.txt"), "--model", In("m"), "--accumulate", "0")).Code);
    }

    [Fact]
    public async Task AnyCommand_BrokenInput_IsCode2()
    {
        var model = await Train();
        Assert.Equal(0, (await Run("train", "--order", "2", "--text", In("text.txt"), "--model", In("grams"))).Code);
        await File.WriteAllTextAsync(In("bad"), "no model");

        Assert.NotEqual(0, (await Run("perplexity", "--model", model, "--text", In("text.txt"), "--weights", "int4")).Code);
        Assert.Equal(2, (await Run("perplexity", "--model", In("bad"), "--text", In("text.txt"), "--map")).Code);
        Assert.Equal(2, (await Run("generate", "--model", model, "--beam", "5", "--groups", "2")).Code);
        Assert.Equal(2, (await Run("gates", "--model", In("grams"), "hola")).Code);
        Assert.Equal(2, (await Run("gates", "--model", model, "  ")).Code);
        Assert.Equal(2, (await Run("gates", "--model", In("none"), "hola")).Code);
    }

    private async Task<string> Train()
    {
        await File.WriteAllLinesAsync(In("text.txt"), Lines);
        var trained = await Run(
            "train", "--text", In("text.txt"), "--model", In("model"), "--epochs", "80", "--hidden", "24", "--embedding", "16", "--dropout", "0", "--batch", "2", "--learning-rate", "0.02", "--threads", "1", "--json");
        Assert.Equal(0, trained.Code);
        return In("model");
    }

    private string In(string name) => Path.Combine(_folder, name);

    private static JsonElement Json((int Code, string Output) run)
    {
        Assert.Equal(0, run.Code);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private static async Task<(int Code, string Output)> Run(params string[] args)
    {
        var (before, output) = (System.Console.Out, new StringWriter());
        System.Console.SetOut(output);
        try
        {
            return (await LmCommand.Create().Parse(args).InvokeAsync(), output.ToString());
        }
        finally
        {
            System.Console.SetOut(before);
        }
    }
}
