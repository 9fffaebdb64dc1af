using System.CommandLine;
using System.Text.Json;
using ChatAgent.Cli.Commands;

namespace ChatAgent.Cli.Tests;

/// <summary>chatagent mail.</summary>
public sealed class MailCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mail").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Parse_Folder_WritesALineAMailAndPassesOverTheRest()
    {
        var mails = Directory.CreateDirectory(Path.Combine(_folder, "in")).FullName;
        await File.WriteAllTextAsync(Path.Combine(mails, "a.eml"), "From: Isabel <isabel@ejemplo.cl>\nTo: citas@centro.example\nSubject: Re: hora\nMessage-ID: <r1@x>\nDate: Mon, 29 Jun 2026 17:33:46 -0400\n\nSí, voy\n\n> ¿Asistirá?\n");
        await File.WriteAllTextAsync(Path.Combine(mails, "notas.txt"), "Esto no es un correo.\n");
        await File.WriteAllTextAsync(Path.Combine(mails, "expected.json"), "{\"a\": 1}");
        var output = Path.Combine(_folder, "out.jsonl");

        var (code, printed, _) = await RunAsync("parse", "--input", mails, "--output", output, "--json");

        Assert.Equal(0, code);
        Assert.Equal((1, 2), (JsonDocument.Parse(printed).RootElement.GetProperty("mails").GetInt32(), JsonDocument.Parse(printed).RootElement.GetProperty("passedOver").GetInt32()));
        var row = JsonDocument.Parse(Assert.Single(await File.ReadAllLinesAsync(output))).RootElement;
        Assert.Equal("a.eml", row.GetProperty("file").GetString());
        Assert.Equal("<r1@x>", row.GetProperty("messageId").GetString());
        Assert.Equal("isabel@ejemplo.cl", row.GetProperty("from").GetProperty("address").GetString());
        Assert.Equal("2026-06-29T17:33:46-04:00", row.GetProperty("date").GetString());
        Assert.Equal("Sí, voy", row.GetProperty("reply").GetString());
        Assert.Equal("> ¿Asistirá?", row.GetProperty("quoted").GetString());
        Assert.False(row.GetProperty("automatic").GetBoolean());
        foreach (var name in new[] { "inReplyTo", "references", "to", "subject", "text", "html", "attachments", "automaticReason", "bounce", "calendar", "problems" })
        {
            Assert.True(row.TryGetProperty(name, out _), name);
        }
    }

    [Fact]
    public async Task Reply_Cases_WritesTheWritersWordsByCase()
    {
        var (input, output) = (Path.Combine(_folder, "in.jsonl"), Path.Combine(_folder, "out.jsonl"));
        await File.WriteAllTextAsync(input, "{\"id\":\"1\",\"text\":\"Sí\\n\\nEl 05-05-2026 a las 10:02, Centro escribió:\\n> ¿Asistirá?\"}\n\n{\"id\":2,\"text\":\"No\"}\n");

        var (code, _, _) = await RunAsync("reply", "--input", input, "--output", output);

        Assert.Equal(0, code);
        Assert.Equal(["{\"id\":\"1\",\"reply\":\"Sí\"}", "{\"id\":2,\"reply\":\"No\"}"], await File.ReadAllLinesAsync(output));
    }

    [Theory]
    [InlineData("{\"id\":\"1\"}", "(1,1): found no \"text\"")]
    [InlineData("{\"id\":\"1\",\"text\":", "(1,")]
    public async Task Reply_BadInput_IsOneLineAndCode2(string line, string problem)
    {
        var input = Path.Combine(_folder, "in.jsonl");
        await File.WriteAllTextAsync(input, line);

        var (code, _, error) = await RunAsync("reply", "--input", input, "--output", Path.Combine(_folder, "out.jsonl"));

        Assert.Equal(2, code);
        Assert.Contains(problem, Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parse_MissingInput_IsCode2() => Assert.Equal(2, (await RunAsync("parse", "--input", Path.Combine(_folder, "nada"), "--output", Path.Combine(_folder, "o"))).Code);

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await MailCommand.Create().Parse(args).InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
